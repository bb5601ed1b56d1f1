import { operations, referenceForm, type Timeline } from '@tidings/client/contract'
import { ProblemError, type Server } from '@tidings/service-kit'
import type { Snapshot } from '../projection/snapshot.ts'
import { assertCursor } from '../views/cursor.ts'
import { type ExchangeView, exchangeOf } from '../views/duties.ts'
import { disclosureView, requestDetail, requestView } from '../views/exchanges.ts'
import { timelineView } from '../views/timeline.ts'
import { type ThingAccess, thingAccess } from '../visibility.ts'
import type { Found } from './conditional.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

/** Requests and disclosures, each with its timeline. */
export function exchangeRoutes(server: Server, { views, lookup, clocks, things, tags, answer }: DeskRoutes): void {
  const { present } = views

  server.get(
    operations.requests.path,
    { schema: schemaOf(operations.requests) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { side, ...query } = request.query
        const { party } = request.reader
        assertCursor(query.cursor)
        return {
          tag: tags.gathered(party),
          make() {
            const { rows, next } = things.exchanges(party, 'request', {
              ...query,
              side: side === 'asker' ? 'author' : side,
            })
            return page(
              rows.map((about) => requestView(lookup, about, party, accessOf(party, about))),
              next,
            )
          },
        }
      }),
  )

  server.get(
    operations.request.path,
    { schema: schemaOf(operations.request) },
    async (request, reply) =>
      await answer(request, reply, async () => {
        const { party } = request.reader
        const [about, snapshot] = await exchange(party, 'request', request.params.id)
        return {
          tag: tags.thing(party, snapshot, ...clocks.days([about.mechanism])),
          make: () => ({
            ...requestDetail(lookup, clocks, about, party, accessOf(party, about)),
            asOf: views.size(),
          }),
        }
      }),
  )

  server.get(
    operations.requestTimeline.path,
    { schema: schemaOf(operations.requestTimeline) },
    async (request, reply) =>
      await answer(request, reply, () => timeline(request.reader.party, 'request', request.params.id)),
  )

  server.get(
    operations.disclosures.path,
    { schema: schemaOf(operations.disclosures) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { party } = request.reader
        assertCursor(request.query.cursor)
        return {
          tag: tags.gathered(party),
          make() {
            const { rows, next } = things.exchanges(party, 'disclosure', request.query)
            return page(
              rows.map((about) => disclosureView(lookup, about, party, accessOf(party, about))),
              next,
            )
          },
        }
      }),
  )

  server.get(
    operations.disclosure.path,
    { schema: schemaOf(operations.disclosure) },
    async (request, reply) =>
      await answer(request, reply, async () => {
        const { party } = request.reader
        const [about, snapshot] = await exchange(party, 'disclosure', request.params.id)
        return {
          tag: tags.thing(party, snapshot),
          make: () => disclosureView(lookup, about, party, accessOf(party, about)),
        }
      }),
  )

  server.get(
    operations.disclosureTimeline.path,
    { schema: schemaOf(operations.disclosureTimeline) },
    async (request, reply) =>
      await answer(request, reply, () => timeline(request.reader.party, 'disclosure', request.params.id)),
  )

  function accessOf(reader: string, { thing, shown }: ExchangeView): ThingAccess {
    return thingAccess(reader, thing, shown, present)
  }

  /** Id of the request that a reader names by id or reference. */
  function idOf(reader: string, name: string): string {
    if (!referenceForm.test(name)) return name
    const [found, another] = things.referenced(reader, name)
    if (another) {
      throw new ProblemError('parameters', {
        field: 'params/id',
        rule: 'must name one request',
        detail:
          'Requests of several mechanisms have this reference: name one by its id; /v1/requests?reference= lists them.',
      })
    }
    if (!found) throw notFound()
    return found.id
  }

  function page<T>(items: T[], next: string | undefined) {
    return { items, ...(next !== undefined && { next }), asOf: views.size() }
  }

  async function exchange(
    reader: string,
    prefix: ExchangeView['prefix'],
    name: string,
  ): Promise<readonly [ExchangeView, Snapshot]> {
    const snapshot = lookup.stream(`${prefix}-${idOf(reader, name)}`)
    const about = exchangeOf(snapshot)
    if (about && snapshot && accessOf(reader, about) !== 'none') return [about, snapshot]
    if (!about || !snapshot || !(await timelineView(lookup, present, snapshot, reader))) throw notFound()
    throw new ProblemError('not-entitled', {
      detail: 'This reader may know of some of its statements, not of the whole: its timeline shows them.',
    })
  }

  async function timeline(reader: string, prefix: ExchangeView['prefix'], name: string): Promise<Found<Timeline>> {
    const asOf = views.size()
    const snapshot = lookup.stream(`${prefix}-${idOf(reader, name)}`)
    if (!snapshot) throw notFound()
    // As of the snapshot: what comes while the record is read is not in the view.
    const tag = tags.thing(reader, snapshot)
    const view = await timelineView(lookup, present, snapshot, reader)
    if (!view) throw notFound()
    return { tag, make: () => ({ ...view, asOf }) }
  }
}

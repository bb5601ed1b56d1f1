import {
  disclosureView as disclosureSchema,
  pageOf,
  requestDetail as requestDetailSchema,
  requestView as requestSchema,
  type Timeline,
  timeline as timelineSchema,
} from '@tidings/client/contract'
import { ProblemError, type Server } from '@tidings/service-kit'
import { thingId } from '@tidings/statement'
import { z } from 'zod'
import { type ExchangeView, exchangeOf } from '../views/duties.ts'
import { disclosureView, requestDetail, requestView } from '../views/exchanges.ts'
import { timelineView } from '../views/timeline.ts'
import { type ThingAccess, thingAccess } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, notFound, pageQuery, reading } from './reading.ts'

const referenceForm = /^[A-Z]{1,4}-[A-Z]{1,4}-\d{4}-\d{5,}$/
const reference = z.string().max(60).regex(referenceForm, 'must be a reference, such as A-B-2026-00123')
const requestParams = z.object({
  id: z.union([thingId, reference]).meta({ description: 'Id or reference of the request, such as A-B-2026-00123' }),
})
const disclosureParams = z.object({ id: thingId })

const thingsQuery = pageQuery.extend({
  mechanism: thingId.exactOptional(),
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .exactOptional(),
  matter: thingId.exactOptional().meta({ description: 'Id of the case or burial place that it is about' }),
})

/** Requests and disclosures, each with its timeline. */
export function exchangeRoutes(server: Server, { views, lookup, clocks, things }: DeskRoutes): void {
  const { present } = views

  server.get(
    '/v1/requests',
    {
      schema: {
        ...reading,
        operationId: 'requests',
        summary: 'Requests that the reader may see, oldest first',
        description: 'A request is open while one of its questions is.',
        querystring: thingsQuery.extend({
          side: z.enum(['asker', 'addressee']).exactOptional().meta({ description: 'The side of the reader' }),
          reference: reference.exactOptional(),
        }),
        response: { 200: pageOf(requestSchema) },
      },
    },
    async ({ query: { side, ...query }, reader: { party } }) => {
      const { rows, next } = things.exchanges(party, 'request', {
        ...query,
        side: side === 'asker' ? 'author' : side,
      })
      const items = rows.map((about) => requestView(lookup, about, party, accessOf(party, about)))
      return { items, ...(next !== undefined && { next }), asOf: views.size() }
    },
  )

  server.get(
    '/v1/requests/:id',
    {
      schema: {
        ...reading,
        operationId: 'request',
        summary: 'A request with its questions and duties',
        params: requestParams,
        querystring: anyQuery,
        response: { 200: requestDetailSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => {
      const about = await exchange(party, 'request', id)
      return { ...requestDetail(lookup, clocks, about, party, accessOf(party, about)), asOf: views.size() }
    },
  )

  server.get(
    '/v1/requests/:id/timeline',
    {
      schema: {
        ...reading,
        operationId: 'requestTimeline',
        summary: 'What was stated about a request, and what followed from it, oldest first',
        params: requestParams,
        querystring: anyQuery,
        response: { 200: timelineSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => await timeline(party, 'request', id),
  )

  server.get(
    '/v1/disclosures',
    {
      schema: {
        ...reading,
        operationId: 'disclosures',
        summary: 'Disclosures that the reader may see, oldest first',
        description: 'A disclosure is open while an addressee has yet to acknowledge it.',
        querystring: thingsQuery.extend({
          side: z.enum(['author', 'addressee']).exactOptional().meta({ description: 'The side of the reader' }),
        }),
        response: { 200: pageOf(disclosureSchema) },
      },
    },
    async ({ query, reader: { party } }) => {
      const { rows, next } = things.exchanges(party, 'disclosure', query)
      const items = rows.map((about) => disclosureView(lookup, about, party, accessOf(party, about)))
      return { items, ...(next !== undefined && { next }), asOf: views.size() }
    },
  )

  server.get(
    '/v1/disclosures/:id',
    {
      schema: {
        ...reading,
        operationId: 'disclosure',
        summary: 'A disclosure',
        params: disclosureParams,
        querystring: anyQuery,
        response: { 200: disclosureSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => {
      const about = await exchange(party, 'disclosure', id)
      return disclosureView(lookup, about, party, accessOf(party, about))
    },
  )

  server.get(
    '/v1/disclosures/:id/timeline',
    {
      schema: {
        ...reading,
        operationId: 'disclosureTimeline',
        summary: 'What was stated about a disclosure, and what followed from it, oldest first',
        params: disclosureParams,
        querystring: anyQuery,
        response: { 200: timelineSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => await timeline(party, 'disclosure', id),
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

  async function exchange(reader: string, prefix: ExchangeView['prefix'], name: string): Promise<ExchangeView> {
    const snapshot = lookup.stream(`${prefix}-${idOf(reader, name)}`)
    const about = exchangeOf(snapshot)
    if (about && accessOf(reader, about) !== 'none') return about
    if (!about || !snapshot || !(await timelineView(lookup, present, snapshot, reader))) throw notFound()
    throw new ProblemError('not-entitled', {
      detail: 'This reader may know of some of its statements, not of the whole: its timeline shows them.',
    })
  }

  async function timeline(reader: string, prefix: ExchangeView['prefix'], name: string): Promise<Timeline> {
    const asOf = views.size()
    const snapshot = lookup.stream(`${prefix}-${idOf(reader, name)}`)
    const view = snapshot && (await timelineView(lookup, present, snapshot, reader))
    if (!view) throw notFound()
    return { ...view, asOf }
  }
}

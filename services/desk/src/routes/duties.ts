import { type calculationQuery, operations } from '@tidings/client/contract'
import { type Assumption, ClockError, type Duty } from '@tidings/exchange'
import { ProblemError, type Server } from '@tidings/service-kit'
import type { z } from 'zod'
import { type DutyHolder, dutyHolder, type Snapshot } from '../projection/snapshot.ts'
import { decodeNestedCursor } from '../views/cursor.ts'
import { dutyDetail, exchangeOf } from '../views/duties.ts'
import { maySeeDuty, maySeeMechanism, thingAccess } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

/** Duties: one with its clock and why it shows what it shows, what would become of its date, all dates as a calendar, and the reminders that are due. */
export function dutyRoutes(
  server: Server,
  { views, lookup, clocks, calendar, reminders, tags, answer }: DeskRoutes,
): void {
  const { present } = views

  server.get(
    operations.duty.path,
    { schema: schemaOf(operations.duty) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { atLeaf, on } = request.query
        const { party } = request.reader
        const asOf = views.size()
        const [holder, number, snapshot] = dutyMeant(party, request.params.id)
        if (atLeaf !== undefined && atLeaf >= asOf) throw unknownLeaf(`The views know ${asOf} leaves.`)
        const asked = { ...(atLeaf !== undefined && { atLeaf }), ...(on !== undefined && { on }) }
        return {
          tag: tags.thing(party, snapshot, ...clocks.days([holder.mechanism])),
          make: () => ({ ...detail(holder, number, asked), asOf }),
        }
      }),
  )

  server.get(
    operations.calculation.path,
    { schema: schemaOf(operations.calculation) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { party } = request.reader
        const [{ mechanism, duties }, number, snapshot] = dutyMeant(party, request.params.id)
        const duty = duties[number]
        if (!duty) throw notFound()
        const today = clocks.today(duty, mechanism)
        const assumption = assumed(request.query, today)
        return {
          tag: tags.thing(party, snapshot, today, ...clocks.days([mechanism])),
          make: () => calculated(duty, mechanism, assumption),
        }
      }),
  )

  server.get(operations.deadlines.path, { schema: schemaOf(operations.deadlines) }, async (request, reply) => {
    const { party } = request.reader
    const text = await answer(request, reply, () => ({
      tag: tags.gathered(party, calendar.cancelledSince(), ...clocks.days(present.naming(party))),
      make: () => calendar.read(party, request.query),
    }))
    return typeof text === 'string' ? await reply.type('text/calendar; charset=utf-8').send(text) : text
  })

  server.get(
    operations.reminders.path,
    { schema: schemaOf(operations.reminders) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { party } = request.reader
        decodeNestedCursor(request.query.cursor)
        return {
          tag: tags.gathered(party, ...clocks.days(present.naming(party))),
          make: async () => ({ ...(await reminders(party, request.query)), asOf: views.size() }),
        }
      }),
  )

  function detail(holder: DutyHolder, number: number, asked: Parameters<typeof dutyDetail>[4]) {
    try {
      return dutyDetail(lookup, clocks, holder, number, asked)
    } catch (error) {
      if (error instanceof ClockError && error.code === 'clock/opened-later') throw unknownLeaf(error.message)
      throw error
    }
  }

  function calculated(duty: Duty, mechanism: string, assumption: Assumption) {
    try {
      return clocks.calculate(duty, mechanism, assumption)
    } catch (error) {
      if (!(error instanceof ClockError) || error.code !== 'clock/impossible-assumption') throw error
      throw new ProblemError('parameters', {
        field: 'query/from',
        rule: 'must not lie before what is recorded, nor after `until`',
        detail: error.message,
      })
    }
  }

  /** The duty that a reader may see: as the request or disclosure that it is about; about rules, as the mechanism. */
  function dutyMeant(
    reader: string,
    [about, number]: readonly [string, string],
  ): readonly [DutyHolder, number, Snapshot] {
    for (const prefix of ['request', 'disclosure', 'mechanism'] as const) {
      const snapshot = lookup.stream(`${prefix}-${about}`)
      const holder = snapshot && dutyHolder(snapshot)
      const duty = holder?.duties[Number(number)]
      if (!holder || !duty) continue
      const exchange = exchangeOf(snapshot)
      const visible = exchange
        ? maySeeDuty(reader, duty, thingAccess(reader, exchange.thing, exchange.shown, present))
        : maySeeMechanism(reader, about, present)
      if (visible) return [holder, Number(number), snapshot]
    }
    throw notFound()
  }
}

function unknownLeaf(detail: string): ProblemError {
  return new ProblemError('parameters', {
    field: 'query/atLeaf',
    rule: 'must be a leaf that the views know, not before the duty opened',
    detail,
  })
}

function assumed({ assume, from: asked, until, n }: z.infer<typeof calculationQuery>, today: string): Assumption {
  const from = asked ?? today
  switch (assume) {
    case 'clarification':
    case 'suspension':
      return { assume, from, until: until ?? from }
    case 'continuation':
      return { assume, from }
    case 'extension': {
      if (n !== undefined) return { assume, from, n, ...(until !== undefined && { until }) }
      const rule = 'must tell how long the extension is'
      throw new ProblemError('parameters', { field: 'query/n', rule, detail: `n: ${rule}` })
    }
  }
}

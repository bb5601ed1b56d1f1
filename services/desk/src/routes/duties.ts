import { calculationView, dutyDetail as dutyDetailSchema } from '@tidings/client/contract'
import { type Assumption, ClockError } from '@tidings/exchange'
import { ProblemError, type Server } from '@tidings/service-kit'
import { thingId } from '@tidings/statement'
import { z } from 'zod'
import { type DutyHolder, dutyHolder } from '../projection/snapshot.ts'
import { dutyDetail, exchangeOf } from '../views/duties.ts'
import { maySeeDuty, maySeeMechanism, thingAccess } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, leafNumber, notFound, reading } from './reading.ts'

const dutyId = z
  .string()
  .max(60)
  .transform((text) => text.split('.'))
  .pipe(z.tuple([thingId, z.string().regex(/^(0|[1-9]\d{0,8})$/, 'must end in a dot and a number')]))
  .meta({ description: 'What the duty is about, a dot, and its number there' })

const date = z.iso.date()
const assumption = anyQuery.extend({
  assume: z.enum(['clarification', 'extension', 'suspension', 'continuation']).meta({
    description:
      'Clarification is asked for; an extension is asked for and granted; the mechanism is suspended; whatever stands still goes on',
  }),
  from: date.exactOptional().meta({ description: 'The day on which that happens; today unless told' }),
  until: date.exactOptional().meta({
    description: 'The day on which clarification is given, or the mechanism resumed; the same day unless told',
  }),
  n: leafNumber
    .pipe(z.int().min(1).max(1000))
    .exactOptional()
    .meta({ description: "Length of the extension, in the unit of the duty's period" }),
})

/** Duties: one with its clock and why it shows what it shows, what would become of its date, and all dates as a calendar. */
export function dutyRoutes(server: Server, { views, lookup, clocks, calendar }: DeskRoutes): void {
  const { present } = views

  server.get(
    '/v1/duties/:id',
    {
      schema: {
        ...reading,
        operationId: 'duty',
        summary: 'A duty, its clock and the steps that lead to its date',
        description:
          'Worked out from the record and the agreed rules when it is asked for. `atLeaf` shows the duty as it was known at a leaf, on the day of that leaf unless `on` names another; without either it is shown today.',
        params: z.object({ id: dutyId }),
        querystring: anyQuery.extend({
          atLeaf: leafNumber.exactOptional().meta({ description: 'What was known: everything up to this leaf' }),
          on: z.iso.date().exactOptional().meta({ description: 'The day on which it is seen, YYYY-MM-DD' }),
        }),
        response: { 200: dutyDetailSchema },
      },
    },
    async ({ params: { id }, query: { atLeaf, on }, reader: { party } }) => {
      const asOf = views.size()
      const [holder, number] = dutyMeant(party, id)
      if (atLeaf !== undefined && atLeaf >= asOf) throw unknownLeaf(`The views know ${asOf} leaves.`)
      try {
        const asked = { ...(atLeaf !== undefined && { atLeaf }), ...(on !== undefined && { on }) }
        return { ...dutyDetail(lookup, clocks, holder, number, asked), asOf }
      } catch (error) {
        if (error instanceof ClockError && error.code === 'clock/opened-later') throw unknownLeaf(error.message)
        throw error
      }
    },
  )

  server.get(
    '/v1/duties/:id/calculation',
    {
      schema: {
        ...reading,
        operationId: 'calculation',
        summary: "What would become of a duty's dates, before anything is signed",
        params: z.object({ id: dutyId }),
        querystring: assumption,
        response: { 200: calculationView },
      },
    },
    async ({ params: { id }, query, reader: { party } }) => {
      const [{ mechanism, duties }, number] = dutyMeant(party, id)
      const duty = duties[number]
      if (!duty) throw notFound()
      try {
        return clocks.calculate(duty, mechanism, assumed(query, clocks.today(duty, mechanism)))
      } catch (error) {
        if (!(error instanceof ClockError) || error.code !== 'clock/impossible-assumption') throw error
        throw new ProblemError('parameters', {
          field: 'query/from',
          rule: 'must not lie before what is recorded, nor after `until`',
          detail: error.message,
        })
      }
    },
  )

  server.get(
    '/v1/deadlines.ics',
    {
      schema: {
        ...reading,
        operationId: 'deadlines',
        summary: "Due dates of the reader's party as a calendar; a mediator's with those of its mechanisms",
        description:
          'iCalendar (RFC 5545): one all-day event for each duty that has a date, without names. A duty that was discharged in the last 60 days is there as cancelled.',
        querystring: anyQuery.extend({
          direction: z
            .enum(['owed-by', 'owed-to'])
            .exactOptional()
            .meta({ description: 'Owed by the party, or to it' }),
          mechanism: thingId.exactOptional(),
        }),
        response: { 200: { content: { 'text/calendar': { schema: z.string() } } } },
      },
    },
    async ({ query, reader: { party } }, reply) => {
      const text = await calendar(party, query)
      return await reply.type('text/calendar; charset=utf-8').send(text)
    },
  )

  /** The duty that a reader may see: as the request or disclosure that it is about; about rules, as the mechanism. */
  function dutyMeant(reader: string, [about, number]: readonly [string, string]): readonly [DutyHolder, number] {
    for (const prefix of ['request', 'disclosure', 'mechanism'] as const) {
      const snapshot = lookup.stream(`${prefix}-${about}`)
      const holder = snapshot && dutyHolder(snapshot)
      const duty = holder?.duties[Number(number)]
      if (!holder || !duty) continue
      const exchange = exchangeOf(snapshot)
      const visible = exchange
        ? maySeeDuty(reader, duty, thingAccess(reader, exchange.thing, exchange.shown, present))
        : maySeeMechanism(reader, about, present)
      if (visible) return [holder, Number(number)]
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

function assumed({ assume, from: asked, until, n }: z.infer<typeof assumption>, today: string): Assumption {
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

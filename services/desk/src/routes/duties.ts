import { dutyDetail as dutyDetailSchema } from '@tidings/client/contract'
import { ClockError } from '@tidings/exchange'
import { ProblemError, type Server } from '@tidings/service-kit'
import { thingId } from '@tidings/statement'
import { z } from 'zod'
import { dutyHolder } from '../projection/snapshot.ts'
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

/** One duty, its clock and why it shows what it shows. */
export function dutyRoutes(server: Server, { views, lookup, clocks }: DeskRoutes): void {
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

  /** The duty that a reader may see: as the request or disclosure that it is about; about rules, as the mechanism. */
  function dutyMeant(reader: string, [about, number]: readonly [string, string]) {
    for (const prefix of ['request', 'disclosure', 'mechanism'] as const) {
      const snapshot = lookup.stream(`${prefix}-${about}`)
      const holder = snapshot && dutyHolder(snapshot)
      const duty = holder?.duties[Number(number)]
      if (!holder || !duty) continue
      const exchange = exchangeOf(snapshot)
      const visible = exchange
        ? maySeeDuty(reader, duty, thingAccess(reader, exchange.thing, exchange.shown, present))
        : maySeeMechanism(reader, about, present)
      if (visible) return [holder, Number(number)] as const
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

import { outstanding, partyView as partySchema } from '@tidings/client/contract'
import { dutyKinds } from '@tidings/exchange'
import { ProblemError, type Server } from '@tidings/service-kit'
import { partyId, questions, thingId } from '@tidings/statement'
import { z } from 'zod'
import { partyView } from '../views/parties.ts'
import { maySeeParty, outstandingAccess } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, notFound, pageQuery, reading } from './reading.ts'

const params = z.object({ id: partyId })

/** A party, and what is outstanding for it. */
export function partyRoutes(server: Server, { views, lookup, ...desk }: DeskRoutes): void {
  server.get(
    '/v1/parties/:id',
    {
      schema: {
        ...reading,
        operationId: 'party',
        summary: 'A party: its keys through time and its own description',
        description: 'For the party itself, and for those with whom it takes part in a mechanism that is in force.',
        params,
        querystring: anyQuery,
        response: { 200: partySchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => {
      const asOf = views.size()
      const view = maySeeParty(party, id, views.present) ? await partyView(lookup, views.present, id, party) : undefined
      if (!view) throw notFound()
      return { ...view, asOf }
    },
  )

  server.get(
    '/v1/parties/:id/outstanding',
    {
      schema: {
        ...reading,
        operationId: 'outstanding',
        summary: 'What is outstanding: owed by a party beside owed to it',
        description:
          'Open duties, oldest first, with the totals of open duties and open questions on both sides. The party sees all of its own; a mediator what stands in the mechanisms that it mediates. The totals follow the mechanism asked for and nothing else.',
        params,
        querystring: pageQuery.extend({
          direction: z
            .enum(['owed-by', 'owed-to'])
            .exactOptional()
            .meta({ description: 'Owed by the party, or to it; both unless told' }),
          kind: z.enum(dutyKinds).exactOptional(),
          question: z.enum(questions).exactOptional(),
          towards: partyId.exactOptional().meta({ description: 'The other party' }),
          mechanism: thingId.exactOptional(),
        }),
        response: { 200: outstanding },
      },
    },
    async ({ params: { id }, query, reader: { party } }) => {
      const access = outstandingAccess(party, id, views.present)
      if (access) return { ...desk.outstanding(id, access.mechanisms, query), asOf: views.size() }
      if (!maySeeParty(party, id, views.present)) throw notFound()
      throw new ProblemError('not-entitled', {
        detail: 'What is outstanding is shown to the party itself and to the mediators of its mechanisms.',
      })
    },
  )
}

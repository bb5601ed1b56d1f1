import { operations } from '@tidings/client/contract'
import { ProblemError, type Server } from '@tidings/service-kit'
import { assertCursor } from '../views/cursor.ts'
import { partyView } from '../views/parties.ts'
import { maySeeParty, outstandingAccess } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

/** A party, and what is outstanding for it. */
export function partyRoutes(server: Server, { views, lookup, clocks, outstanding, tags, answer }: DeskRoutes): void {
  server.get(
    operations.party.path,
    { schema: schemaOf(operations.party) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { id } = request.params
        const { party } = request.reader
        const asOf = views.size()
        if (!maySeeParty(party, id, views.present) || !views.present.party(id)) throw notFound()
        return {
          tag: tags.parties(party),
          make: async () => ({ ...(await partyView(lookup, views.present, id, party)), asOf }),
        }
      }),
  )

  server.get(
    operations.outstanding.path,
    { schema: schemaOf(operations.outstanding) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { id } = request.params
        const { party } = request.reader
        assertCursor(request.query.cursor)
        const access = outstandingAccess(party, id, views.present)
        if (access) {
          const mechanisms = access.mechanisms === 'all' ? views.present.naming(id) : access.mechanisms
          return {
            tag: tags.gathered(party, ...clocks.days(mechanisms)),
            make: () => ({ ...outstanding(id, access.mechanisms, request.query), asOf: views.size() }),
          }
        }
        if (!maySeeParty(party, id, views.present)) throw notFound()
        throw new ProblemError('not-entitled', {
          detail: 'What is outstanding is shown to the party itself and to the mediators of its mechanisms.',
        })
      }),
  )
}

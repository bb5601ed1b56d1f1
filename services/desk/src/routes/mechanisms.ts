import { operations } from '@tidings/client/contract'
import type { Server } from '@tidings/service-kit'
import { decodeIdCursor, encodeIdCursor } from '../views/cursor.ts'
import { mechanismView } from '../views/mechanisms.ts'
import { maySeeMechanism } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

/** Mechanisms: who takes part, in which role, and what is proposed. */
export function mechanismRoutes(server: Server, { views, lookup, meetings, tags, answer }: DeskRoutes): void {
  const { present } = views

  server.get(
    operations.mechanisms.path,
    { schema: schemaOf(operations.mechanisms) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { limit, cursor } = request.query
        const { party } = request.reader
        const after = decodeIdCursor(cursor)
        // What is to go to a meeting follows from what is said in requests.
        return { tag: tags.gathered(party), make: () => page(party, limit, after) }
      }),
  )

  server.get(
    operations.mechanism.path,
    { schema: schemaOf(operations.mechanism) },
    async (request, reply) =>
      await answer(request, reply, () => {
        const { id } = request.params
        const { party } = request.reader
        const asOf = views.size()
        if (!maySeeMechanism(party, id, present)) throw notFound()
        return { tag: tags.gathered(party), make: async () => ({ ...(await shown(party, id)), asOf }) }
      }),
  )

  async function shown(party: string, id: string) {
    return { ...(await mechanismView(lookup, present, id)), toMeeting: meetings(party, id) }
  }

  async function page(party: string, limit: number, after: string) {
    const asOf = views.size()
    // Ids are UUIDv7: their order is that of their making. A party is named in few.
    const ids = [...present.naming(party)].sort().filter((id) => id > after)
    const items = await Promise.all(ids.slice(0, limit).map(async (id) => ({ ...(await shown(party, id)), asOf })))
    const last = ids.length > limit ? ids[limit - 1] : undefined
    return { items, ...(last !== undefined && { next: encodeIdCursor(last) }), asOf }
  }
}

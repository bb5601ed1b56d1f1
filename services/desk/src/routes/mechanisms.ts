import { mechanismView as mechanismSchema, pageOf } from '@tidings/client/contract'
import type { Server } from '@tidings/service-kit'
import { thingId } from '@tidings/statement'
import { z } from 'zod'
import { mechanismView } from '../views/mechanisms.ts'
import { maySeeMechanism } from '../visibility.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, notFound, pageQuery, reading } from './reading.ts'

/** Mechanisms: who takes part, in which role, and what is proposed. */
export function mechanismRoutes(server: Server, { views, lookup }: DeskRoutes): void {
  const { present } = views

  server.get(
    '/v1/mechanisms',
    {
      schema: {
        ...reading,
        operationId: 'mechanisms',
        summary: 'Mechanisms that the reader takes part in, or is named in',
        querystring: pageQuery,
        response: { 200: pageOf(mechanismSchema) },
      },
    },
    async ({ query: { limit, cursor }, reader: { party } }) => {
      const asOf = views.size()
      // Ids are UUIDv7: their order is that of their making. A party is named in few; the id itself is the cursor.
      const ids = [...present.naming(party)].sort().filter((id) => cursor === undefined || id > cursor)
      const shown = ids.slice(0, limit)
      const views_ = await Promise.all(shown.map((id) => mechanismView(lookup, present, id)))
      const next = ids.length > limit ? shown.at(-1) : undefined
      return {
        items: views_.flatMap((view) => (view ? [{ ...view, asOf }] : [])),
        ...(next !== undefined && { next }),
        asOf,
      }
    },
  )

  server.get(
    '/v1/mechanisms/:id',
    {
      schema: {
        ...reading,
        operationId: 'mechanism',
        summary: 'A mechanism: who takes part, and its proposals through time',
        params: z.object({ id: thingId }),
        querystring: anyQuery,
        response: { 200: mechanismSchema },
      },
    },
    async ({ params: { id }, reader: { party } }) => {
      const asOf = views.size()
      const view = maySeeMechanism(party, id, present) ? await mechanismView(lookup, present, id) : undefined
      if (!view) throw notFound()
      return { ...view, asOf }
    },
  )
}

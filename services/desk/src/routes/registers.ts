import { operations } from '@tidings/client/contract'
import type { Server } from '@tidings/service-kit'
import { assertCursor } from '../views/cursor.ts'
import { registerView } from '../views/registers.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { notFound, schemaOf } from './reading.ts'

const registers = [
  { prefix: 'case', all: operations.cases, one: operations.case },
  { prefix: 'list', all: operations.lists, one: operations.list },
  { prefix: 'site', all: operations.sites, one: operations.site },
] as const

/** A party's own registers: case files, lists, burial places. */
export function registerRoutes(server: Server, { views, lookup, things, tags, answer }: DeskRoutes): void {
  for (const { prefix, all, one } of registers) {
    server.get(all.path, { schema: schemaOf(all) }, async (request, reply) => {
      const { party } = request.reader
      return await answer(request, reply, () => {
        assertCursor(request.query.cursor)
        return {
          tag: tags.gathered(party),
          async make() {
            const asOf = views.size()
            const { rows, next } = things.entries(party, prefix, request.query)
            const entries = await Promise.all(rows.map((snapshot) => registerView(lookup, snapshot, party)))
            const items = entries.flatMap((entry) => entry ?? [])
            return { items, ...(next !== undefined && { next }), asOf }
          },
        }
      })
    })

    server.get(one.path, { schema: schemaOf(one) }, async (request, reply) => {
      const { party } = request.reader
      return await answer(request, reply, async () => {
        const snapshot = lookup.stream(`${prefix}-${request.params.id}`)
        if (!snapshot) throw notFound()
        // As of the snapshot: what comes while the record is read is not in the view.
        const tag = tags.thing(party, snapshot)
        const view = await registerView(lookup, snapshot, party)
        if (!view) throw notFound()
        return { tag, make: () => view }
      })
    })
  }
}

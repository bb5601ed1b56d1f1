import { pageOf, registerView as registerSchema } from '@tidings/client/contract'
import type { Server } from '@tidings/service-kit'
import { thingId } from '@tidings/statement'
import { z } from 'zod'
import { registerView } from '../views/registers.ts'
import type { DeskRoutes } from './desk-routes.ts'
import { anyQuery, notFound, pageQuery, reading } from './reading.ts'

const registers = [
  { path: 'cases', prefix: 'case', one: 'A case file', many: 'Case files' },
  { path: 'lists', prefix: 'list', one: 'A list of case files', many: 'Lists of case files' },
  { path: 'sites', prefix: 'site', one: 'A burial place', many: 'Burial places' },
] as const

/** A party's own registers: case files, lists, burial places. */
export function registerRoutes(server: Server, { views, lookup, things }: DeskRoutes): void {
  for (const { path, prefix, one, many } of registers) {
    server.get(
      `/v1/${path}`,
      {
        schema: {
          ...reading,
          operationId: path,
          summary: `${many} of the reader's own register, and those that others let it see, oldest first`,
          querystring: pageQuery,
          response: { 200: pageOf(registerSchema) },
        },
      },
      async ({ query, reader: { party } }) => {
        const asOf = views.size()
        const { rows, next } = things.entries(party, prefix, query)
        const entries = await Promise.all(rows.map((snapshot) => registerView(lookup, snapshot, party)))
        const items = entries.flatMap((entry) => entry ?? [])
        return { items, ...(next !== undefined && { next }), asOf }
      },
    )

    server.get(
      `/v1/${path}/:id`,
      {
        schema: {
          ...reading,
          operationId: prefix,
          summary: `${one}: the latest version that the reader may know of`,
          params: z.object({ id: thingId }),
          querystring: anyQuery,
          response: { 200: registerSchema },
        },
      },
      async ({ params: { id }, reader: { party } }) => {
        const snapshot = lookup.stream(`${prefix}-${id}`)
        const view = snapshot && (await registerView(lookup, snapshot, party))
        if (!view) throw notFound()
        return view
      },
    )
  }
}

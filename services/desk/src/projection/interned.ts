import type { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'

/** Small numbers for rows that stand for a combination of texts, made as they are first met. */
export interface Interned {
  id(...key: readonly string[]): number
  forget(): void
}

/** Numbers the rows of a table by the columns of its unique key; `rest` gives the other columns a value at the start. */
export function interned(
  db: DatabaseSync,
  table: string,
  key: readonly string[],
  rest: Readonly<Record<string, number>> = {},
): Interned {
  const columns = [...key, ...Object.keys(rest)]
  const select = db.prepare(`SELECT id FROM ${table} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`)
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
  )
  const known = new LRUCache<string, number>({ max: 10_000 })
  return {
    id(...values) {
      const name = values.join(' ')
      const id = known.get(name) ?? Number((select.get(...values) ?? insert.get(...values, ...Object.values(rest)))?.id)
      known.set(name, id)
      return id
    },
    forget: () => known.clear(),
  }
}

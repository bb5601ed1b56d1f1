import type { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'

/** The number of the row that stands for a combination of texts; made when it is first met. */
export type Intern = (...key: readonly string[]) => number

/** Numbers the rows of a table by the columns of its unique key; `rest` gives the other columns a value at the start. */
export function interned(
  db: DatabaseSync,
  table: string,
  key: readonly string[],
  rest: Readonly<Record<string, number>> = {},
): Intern {
  const columns = [...key, ...Object.keys(rest)]
  const select = db.prepare(`SELECT id FROM ${table} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`)
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
  )
  const known = new LRUCache<string, number>({ max: 10_000 })
  return (...values) => {
    const name = values.join(' ')
    const numbered = known.get(name)
    if (numbered !== undefined) return numbered
    const id = Number((select.get(...values) ?? insert.get(...values, ...Object.values(rest)))?.id)
    known.set(name, id)
    return id
  }
}

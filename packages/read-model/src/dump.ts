import { createHash } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'

/** What stands in a table, in short. */
export interface TableDigest {
  readonly rows: number
  /** SHA-256 over the rows, in hexadecimal. */
  readonly sha256: string
}

/**
 * What stands in all tables of a database, in short: two databases with equal dumps hold the same rows, in whatever order they were written.
 *
 * Reads and sorts every row: meant for tests and for checking a read model against a rebuild.
 *
 * @returns one digest for each table, by its name
 *
 * @example
 * expect(dump(model.reader)).toEqual(dump(rebuilt.reader))
 */
export function dump(db: DatabaseSync): Record<string, TableDigest> {
  const names = db.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  )
  return Object.fromEntries(names.all().map(({ name }) => [String(name), digestOf(db, String(name))]))
}

function digestOf(db: DatabaseSync, table: string): TableDigest {
  const quoted = (name: unknown) => `"${String(name).replaceAll('"', '""')}"`
  const columns = db
    .prepare('SELECT name FROM pragma_table_info(?) ORDER BY name')
    .all(table)
    .map(({ name }) => quoted(name))
  const select = db.prepare(
    `SELECT ${columns.join(', ')} FROM ${quoted(table)} ORDER BY ${columns.map((_, n) => n + 1).join(', ')}`,
  )
  select.setReturnArrays(true)
  select.setReadBigInts(true)
  const hash = createHash('sha256')
  let rows = 0
  for (const row of select.iterate()) {
    hash.update(JSON.stringify(Object.values(row).map(unmistakable)))
    rows++
  }
  return { rows, sha256: hash.digest('hex') }
}

/** JSON knows neither bytes nor large integers, and must not confuse the text "1" with the number. */
function unmistakable(value: SQLOutputValue): string | null {
  if (value === null) return null
  return value instanceof Uint8Array ? `blob ${value.toHex()}` : `${typeof value} ${value}`
}

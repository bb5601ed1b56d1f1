import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Rows a second that bare SQLite copies from a database into a new one of the same tables and indexes: the limit that a rebuild is measured against. */
export function bareSqlite(views: string): { readonly rows: number; readonly seconds: number } {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'))
  using from = new DatabaseSync(views, { readOnly: true })
  using to = new DatabaseSync(join(folder, 'copy.db'))
  to.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536')
  const objects = from
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as {
    type: string
    name: string
    sql: string
  }[]
  for (const { sql } of objects) to.exec(sql)
  let rows = 0
  const began = performance.now()
  for (const { name } of objects.filter(({ type }) => type === 'table')) {
    let insert: ReturnType<DatabaseSync['prepare']> | undefined
    to.exec('BEGIN')
    const reading = from.prepare(`SELECT * FROM "${name}"`)
    reading.setReadBigInts(true)
    for (const row of reading.iterate()) {
      const values = Object.values(row)
      insert ??= to.prepare(`INSERT INTO "${name}" VALUES (${values.map(() => '?').join(',')})`)
      insert.run(...values)
      if (++rows % 1000 === 0) to.exec('COMMIT; BEGIN')
    }
    to.exec('COMMIT')
  }
  const seconds = (performance.now() - began) / 1000
  rmSync(folder, { recursive: true })
  return { rows, seconds }
}

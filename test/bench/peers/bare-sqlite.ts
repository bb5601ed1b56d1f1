import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

const PAGE_ROWS = 1000

/** What it took to insert so many rows. */
export interface Inserted {
  readonly rows: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/**
 * What bare SQLite takes to insert the rows of a database into a new one of the same tables and indexes, a thousand in a transaction, under the
 * settings of a read model: the limit that a rebuild is measured against. Reading them is not counted.
 */
export function bareSqlite(views: string): Inserted {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'))
  using from = new DatabaseSync(views, { readOnly: true })
  using to = new DatabaseSync(join(folder, 'copy.db'))
  const { page_size: pageSize } = from.prepare('PRAGMA page_size').get() ?? {}
  to.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384`)
  const objects = from
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { type: string; name: string; sql: string }[]
  for (const { sql } of objects) to.exec(sql)
  let rows = 0
  let ms = 0
  let cpu = 0
  for (const { name } of objects.filter(({ type }) => type === 'table')) {
    let page: SQLInputValue[][] = []
    const insertPage = () => {
      const [first] = page
      if (!first) return
      const began = performance.now()
      const cpuBegan = process.cpuUsage()
      const insert = to.prepare(`INSERT INTO "${name}" VALUES (${first.map(() => '?').join(',')})`)
      to.exec('BEGIN')
      for (const row of page) insert.run(...row)
      to.exec('COMMIT')
      const { user, system } = process.cpuUsage(cpuBegan)
      cpu += user + system
      ms += performance.now() - began
      rows += page.length
      page = []
    }
    for (const row of from.prepare(`SELECT * FROM "${name}"`).iterate()) {
      page.push(Object.values(row))
      if (page.length === PAGE_ROWS) insertPage()
    }
    insertPage()
  }
  rmSync(folder, { recursive: true })
  return { rows, seconds: ms / 1000, cpuSeconds: cpu / 1e6 }
}

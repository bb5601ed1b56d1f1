import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Rows that one statement inserts: a call of SQLite for each row would cost more than the row. */
const TOGETHER = 32

/** Rows that are to be inserted into a table, written together. */
export interface Rows {
  /** Keeps a row, with its columns in the order in which they were named. */
  add(...row: readonly SQLInputValue[]): void
  /** Writes what was kept, in the order in which it came. Called within the transaction that is to hold it. */
  flush(): void
}

/** Opens a table for rows that are new in it. */
export function openRows(db: DatabaseSync, table: string, columns: readonly string[]): Rows {
  const row = `(${columns.map(() => '?').join(', ')})`
  const insert = (rows: number) =>
    db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`)
  const insertMany = insert(TOGETHER)
  const insertOne = insert(1)
  let values: SQLInputValue[] = []
  return {
    add: (...row) => void values.push(...row),
    flush() {
      const many = TOGETHER * columns.length
      let at = 0
      for (; at + many <= values.length; at += many) insertMany.run(...values.slice(at, at + many))
      for (; at < values.length; at += columns.length) insertOne.run(...values.slice(at, at + columns.length))
      values = []
    },
  }
}

import type { DatabaseSync } from 'node:sqlite'

/** Numbers the submissions of one asker to one addressee in one mechanism, from 1. */
export interface Submissions {
  next(asker: string, addressee: string, mechanism: string): number
  /** Writes the counts. Called within the transaction that holds the rows. */
  flush(): void
}

/** Opens the counts of submissions: written once for each transaction, however many requests it holds. */
export function openSubmissions(db: DatabaseSync): Submissions {
  const select = db.prepare('SELECT count FROM submissions WHERE asker = ? AND addressee = ? AND mechanism = ?')
  const write = db.prepare(
    `INSERT INTO submissions (asker, addressee, mechanism, count) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = excluded.count`,
  )
  const counts = new Map<string, number>()
  return {
    next(...between) {
      const key = between.join(' ')
      const count = (counts.get(key) ?? Number(select.get(...between)?.count ?? 0)) + 1
      counts.set(key, count)
      return count
    },
    flush() {
      for (const [key, count] of counts) write.run(...(key.split(' ') as [string, string, string]), count)
      counts.clear()
    },
  }
}

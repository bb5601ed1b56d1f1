// Run as a thread by the tests: writes numbers into the file that it is given.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { serveWrites } from './serve-writes.ts'

/** What the tests ask of it. */
export type NumberJobs = {
  /** Adds a number, with its bytes as a filler; says whether it was new. */
  readonly add: (args: { readonly n: number }, parts: readonly Uint8Array[]) => boolean
  readonly addUnless: (args: { readonly n: number; readonly fails: boolean }) => boolean
  readonly fail: (args: object) => never
  readonly die: (args: object) => never
}

const file = workerData as string
if (parentPort === null) throw new Error('this file runs as a worker thread')

serveWrites({
  port: parentPort,
  file,
  open() {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA synchronous = FULL')
    const insert = db.prepare('INSERT OR IGNORE INTO numbers VALUES (?, ?)')
    const jobs: NumberJobs = {
      add: ({ n }, [filler = null]) => insert.run(n, filler).changes === 1,
      addUnless({ n, fails }) {
        if (fails) throw new Error('a mistake of ours')
        return insert.run(n, null).changes === 1
      },
      fail() {
        throw new Error('a mistake of ours')
      },
      die: () => process.exit(1),
    }
    return { db, jobs }
  },
})

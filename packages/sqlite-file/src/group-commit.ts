import type { DatabaseSync } from 'node:sqlite'
import { isDiskFull } from './file-error.ts'

/**
 * Many small writes, each durable on its own account, for the price of few transactions.
 *
 * Jobs handed in during one turn of the event loop share a transaction, and each is answered with its value once that transaction is durable. A job that
 * refuses says so in its value; it checks all its conditions before it first writes, so that a refusal leaves the transaction as clean as it found it. A
 * job that throws fails the whole transaction.
 */
export interface GroupCommit {
  /** Has a job done. */
  add(job: GroupJob): void
  /** Does all that waits, at once: for closing. */
  flush(): void
}

/** A job, and who is told what came of it: by a call, not by a promise, since there are many. */
export interface GroupJob {
  /** About how much it writes: bounds the transaction. */
  readonly bytes: number
  /**
   * What is `written` survives a kill at once, a loss of power from the next flush on: a transaction of such jobs alone does not wait for the disk. `flushed`
   * unless told.
   */
  readonly durability?: Durability
  /** Does it, synchronously inside the transaction. */
  work(): unknown
  /** Told its value once the transaction is durable. */
  done(value: unknown): void
  /** Told what `failed` makes of a transaction that failed. */
  failed(error: unknown): void
}

/** What a job has survived once it is answered: a loss of power, or a kill. */
export type Durability = 'flushed' | 'written'

/** What is known of the jobs of a transaction that failed, or of jobs that stood behind it and were not begun. */
export type FailedOutcome = 'rolled-back' | 'unknown' | 'not-begun'

/** What a group commit needs of its owner. */
export interface GroupCommitOptions {
  readonly db: DatabaseSync
  /** Called after each transaction, when all its jobs have been answered. */
  settled?(): void
  /** Makes the error that the jobs of a failed transaction are refused with. */
  failed(cause: unknown, outcome: FailedOutcome): unknown
  /** Jobs keep their order also when a transaction fails: none that waits behind it is begun. Each is done as it can be unless told. */
  readonly inOrder?: boolean
}

// Few enough that nobody waits long behind a transaction, many enough that the disk's flush is shared.
const MAX_JOBS = 1024
const MAX_BYTES = 4 * 1024 * 1024

/** Starts a group commit on a connection that nobody else writes through. */
export function groupCommit({ db, settled, failed, inOrder = false }: GroupCommitOptions): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let queue: GroupJob[] = []
  let scheduled = false
  let flushes: boolean | undefined

  /** In write-ahead mode a commit is flushed by itself at FULL, and with the next such commit, or the next checkpoint, at NORMAL. */
  function flushing(flush: boolean) {
    if (flush === flushes) return
    db.exec(`PRAGMA synchronous = ${flush ? 'FULL' : 'NORMAL'}`)
    flushes = flush
  }

  function takeBatch(): readonly GroupJob[] {
    let bytes = 0
    let count = 0
    for (const { bytes: more } of queue) {
      if (count === MAX_JOBS || (count > 0 && bytes + more > MAX_BYTES)) break
      bytes += more
      count++
    }
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    return batch
  }

  function commitBatch() {
    const batch = takeBatch()
    let committing = false
    const values: unknown[] = []
    try {
      flushing(batch.some(({ durability = 'flushed' }) => durability === 'flushed'))
      begin.run()
      for (const job of batch) values.push(job.work())
      committing = true
      commit.run()
    } catch (cause) {
      // A failed COMMIT may have written its last frame all the same: it can come back when the file is opened after a crash.
      const outcome = committing && !isDiskFull(cause) ? 'unknown' : 'rolled-back'
      abandon()
      refuse(batch, cause, outcome)
      if (inOrder) {
        const behind = queue
        queue = []
        refuse(behind, cause, 'not-begun')
      }
      settled?.()
      return
    }
    for (const [n, job] of batch.entries()) job.done(values[n])
    settled?.()
  }

  function refuse(jobs: readonly GroupJob[], cause: unknown, outcome: FailedOutcome) {
    if (jobs.length === 0) return
    const error = failed(cause, outcome)
    for (const job of jobs) job.failed(error)
  }

  function abandon() {
    try {
      if (db.isTransaction) rollback.run()
    } catch {
      // SQLite has rolled back by itself after a severe error; if it could not, the next BEGIN fails and says so.
    }
  }

  function schedule() {
    if (scheduled || queue.length === 0) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (queue.length > 0) commitBatch()
      schedule()
    })
  }

  return {
    add(job) {
      queue.push(job)
      schedule()
    },
    flush() {
      while (queue.length > 0) commitBatch()
    },
  }
}

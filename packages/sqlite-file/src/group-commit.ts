import type { DatabaseSync } from 'node:sqlite'
import { isDiskFull } from './file-error.ts'

/** What a job comes to: a value, or a refusal decided before its first write. */
export type JobResult<T> = { readonly value: T } | { readonly refused: Error }

/**
 * Many small writes, each durable on its own account, for the price of few transactions.
 *
 * Jobs handed in during one turn of the event loop share a transaction, and each is answered, granted or refused, once that transaction is
 * durable. A job checks all its conditions before it first writes: a refusal leaves the transaction as clean as it found it. A job that throws
 * fails the whole transaction.
 */
export interface GroupCommit {
  /**
   * Has a job done. It runs synchronously inside the transaction.
   *
   * @param bytes about how much it writes: bounds the transaction
   */
  run<T>(bytes: number, job: () => JobResult<T>): Promise<T>
  /** Does all that waits, at once: for closing. */
  flush(): void
}

/** What is known of the jobs of a transaction that failed, or of jobs that stood behind it and were not begun. */
export type FailedOutcome = 'rolled-back' | 'unknown' | 'not-begun'

/** What a group commit needs of its owner. */
export interface GroupCommitOptions {
  readonly db: DatabaseSync
  /** Called after each durable transaction, before its jobs are answered. */
  committed?(): void
  /** Makes the error that the jobs of a failed transaction are refused with. */
  failed(cause: unknown, outcome: FailedOutcome): unknown
  /** Jobs keep their order also when a transaction fails: none that waits behind it is begun. Each is done as it can be unless told. */
  readonly inOrder?: boolean
}

// Few enough that a transaction never holds up the event loop for long, many enough that the disk's flush is shared.
const MAX_JOBS = 1024
const MAX_BYTES = 4 * 1024 * 1024

interface Waiting {
  readonly bytes: number
  /** Does the job and returns how it is to be answered. */
  work(): () => void
  reject(error: unknown): void
}

/** Starts a group commit on a connection that nobody else writes through. */
export function groupCommit({ db, committed, failed, inOrder = false }: GroupCommitOptions): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  let queue: Waiting[] = []
  let scheduled = false

  function takeBatch(): readonly Waiting[] {
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
    const answers: (() => void)[] = []
    try {
      begin.run()
      for (const job of batch) answers.push(job.work())
      committing = true
      commit.run()
    } catch (cause) {
      // A failed COMMIT may have written its last frame all the same: it can come back when the file is opened after a crash.
      const outcome = committing && !isDiskFull(cause) ? 'unknown' : 'rolled-back'
      abandon()
      refuse(batch, cause, outcome)
      if (!inOrder) return
      const behind = queue
      queue = []
      refuse(behind, cause, 'not-begun')
      return
    }
    committed?.()
    for (const answer of answers) answer()
  }

  function refuse(jobs: readonly Waiting[], cause: unknown, outcome: FailedOutcome) {
    if (jobs.length === 0) return
    const error = failed(cause, outcome)
    for (const job of jobs) job.reject(error)
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
    run<T>(bytes: number, job: () => JobResult<T>) {
      return new Promise<T>((resolve, reject) => {
        const work = () => {
          const result = job()
          return 'value' in result ? () => resolve(result.value) : () => reject(result.refused)
        }
        queue.push({ bytes, work, reject })
        schedule()
      })
    },
    flush() {
      while (queue.length > 0) commitBatch()
    },
  }
}

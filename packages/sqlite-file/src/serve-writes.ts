import type { DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { FileError, fileErrorOf } from './file-error.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import type { WriteAnswer, WriteCall, WriteDone, WriteFailure, WriteQuestion } from './write-messages.ts'

/**
 * What a writing thread can be asked to do, by name. A job runs inside a transaction: it checks all its conditions before it first writes, and returns what
 * came of it. What it is given and what it returns is data as JSON has it.
 */
export type Jobs = Readonly<Record<string, (args: never, parts: readonly Uint8Array[]) => unknown>>

/** What a writing thread works with. */
export interface ServeWritesOptions {
  /** The thread's way to whoever started it. */
  readonly port: MessagePort
  readonly file: string
  /** Opens the file and prepares its jobs. Called with the first job, and again with the next if it throws. */
  open(): { readonly db: DatabaseSync; readonly jobs: Jobs }
  /** Names of jobs that need not be flushed (see `groupCommit`). */
  readonly written?: readonly string[]
  /** Jobs keep their order also when a transaction fails (see `groupCommit`). */
  readonly inOrder?: boolean
}

interface Opened {
  readonly db: DatabaseSync
  readonly jobs: Jobs
  readonly commits: GroupCommit
}

/** Does in this thread what `openWriterThread` asks of it, until that is closed. */
export function serveWrites({ port, file, open, written = [], inOrder = false }: ServeWritesOptions): void {
  let opened: Opened | undefined
  let done: WriteDone[] = []
  let failed: WriteAnswer['failed'][number][] = []

  function use(): Opened {
    if (opened) return opened
    const { db, jobs } = open()
    const commits = groupCommit({
      db,
      inOrder,
      // One message for all jobs of a transaction.
      settled: answer,
      failed: (cause, outcome): WriteFailure => ({ outcome, ...toldOf(fileErrorOf(file, cause)) }),
    })
    opened = { db, jobs, commits }
    return opened
  }

  function answer(): void {
    if (done.length + failed.length === 0) return
    port.postMessage({ done: JSON.stringify(done), failed } satisfies WriteAnswer)
    done = []
    failed = []
  }

  /** Begins a call whose parts begin here in the bytes; says where those of the next begin. */
  function write({ jobs, commits }: Opened, { id, job, each }: WriteCall, bytes: Buffer, from: number): number {
    const durability = written.includes(job) ? 'written' : 'flushed'
    let to = from
    for (const [time, [args, ...lengths]] of each.entries()) {
      const begun = to
      const parts = lengths.map((length) => {
        to += length
        return bytes.subarray(to - length, to)
      })
      commits.add({
        bytes: to - begun,
        durability,
        work: () => jobs[job]?.(args as never, parts),
        done: (value) => done.push(value === undefined ? [id, time] : [id, time, value]),
        failed: (failure) => failed.push([id, time, failure as WriteFailure]),
      })
    }
    return to
  }

  function fold(id: number): void {
    try {
      const { db, commits } = use()
      commits.flush()
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      done.push([id, 0])
    } catch (cause) {
      failed.push([id, 0, { outcome: 'rolled-back', ...toldOf(fileErrorOf(file, cause)) }])
    }
    answer()
  }

  function close(): void {
    opened?.commits.flush()
    // The answers go first.
    setImmediate(() => {
      opened?.db.close()
      port.close()
    })
  }

  port.on('message', (question: WriteQuestion) => {
    if (question.ask === 'close') return close()
    if (question.ask === 'fold') return fold(question.id)
    const calls = JSON.parse(question.calls) as WriteCall[]
    const bytes = Buffer.from(question.bytes.buffer)
    let ready: Opened
    try {
      ready = use()
    } catch (cause) {
      const failure = { outcome: 'rolled-back', ...toldOf(fileErrorOf(file, cause)) } as const
      for (const { id, each } of calls) for (const time of each.keys()) failed.push([id, time, failure])
      return answer()
    }
    let from = 0
    for (const call of calls) from = write(ready, call, bytes, from)
  })
}

function toldOf(error: unknown): Omit<WriteFailure, 'outcome'> {
  if (error instanceof FileError) return { reason: error.reason, message: error.message }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return { message, stack }
}

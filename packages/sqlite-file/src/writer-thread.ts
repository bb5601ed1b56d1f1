import { Worker } from 'node:worker_threads'
import { FileError } from './file-error.ts'
import type { FailedOutcome } from './group-commit.ts'
import type { Jobs } from './serve-writes.ts'
import type { WriteAnswer, WriteCall, WriteDone, WriteFailure, WriteQuestion } from './write-messages.ts'

/**
 * The one connection that writes to a file, in a thread of its own: a commit waits for the disk, and nobody else has to wait with it.
 *
 * Jobs handed in together share a transaction, and each is answered once that is durable (see `groupCommit`). The thread starts with the first job; one
 * that ends, whyever, is replaced with the next.
 */
export interface WriterThread<J extends Jobs> extends AsyncDisposable {
  /**
   * Has a job done in the thread.
   *
   * @param args data as JSON has it
   * @param parts bytes, copied before this returns
   * @throws what `failed` makes of a transaction that failed
   */
  run<N extends keyof J & string>(
    job: N,
    args: Parameters<J[N]>[0],
    parts?: readonly Uint8Array[],
  ): Promise<ReturnType<J[N]>>
  /** Folds the write-ahead log into the file, and empties it. */
  fold(): Promise<void>
}

/** What a writing thread is started with. */
export interface WriterThreadOptions {
  /** What the system calls the thread, for whoever looks at its work. */
  readonly name: string
  /** What the thread runs: it calls `serveWrites`. */
  readonly script: URL
  /** Its `workerData`. */
  readonly data: unknown
  /** Called after each durable transaction, before its jobs are answered. */
  committed?(): void
  /** Makes the error that the jobs of a failed transaction are refused with. */
  failed(cause: unknown, outcome: FailedOutcome): unknown
}

interface Asked {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Prepares a thread that writes to a file. */
export function openWriterThread<J extends Jobs>(options: WriterThreadOptions): WriterThread<J> {
  const { name, script, data, committed, failed } = options
  const asked = new Map<number, Asked>()
  let thread: Worker | undefined
  let waiting: WriteCall[] = []
  const parcel = startParcel()
  let next = 0

  function start(): Worker {
    const started = new Worker(script, { workerData: data, name })
    started.on('message', settle)
    const ended = (cause?: unknown) => {
      if (thread !== started) return
      thread = undefined
      // What it was asked may have been done: it ended before it could say so.
      const error = new FileError('unavailable', 'the thread that writes has ended', { cause })
      for (const { reject } of asked.values()) reject(failed(error, 'unknown'))
      asked.clear()
    }
    started.on('error', ended)
    started.on('exit', () => ended())
    return started
  }

  function settle({ done: written, failed: failures }: WriteAnswer): void {
    const done = JSON.parse(written) as WriteDone[]
    if (done.length > 0) committed?.()
    for (const [id, value] of done) {
      asked.get(id)?.resolve(value)
      asked.delete(id)
    }
    for (const [id, failure] of failures) {
      asked.get(id)?.reject(failed(causeOf(failure), failure.outcome))
      asked.delete(id)
    }
    // A thread with nothing to do keeps no process from ending.
    if (asked.size === 0) thread?.unref()
  }

  function post(question: WriteQuestion, moved: readonly ArrayBuffer[] = []): void {
    thread ??= start()
    thread.ref()
    thread.postMessage(question, moved)
  }

  /** Sends what waits: all that was handed in during this turn. */
  function send(): void {
    if (waiting.length === 0) return
    const calls = JSON.stringify(waiting)
    waiting = []
    const bytes = parcel.take()
    post({ ask: 'write', calls, bytes }, [bytes.buffer])
  }

  function answer<T>(ask: (id: number) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const id = next++
    asked.set(id, { resolve: resolve as (value: unknown) => void, reject })
    ask(id)
    return promise
  }

  return {
    run: (job, args, parts = []) =>
      answer((id) => {
        const call = { id, job, args, parts: parts.map(parcel.add) }
        if (waiting.push(call) === 1) queueMicrotask(send)
      }),
    fold: () => answer((id) => post({ ask: 'fold', id })),
    async [Symbol.asyncDispose]() {
      send()
      const closing = thread
      if (!closing) return
      const { promise, resolve } = Promise.withResolvers<void>()
      closing.on('exit', () => resolve())
      // What was handed in before is still done and answered.
      post({ ask: 'close' })
      await promise
    },
  }
}

/** The least that a parcel begins with, in bytes. */
const smallParcel = 16 * 1024

/** Gathers bytes in one piece, which is moved to another thread at once. */
function startParcel() {
  let bytes = new Uint8Array()
  let length = 0
  // Where many come, as many come again.
  let usual = smallParcel
  return {
    /** Copies some bytes behind those before them; gives their length. */
    add(part: Uint8Array): number {
      const to = length + part.length
      if (to > bytes.length) {
        const larger = new Uint8Array(Math.max(to, usual, 2 * bytes.length))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(part, length)
      length = to
      return part.length
    },
    /** Gives what was gathered, and perhaps room behind it, and begins anew. */
    take(): Uint8Array<ArrayBuffer> {
      const taken = bytes
      usual = Math.max(smallParcel, length)
      bytes = new Uint8Array()
      length = 0
      return taken
    },
  }
}

function causeOf({ reason, message, stack }: WriteFailure): Error {
  if (reason !== undefined) return new FileError(reason, message)
  return Object.assign(new Error(message), stack !== undefined && { stack })
}

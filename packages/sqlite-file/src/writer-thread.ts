import { Worker } from 'node:worker_threads'
import { FileError } from './file-error.ts'
import type { FailedOutcome } from './group-commit.ts'
import type { Jobs } from './serve-writes.ts'
import type { WriteAnswer, WriteCall, WriteFailure, WriteQuestion } from './write-messages.ts'

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
   * @param args plain data, copied to the thread
   * @param parts bytes, copied as soon as the present turn of the event loop ends: leave them alone until this resolves
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

interface Waiting extends Omit<WriteCall, 'parts'> {
  readonly parts: readonly Uint8Array[]
}

/** Prepares a thread that writes to a file. */
export function openWriterThread<J extends Jobs>(options: WriterThreadOptions): WriterThread<J> {
  const { script, data, committed, failed } = options
  const asked = new Map<number, Asked>()
  let thread: Worker | undefined
  let waiting: Waiting[] = []
  let next = 0

  function start(): Worker {
    const started = new Worker(script, { workerData: data })
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

  function settle({ done, failed: failures }: WriteAnswer): void {
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
    const sent = waiting
    waiting = []
    if (sent.length > 0) post(...writeQuestion(sent))
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
        if (waiting.push({ id, job, args, parts }) === 1) queueMicrotask(send)
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

/** Puts the bytes of all parts in one piece, which is moved to the thread at once. */
function writeQuestion(waiting: readonly Waiting[]): [question: WriteQuestion, moved: readonly ArrayBuffer[]] {
  const length = waiting.reduce((sum, { parts }) => parts.reduce((bytes, part) => bytes + part.length, sum), 0)
  const bytes = new Uint8Array(length)
  let at = 0
  const calls = waiting.map(({ id, job, args, parts }): WriteCall => {
    const places = parts.map((part) => {
      bytes.set(part, at)
      const from = at
      at += part.length
      return [from, at] as const
    })
    return { id, job, args, parts: places }
  })
  return [{ ask: 'write', calls, bytes }, [bytes.buffer]]
}

function causeOf({ reason, message, stack }: WriteFailure): Error {
  if (reason !== undefined) return new FileError(reason, message)
  return Object.assign(new Error(message), stack !== undefined && { stack })
}

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
  /**
   * Has a job done many times, each by itself and in this order, as if {@link run} had been called for one after the other. For many that is a fraction of
   * the work: one message, and one promise.
   *
   * @returns what came of each: its value, or what `failed` makes of its transaction
   */
  runEach<N extends keyof J & string>(
    job: N,
    each: readonly JobInput<Parameters<J[N]>[0]>[],
  ): Promise<readonly (ReturnType<J[N]> | Error)[]>
  /** Folds the write-ahead log into the file, and empties it. */
  fold(): Promise<void>
}

/** What a job is given. */
export interface JobInput<A> {
  /** Data as JSON has it. */
  readonly args: A
  /** Bytes, copied before the call returns. */
  readonly parts: readonly Uint8Array[]
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
  failed(cause: Error, outcome: FailedOutcome): Error
}

/** A call that is under way. */
interface Asked {
  readonly id: number
  /** What came of each time, as far as that is known. */
  readonly outcomes: unknown[]
  /** Times that are not answered yet. */
  left: number
  resolve(outcomes: unknown[]): void
}

/** Prepares a thread that writes to a file. */
export function openWriterThread<J extends Jobs>(options: WriterThreadOptions): WriterThread<J> {
  const { name, script, data, committed, failed } = options
  // An array, as few are under way at once: a Map of what comes and goes has all of it outlive its time (docs/decisions/0066).
  let asked: Asked[] = []
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
      const lost = asked
      asked = []
      for (const { outcomes, resolve } of lost)
        resolve(Array.from(outcomes, (outcome) => (outcome === unanswered ? failed(error, 'unknown') : outcome)))
    }
    started.on('error', ended)
    started.on('exit', () => ended())
    return started
  }

  function settle({ done: written, failed: failures }: WriteAnswer): void {
    const done = JSON.parse(written) as WriteDone[]
    if (done.length > 0) committed?.()
    for (const [id, time, value] of done) answered(id, time, value)
    for (const [id, time, failure] of failures) answered(id, time, failed(causeOf(failure), failure.outcome))
    // A thread with nothing to do keeps no process from ending.
    if (asked.length === 0) thread?.unref()
  }

  function answered(id: number, time: number, outcome: unknown): void {
    // Calls are answered in the order in which they came, more or less: it is one of the first.
    const place = asked.findIndex((call) => call.id === id)
    const call = asked[place]
    if (!call) return
    call.outcomes[time] = outcome
    call.left--
    if (call.left > 0) return
    asked.splice(place, 1)
    call.resolve(call.outcomes)
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

  /** Asks for something that is answered so many times; gives the outcomes once all are there. */
  function ask(times: number, asking: (id: number) => void): Promise<unknown[]> {
    return new Promise((resolve) => {
      const id = next++
      asked.push({ id, outcomes: new Array(times).fill(unanswered), left: times, resolve })
      asking(id)
    })
  }

  async function runEach(job: string, inputs: readonly JobInput<unknown>[]): Promise<unknown[]> {
    if (inputs.length === 0) return []
    return await ask(inputs.length, (id) => {
      const each = inputs.map(({ args, parts }) => [args, ...parts.map(parcel.add)] as const)
      if (waiting.push({ id, job, each }) === 1) queueMicrotask(send)
    })
  }

  return {
    async run(job, args, parts = []) {
      return only(await runEach(job, [{ args, parts }])) as ReturnType<J[typeof job]>
    },
    async runEach(job, each) {
      return (await runEach(job, each)) as (ReturnType<J[typeof job]> | Error)[]
    },
    async fold() {
      only(await ask(1, (id) => post({ ask: 'fold', id })))
    },
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

/** Stands for an outcome that is not known yet. */
const unanswered = Symbol('unanswered')

/** The one outcome that there is; throws it if it is an error. */
function only([outcome]: readonly unknown[]): unknown {
  if (outcome instanceof Error) throw outcome
  return outcome
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

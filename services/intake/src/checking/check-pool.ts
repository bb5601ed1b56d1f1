import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SignatureKey } from '@tidings/statement'
import type { SealingKey } from '@tidings/vault'
import type { CheckAnswer, CheckQuestion, ThreadData } from './messages.ts'
import { type CheckedLine, unpack } from './unpack.ts'

/** The thread that checked some submissions has ended before it answered. Nothing of them was kept. */
export class CheckingInterrupted extends Error {
  override name = 'CheckingInterrupted'
}

/** Threads that check submissions. */
export interface CheckPool extends AsyncDisposable {
  /**
   * Checks some submissions, each in JSON, in one thread; what several callers ask at the same time may share a way there.
   *
   * @param keys keys that the threads may not know yet
   * @throws {CheckingInterrupted}
   */
  check(lines: readonly Uint8Array[], keys?: readonly SignatureKey[]): Promise<readonly CheckedLine[]>
}

/** What a pool is started with. */
export interface CheckPoolOptions {
  readonly sealing: SealingKey
  /** Most bytes of a submission; 2 MiB unless told. */
  readonly largestSubmission?: number
  /** How many threads; as many as there are processors unless told. */
  readonly threads?: number
  /** For tests: what the threads run. */
  readonly script?: URL
  /** How long a thread may take for one chunk before it is given up, in milliseconds; 30 000 unless told. */
  readonly patience?: number
}

/** What one caller asked. */
interface Run {
  readonly lines: readonly Uint8Array[]
  readonly keys: readonly SignatureKey[]
  resolve(outcomes: readonly CheckedLine[]): void
  reject(error: Error): void
}

interface Chunk {
  readonly id: number
  readonly runs: readonly Run[]
  readonly timer: NodeJS.Timeout
}

interface Thread {
  readonly worker: Worker
  /** What it has been sent and has not answered: a Map of that would have all of it outlive its time (docs/decisions/0066). */
  chunks: readonly Chunk[]
}

// Small runs share a chunk up to this size: one message for all of them.
const chunkLines = 64
const chunkBytes = 512 * 1024
// Fewer are not worth waking another thread for.
const fewLines = 4
// While many post single statements, what comes within so many milliseconds shares a chunk: to wake a thread and to be woken costs as much as a check.
const gatherFor = 5
// What a chunk leaves behind dies with it: with room for several chunks hardly anything has to be copied while it is young.
const youngMiB = 64
// One chunk is being checked while the next is on its way.
const chunksAtOnce = 2

/**
 * Starts a pool. The first thread starts at once, others when there is work for them; a thread that ends, whyever, is replaced when it is needed.
 */
export function startCheckPool(options: CheckPoolOptions): CheckPool {
  const {
    sealing,
    largestSubmission = 2 * 1024 * 1024,
    threads: most = availableParallelism(),
    patience = 30_000,
  } = options
  const script = options.script ?? new URL('./check-thread.ts', import.meta.url)
  const threads = new Set<Thread>()
  let waiting: Run[] = []
  let waitingLines = 0
  /** When the last chunk was sent, and what ends the gathering of the next. */
  let sent = Number.NEGATIVE_INFINITY
  let gathering: NodeJS.Timeout | undefined
  let next = 0
  let closed = false

  function start(): Thread {
    const worker = new Worker(script, {
      name: 'check',
      workerData: { sealing, largestSubmission } satisfies ThreadData,
      resourceLimits: { maxYoungGenerationSizeMb: youngMiB },
    })
    // It alone keeps no process from ending.
    worker.unref()
    const thread: Thread = { worker, chunks: [] }
    threads.add(thread)
    worker.on('message', (answer: CheckAnswer) => {
      settle(thread, answer)
      dispatch()
    })
    const ended = (cause?: unknown) => {
      if (!threads.delete(thread)) return
      for (const { runs, timer } of thread.chunks) {
        clearTimeout(timer)
        for (const run of runs) run.reject(new CheckingInterrupted('a checking thread has ended', { cause }))
      }
      dispatch()
    }
    worker.on('error', ended)
    worker.on('exit', () => ended())
    return thread
  }

  function settle(thread: Thread, answer: CheckAnswer): void {
    const chunk = thread.chunks.find(({ id }) => id === answer.id)
    if (!chunk) return
    thread.chunks = thread.chunks.filter((other) => other !== chunk)
    clearTimeout(chunk.timer)
    const outcomes = unpack(answer)
    let from = 0
    for (const { lines, resolve } of chunk.runs) {
      resolve(outcomes.slice(from, from + lines.length))
      from += lines.length
    }
  }

  /** Hands on what waits: at once if it is enough for a chunk, or if nobody came shortly before. Whoever posts alone, one after the other, waits for no company. */
  function offer(): void {
    const left = sent + gatherFor - performance.now()
    if (left <= 0 || waitingLines >= chunkLines) dispatch()
    else gathering ??= setTimeout(dispatch, left)
  }

  /** Hands what waits to whoever has least to do. */
  function dispatch(): void {
    clearTimeout(gathering)
    gathering = undefined
    // All threads have their share of what came together: whoever answers many at once is asked by as many at once.
    const share = Math.min(chunkLines, Math.max(fewLines, Math.ceil(waitingLines / most)))
    while (waiting.length > 0 && !closed) {
      const [least] = [...threads].sort((a, b) => a.chunks.length - b.chunks.length)
      const thread = (!least || least.chunks.length > 0) && threads.size < most ? start() : least
      if (!thread || thread.chunks.length >= chunksAtOnce) return
      send(thread, takeChunk(share))
    }
  }

  function takeChunk(mostLines: number): readonly Run[] {
    let count = 0
    let lines = 0
    let bytes = 0
    for (const run of waiting) {
      lines += run.lines.length
      bytes += sizeOf(run)
      if (count > 0 && (lines > mostLines || bytes > chunkBytes)) break
      count++
    }
    const taken = waiting.slice(0, count)
    waiting = waiting.slice(count)
    waitingLines -= linesOf(taken)
    return taken
  }

  function send(thread: Thread, runs: readonly Run[]): void {
    const bytes = new Uint8Array(runs.reduce((sum, run) => sum + sizeOf(run), 0))
    const ends: number[] = []
    let at = 0
    for (const line of runs.flatMap((run) => run.lines)) {
      bytes.set(line, at)
      at += line.length
      ends.push(at)
    }
    sent = performance.now()
    const id = next++
    const timer = setTimeout(() => void thread.worker.terminate(), patience)
    thread.chunks = [...thread.chunks, { id, runs, timer }]
    const question: CheckQuestion = { id, bytes, ends, keys: runs.flatMap((run) => run.keys) }
    thread.worker.postMessage(question, [bytes.buffer])
  }

  start()
  return {
    check(lines, keys = []) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new CheckingInterrupted('checking has been closed'))
        waiting.push({ lines, keys, resolve, reject })
        waitingLines += lines.length
        offer()
      })
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(gathering)
      for (const { reject } of waiting) reject(new CheckingInterrupted('checking has been closed'))
      waiting = []
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

function linesOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { lines }) => sum + lines.length, 0)
}

function sizeOf({ lines }: Run): number {
  return lines.reduce((sum, line) => sum + line.length, 0)
}

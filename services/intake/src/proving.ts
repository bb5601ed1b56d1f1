import type { EventStore } from '@tidings/event-store'
import { type Checkpoint, formatProofPaths, type LogReader } from '@tidings/transparency'
import type { IntakeMetrics } from './intake-metrics.ts'
import { outcomeUnknown } from './problems.ts'

type Log = Pick<LogReader, 'waitForSize' | 'inclusionProofs' | 'latest'>

/** What proofs are made with. */
export interface ProvingOptions {
  readonly log: Log
  readonly store: Pick<EventStore, 'size'>
  /** How long a leaf waits for a checkpoint that covers it, in milliseconds. */
  readonly patienceMs: number
  readonly timed: IntakeMetrics['timed']
}

/** Proofs of some leaves under one checkpoint. */
export interface Proofs {
  /** For each leaf what stands before the checkpoint in its proof, as JSON has it within a text: nothing of it is looked through again. */
  readonly paths: readonly string[]
  /** The signed note, as it was published. */
  readonly checkpoint: string
}

/** Leaves that wait for the others of their turn. */
interface Asked {
  readonly leaves: readonly number[]
  resolve(proofs: Proofs): void
  reject(error: unknown): void
}

/**
 * Proves leaves as soon as a checkpoint covers them. Those that are asked for in one turn of the event loop, as the requests of a group are that were
 * recorded together, wait together and are proved together, under the first checkpoint that covers all of them.
 */
export class Proving {
  readonly #log: Log
  readonly #store: ProvingOptions['store']
  readonly #patienceMs: number
  readonly #timed: IntakeMetrics['timed']
  #asked: Asked[] = []

  constructor({ log, store, patienceMs, timed }: ProvingOptions) {
    this.#log = log
    this.#store = store
    this.#patienceMs = patienceMs
    this.#timed = timed
  }

  /**
   * Proves leaves of the record, at least one.
   *
   * @throws {ProblemError} `outcome-unknown`: no checkpoint has come that covers them
   */
  prove(leaves: readonly number[]): Promise<Proofs> {
    return new Promise((resolve, reject) => {
      if (this.#asked.push({ leaves, resolve, reject }) === 1) queueMicrotask(() => void this.#proveAsked())
    })
  }

  async #proveAsked(): Promise<void> {
    const asked = this.#asked
    this.#asked = []
    const all = asked.flatMap(({ leaves }) => leaves)
    const size = all.reduce((most, leaf) => Math.max(most, leaf), 0) + 1
    try {
      const checkpoint = await this.#timed('checkpoint', () => this.#covering(size))
      const together = await this.#paths(all, checkpoint).catch((error: Error) => error)
      let from = 0
      for (const { leaves, resolve, reject } of asked) {
        const to = from + leaves.length
        // What is wrong with one leaf's proof, such as a damaged tile, is nobody else's trouble.
        const proved = (paths: readonly string[]) => resolve({ paths, checkpoint: checkpoint.text })
        if (together instanceof Error) this.#paths(leaves, checkpoint).then(proved, reject)
        else proved(together.slice(from, to))
        from = to
      }
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }

  async #paths(leaves: readonly number[], { size }: Checkpoint): Promise<readonly string[]> {
    const proofs = await this.#log.inclusionProofs(leaves, size)
    return formatProofPaths(
      proofs.map((hashes, i) => ({ index: leaves[i] as number, hashes })),
      '\\n',
    )
  }

  async #covering(size: number): Promise<Checkpoint> {
    // A signal of its own time-out would stay, with all that it leads to, until the time is over, however soon the checkpoint comes.
    const patience = new AbortController()
    const overdue = new Error(`none came within ${this.#patienceMs / 1000} s`)
    const timer = setTimeout(() => patience.abort(overdue), this.#patienceMs)
    try {
      return await this.#log.waitForSize(size, patience.signal)
    } catch (error) {
      throw outcomeUnknown(await this.#notCovered(size - 1, error))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Whoever runs the service has to see which of the two stands still: the record, or the log. */
  async #notCovered(leaf: number, cause: unknown): Promise<Error> {
    const [log, record] = await Promise.all([
      this.#log.latest().then(({ size }) => `has ${size} leaves`, unreadable),
      this.#store.size().then((size) => `holds ${size} statements`, unreadable),
    ])
    return new Error(`no checkpoint covers leaf ${leaf} yet: the log ${log}, the record ${record}`, { cause })
  }
}

function unreadable(error: Error): string {
  return `cannot be read (${error.message})`
}

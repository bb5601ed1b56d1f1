import type { EventStore } from '@tidings/event-store'
import { defaultLimits, type Metrics, ProblemError, toProblemError } from '@tidings/service-kit'
import { jwsBytesOf, type Seen, type SignatureKey, toBase64url } from '@tidings/statement'
import type { LogReader } from '@tidings/transparency'
import type { Vault } from '@tidings/vault'
import { LRUCache } from 'lru-cache'
import { CheckingInterrupted, type CheckPool, startCheckPool } from './checking/check-pool.ts'
import type { Refusal } from './checking/messages.ts'
import type { CheckedLine } from './checking/unpack.ts'
import { type IntakeMetrics, intakeMetrics } from './intake-metrics.ts'
import { busy, problemOfRefusal, unknownSigner } from './problems.ts'
import { Proving } from './proving.ts'
import { placedOf, RecordView } from './record-view.ts'
import { Recorder } from './recorder.ts'
import { type Admit, type Recorded, UnderWay } from './under-way.ts'

/** What intake stands on. */
export interface IntakeOptions {
  readonly store: EventStore
  readonly vault: Vault
  readonly log: LogReader
  /** How many streams are kept in memory between statements; 8,192 unless told. */
  readonly streams?: number
  /** How long a statement that is recorded waits for the checkpoint that covers it, in seconds; as long as the usual limits say unless told. */
  readonly receiptSeconds?: number
  /** What has to come right before anything new is taken, in plain words, such as room on the disk; undefined when nothing has. */
  readonly waitsFor?: () => Promise<string | undefined>
  /** Where statements are counted and stages timed. */
  readonly metrics?: Metrics
  /** Most bytes of a submission; 2 MiB unless told. */
  readonly largestSubmission?: number
  /** How many threads check statements; as many as there are processors unless told. */
  readonly threads?: number
  /** For tests: what those threads run. */
  readonly script?: URL
}

/** A statement that has been recorded, now or before. Its proof is in two parts: statements of one request share the checkpoint. */
export interface Taken {
  readonly id: string
  readonly leaf: number
  /** Bytes of the JWS as it was recorded. */
  readonly statement: Uint8Array
  /** What stands before the checkpoint in its proof, as JSON has it within a text. */
  readonly path: string
  readonly checkpoint: string
  /** True if it had been recorded before. */
  readonly repeated: boolean
}

// So many go to a checking thread together: while one part is being judged, the next is being checked.
const partSize = 500

/**
 * Takes statements: has them checked, asks the rules, keeps their contents, appends them, and answers with receipts once they are durable and included in a
 * signed checkpoint. What the rules say here is advice from the same fold that decides later.
 */
export class Intake implements AsyncDisposable {
  readonly #store: EventStore
  readonly #vault: Vault
  readonly #log: LogReader
  readonly #view: RecordView
  readonly #checks: CheckPool
  readonly #recorder: Recorder
  readonly #roots = new LRUCache<number, string>({ max: 1000 })
  readonly #proving: Proving
  readonly #metrics: IntakeMetrics

  constructor(options: IntakeOptions) {
    this.#store = options.store
    this.#vault = options.vault
    this.#log = options.log
    this.#view = new RecordView(options.store, { streams: options.streams ?? 8192 })
    this.#checks = startCheckPool({
      sealing: options.vault.sealing,
      ...(options.largestSubmission !== undefined && { largestSubmission: options.largestSubmission }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.script !== undefined && { script: options.script }),
    })
    this.#metrics = intakeMetrics(options.metrics)
    this.#recorder = new Recorder({
      store: options.store,
      vault: options.vault,
      view: this.#view,
      waitsFor: options.waitsFor ?? (async () => undefined),
      timed: this.#metrics.timed,
    })
    this.#proving = new Proving({
      log: options.log,
      store: options.store,
      patienceMs: (options.receiptSeconds ?? defaultLimits.receiptSeconds) * 1000,
      timed: this.#metrics.timed,
    })
  }

  /**
   * Reads parties and mechanisms, and settles what a crash has left pending in the vault: no statement of an earlier process can still arrive.
   */
  async start(): Promise<void> {
    await this.#view.catchUp()
    await this.sweep(new Date())
  }

  /** Settles contents held before an instant whose statements can no longer arrive: live if recorded, else deleted. */
  async sweep(heldBefore: Date): Promise<void> {
    await this.#vault.sweep(heldBefore, async ({ statement, stream }) => {
      for await (const event of this.#store.readStream(stream)) {
        if (placedOf(event).id === statement) return true
      }
      return false
    })
  }

  /**
   * Takes submissions, each in JSON, in their order: of two in one stream the second is judged after the first, and what one says of a party, a key or a
   * mechanism counts for those after it. The answers stand in the same order. One that is refused leaves nothing behind and hinders no other, unless it
   * is to come again: then none after it is taken, since it would overtake it; what was recorded before is answered as ever.
   *
   * @param admit who has to be asked before anything new is kept; nobody unless told
   */
  async take(lines: readonly Uint8Array[], admit: Admit = admitAll): Promise<readonly (Taken | ProblemError)[]> {
    const { timed } = this.#metrics
    const parts = inParts(lines, partSize).map((part) => ({ part, checking: timed('check', () => this.#check(part)) }))
    const request = new UnderWay(admit)
    for (const { part, checking } of parts) await this.#settlePart(part, await checking, request)
    const answers = await this.#answers(await timed('record', () => request.outcomes()))
    for (const answer of answers) if (answer instanceof ProblemError) this.#metrics.refused(answer.problem)
    return answers
  }

  /** Whether a party has never taken part in any mechanism. */
  async isNewcomer(party: string): Promise<boolean> {
    return await this.#view.isNewcomer(party)
  }

  /** Readiness: what intake waits for. */
  async waitsFor(): Promise<string | undefined> {
    return this.#recorder.waitsFor()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checks[Symbol.asyncDispose]()
  }

  /** Hands the lines of a part to the recorder, in order. A line whose key nobody knows waits for those before it: one of them may bring the key. */
  async #settlePart(part: readonly Uint8Array[], first: readonly Line[], request: UnderWay): Promise<void> {
    let lines = first
    for (let n = 0; n < lines.length; n++) {
      let line: SettledLine
      try {
        if ('keyWanted' in at(lines, n)) {
          await request.outcomes()
          await this.#view.catchUp()
          lines = await this.#checkAgain(part, lines)
        }
        const checked = at(lines, n)
        line = 'refused' in checked ? { problem: await this.#refusal(checked) } : checked
      } catch (error) {
        // This line alone cannot be told of: what became of the others is certain, and is told.
        line = { problem: this.#recorder.problemOf(error) }
      }
      const seen = 'ready' in line && !this.#isKnown(line.ready.payload.seen) ? line.ready.payload.seen : undefined
      this.#settle(line, seen && (await this.#seenFault(seen)), request)
    }
  }

  /** Checks lines by themselves, under the keys that are known by now. */
  async #check(part: readonly Uint8Array[]): Promise<readonly Line[]> {
    return await this.#checkAgain(part, await this.#checked(part))
  }

  /** Checks those again that wanted a key which is known by now. */
  async #checkAgain(part: readonly Uint8Array[], lines: readonly Line[]): Promise<readonly Line[]> {
    const keys = new Map<number, SignatureKey>()
    for (const [n, line] of lines.entries()) {
      const key = 'keyWanted' in line ? this.#view.keyOf(line.keyWanted.iss, line.keyWanted.kid) : undefined
      if (key) keys.set(n, key)
    }
    if (keys.size === 0) return lines
    const numbers = [...keys.keys()]
    const again = await this.#checked(
      numbers.map((n) => at(part, n)),
      distinct([...keys.values()]),
    )
    return lines.map((line, n) => (keys.has(n) ? at(again, numbers.indexOf(n)) : line))
  }

  async #checked(part: readonly Uint8Array[], keys?: readonly SignatureKey[]): Promise<readonly Line[]> {
    try {
      return await this.#checks.check(part, keys)
    } catch (error) {
      if (!(error instanceof CheckingInterrupted)) throw error
      const problem = busy('The check was interrupted; nothing was kept. Try again.', error)
      return part.map(() => ({ problem }))
    }
  }

  #settle(line: SettledLine, seenFault: ProblemError | undefined, request: UnderWay): void {
    const number = request.begin()
    if ('problem' in line) {
      request.order.refused(number, line.problem)
      request.settle(number, line.problem)
    } else if ('keyWanted' in line) {
      // A line before it may have brought the key.
      request.settle(number, request.order.heldUp(number) ?? unknownSigner(this.#view, line.keyWanted.iss))
    } else {
      try {
        this.#recorder.record({ ready: line.ready, seenFault, request, line: number })
      } catch (error) {
        request.settle(number, toProblemError(error))
      }
    }
  }

  /** Whose key it is comes before what is wrong under it. */
  async #refusal({ refused, by }: Extract<Line, { refused: Refusal }>): Promise<ProblemError> {
    const isUnknown = () => by && !by.begins && !this.#view.keyOf(by.iss, by.kid)
    if (isUnknown()) await this.#view.catchUp()
    return by && isUnknown() ? unknownSigner(this.#view, by.iss) : problemOfRefusal(refused)
  }

  /** Whether a checkpoint that an author has seen is known to be one of this log. */
  #isKnown(seen: Seen): boolean {
    return seen.origin === this.#log.origin && this.#roots.get(seen.size) === seen.root
  }

  /** What is wrong with what an author has seen. That it cannot be compared now is wrong too, of what is new: a repeat has its receipt all the same. */
  async #seenFault(seen: Seen): Promise<ProblemError | undefined> {
    try {
      return await this.#comparedWithLog(seen)
    } catch (error) {
      return this.#recorder.problemOf(error)
    }
  }

  /** It must be a prefix of this log. Else somebody has shown two logs, and the author's signature proves it. */
  async #comparedWithLog(seen: Seen): Promise<ProblemError | undefined> {
    const fault = (rule: string) =>
      new ProblemError('seen-not-a-prefix', {
        field: '/seen',
        rule,
        detail: `The statement names a checkpoint of size ${seen.size} that is not a prefix of this log. Keep the checkpoint that you hold: it is evidence.`,
      })
    if (seen.origin !== this.#log.origin) return fault('must name the origin of this log')
    let root = this.#roots.get(seen.size)
    if (root === undefined) {
      if (seen.size > (await this.#log.latest()).size) return fault('must not be larger than this log')
      root = toBase64url(await this.#log.rootAt(seen.size))
      this.#roots.set(seen.size, root)
    }
    return root === seen.root ? undefined : fault('must have the root that this log had at that size')
  }

  /** The answers once all that was recorded is live and included. */
  async #answers(outcomes: readonly (Recorded | ProblemError)[]): Promise<readonly (Taken | ProblemError)[]> {
    const live = await this.#metrics.timed('publish', () => liveOrNot(outcomes))
    const there = live.filter((one): one is Recorded => !(one instanceof ProblemError))
    if (there.length === 0) return live as readonly ProblemError[]
    try {
      const taken = await this.#proven(there)
      this.#metrics.recorded(there)
      let next = 0
      return live.map((one) => (one instanceof ProblemError ? one : at(taken, next++)))
    } catch (error) {
      const problem = toProblemError(error)
      return live.map((one) => (one instanceof ProblemError ? one : problem))
    }
  }

  /** Statements with their proofs under one checkpoint. */
  async #proven(recorded: readonly Recorded[]): Promise<readonly Taken[]> {
    const { paths, checkpoint } = await this.#proving.prove(recorded.map(({ position }) => position))
    const taken: Taken[] = []
    for (const [i, one] of recorded.entries()) {
      const { id, position: leaf, repeated, event } = one
      const statement = repeated ? await this.#recordedJws(one) : jwsBytesOf(event)
      taken.push({ id, leaf, statement, path: at(paths, i), checkpoint, repeated })
    }
    return taken
  }

  /** A repeat may come under another signature of the same key: what counts is what was recorded. */
  async #recordedJws({ id, stream }: Recorded): Promise<Uint8Array> {
    for await (const event of this.#store.readStream(stream))
      if (placedOf(event).id === id) return jwsBytesOf(event.data)
    throw new TypeError('internal error: a statement is known in a stream that does not hold it')
  }
}

/** A line on its way: as a checking thread left it, or with the problem that it met on the way there. */
type Line = CheckedLine | { readonly problem: ProblemError }

/** A line of which it is known why it is refused, if it is wrong in itself. */
type SettledLine = Exclude<Line, { readonly refused: Refusal }>

/** Nobody has to be asked. */
const admitAll: Admit = async (statements) => ({ count: statements.length })

/** Statements once their contents are live, or why that is not known of them. */
async function liveOrNot(
  outcomes: readonly (Recorded | ProblemError)[],
): Promise<readonly (Recorded | ProblemError)[]> {
  const groups = new Set(outcomes.map((one) => (one instanceof ProblemError ? undefined : one.live)))
  await Promise.all(Array.from(groups, (group) => group?.over))
  return outcomes.map((one) => (one instanceof ProblemError ? one : (one.live?.faults.get(one.id) ?? one)))
}

function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size))
  return parts
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new RangeError(`internal error: nothing at ${index}`)
  return item
}

function distinct(keys: readonly SignatureKey[]): readonly SignatureKey[] {
  return [...new Set(keys)]
}

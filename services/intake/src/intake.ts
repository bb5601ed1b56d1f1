import type { Receipt, Submission } from '@tidings/client/contract'
import {
  type Appended,
  type EventStore,
  eventId,
  OutcomeUnknownError,
  RevisionConflictError,
  UnavailableError,
} from '@tidings/event-store'
import { inPlace, judge, type Placed, recordedAt, type Verdict } from '@tidings/exchange'
import { type Metrics, ProblemError, problemOfVerdict } from '@tidings/service-kit'
import {
  encodeEventData,
  fromBase64url,
  kinds,
  type Seen,
  type Statement,
  streamOf,
  toBase64url,
} from '@tidings/statement'
import { formatTlogProof, type LogReader } from '@tidings/transparency'
import { type Vault, VaultError } from '@tidings/vault'
import { LRUCache } from 'lru-cache'
import { type CheckedSubmission, SubmissionChecker } from './check-submission.ts'
import { type IntakeMetrics, intakeMetrics } from './intake-metrics.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { type KnownStream, placedOf, RecordView } from './record-view.ts'

/** What intake stands on. */
export interface IntakeOptions {
  readonly store: EventStore
  readonly vault: Vault
  readonly log: LogReader
  /** How many streams are kept in memory between statements. */
  readonly streams?: number
  /** How long a statement waits for the checkpoint that covers it, in milliseconds. */
  readonly patience?: number
  /** What has to come right before anything new is taken, in plain words, such as room on the disk; undefined when nothing has. */
  readonly waitsFor?: () => Promise<string | undefined>
  /** Where statements are counted and stages timed. */
  readonly metrics?: Metrics
}

/** A statement that has been recorded, now or before. */
export interface Taken {
  readonly receipt: Receipt
  /** True if it had been recorded before. */
  readonly repeated: boolean
}

/** Asked before a new statement is taken that is sound and that the rules would let stand: throws to refuse it, and nothing is kept. */
export type Admit = (statement: Statement) => Promise<void>

/** The place of a statement in the record. */
type Recorded = Pick<Appended, 'position' | 'repeated'> & { readonly jws: string }

// A leaf that is not there yet: whoever judges for the next place sees everything that is recorded.
const nextLeaf = Number.MAX_SAFE_INTEGER

/** How long a store that could not be written keeps intake from being ready, in milliseconds. */
const failureCounts = 10_000

/**
 * Takes statements: checks them, asks the rules, keeps their contents, appends them, and answers with a receipt once they are durable and
 * included in a signed checkpoint. What the rules say here is advice from the same fold that decides later.
 */
export class Intake {
  readonly #store: EventStore
  readonly #vault: Vault
  readonly #log: LogReader
  readonly #view: RecordView
  readonly #checker: SubmissionChecker
  readonly #streams = new OneAtATime()
  readonly #roots = new LRUCache<number, string>({ max: 1000 })
  readonly #patience: number
  readonly #waitsFor: () => Promise<string | undefined>
  /** The last time a store could not be written, until one can again. */
  #failure: { readonly says: string; readonly at: number } | undefined
  readonly #metrics: IntakeMetrics

  constructor(options: IntakeOptions) {
    this.#store = options.store
    this.#vault = options.vault
    this.#log = options.log
    this.#view = new RecordView(options.store, { streams: options.streams ?? 20_000 })
    this.#checker = new SubmissionChecker(this.#view)
    this.#patience = options.patience ?? 30_000
    this.#waitsFor = options.waitsFor ?? (async () => undefined)
    this.#metrics = intakeMetrics(options.metrics)
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
   * Takes one submission.
   *
   * @param admit asked once, before anything is kept
   * @throws {StatementError | ProblemError} the first thing that is wrong; nothing is kept then
   */
  async take(submission: Submission, admit: Admit = async () => {}): Promise<Taken> {
    return await this.#metrics.counted(() => this.#take(submission, admit))
  }

  /** Readiness: what intake waits for. A store that could not be written counts for a while: only the next statement will tell. */
  async waitsFor(): Promise<string | undefined> {
    if (this.#failure === undefined || performance.now() - this.#failure.at > failureCounts) return undefined
    return this.#failure.says
  }

  #failed(says: string, error: unknown): ProblemError {
    this.#failure = { says: error instanceof Error ? `${says}: ${error.message}` : says, at: performance.now() }
    return busy(`The ${says} now; nothing was recorded. Try again.`, error)
  }

  async #take(submission: Submission, admit: Admit): Promise<Taken> {
    const { timed } = this.#metrics
    const checked = await timed('check', () => this.#checker.check(submission))
    const { kind } = checked.statement.payload
    const recorded = await timed('record', () =>
      this.#streams.run(streamOf(checked.statement.payload), () => this.#record(checked, admit)),
    )
    if (checked.openings.length > 0) await timed('publish', () => this.#publish(checked.statement.id))
    const prefix = kind.slice(0, kind.indexOf('.'))
    // Whoever delegates, accepts or revokes finds it counted by the very next statement here.
    if (prefix === 'party' || prefix === 'mechanism') await this.#view.catchUp()
    const receipt = await timed('checkpoint', () => this.#receipt(checked.statement.id, recorded))
    if (!recorded.repeated) this.#failure = undefined
    this.#metrics.recorded(kind, recorded.repeated)
    return { receipt, repeated: recorded.repeated }
  }

  async #record(checked: CheckedSubmission, admit: Admit): Promise<Recorded> {
    const { statement, document } = checked
    const placed = inPlace(nextLeaf, statement, document)
    const name = streamOf(statement.payload)
    // What begins something usually stands in a stream that nobody has written to: the append itself will tell if that is wrong.
    let stream = kinds[statement.payload.kind].founds ? this.#view.streamIfKnown(name) : await this.#view.stream(name)
    let admitted = false
    for (;;) {
      const before = recordedAt(stream.state, statement.id)
      if (before !== undefined)
        return { position: before, repeated: true, jws: await this.#recordedJws(name, statement.id) }
      const verdict = judge(this.#view, stream.state, placed)
      if (verdict.verdict === 'void') {
        stream = await this.#lookAgain(placed, verdict, name)
        continue
      }
      await this.#checkSeen(statement.payload.seen)
      const wait = await this.#waitsFor()
      if (wait !== undefined) throw busy(`Nothing new is taken now: ${wait}.`)
      if (!admitted) {
        await admit(statement)
        await this.#metrics.timed('hold', () => this.#hold(checked, name))
      }
      admitted = true
      const appended = await this.#metrics.timed('append', () => this.#append(checked, stream))
      if (appended)
        return { ...appended, jws: appended.repeated ? await this.#recordedJws(name, statement.id) : statement.jws }
      this.#view.forget(name)
      stream = await this.#view.stream(name)
    }
  }

  /** A void verdict is given on the latest state only: the stream read whole, parties and mechanisms followed to the end of the record. */
  async #lookAgain(placed: Placed, first: Verdict, name: string): Promise<KnownStream> {
    await this.#view.catchUp()
    this.#view.forget(name)
    const stream = await this.#view.stream(name)
    const known = recordedAt(stream.state, placed.id) !== undefined
    const verdict = known ? first : judge(this.#view, stream.state, placed)
    if (!known && verdict.verdict === 'void') throw problemOfVerdict(verdict)
    return stream
  }

  async #hold({ statement, openings }: CheckedSubmission, stream: string): Promise<void> {
    const references = statement.payload.content ?? []
    if (references.length === 0) return
    const contents = references.flatMap((reference, i) => {
      const opening = openings[i]
      return opening ? [{ ...reference, salt: opening.salt, data: opening.data }] : []
    })
    await this.#vault.hold({ statement: statement.id, stream }, contents).catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
      throw this.#failed('vault cannot be written', error)
    })
  }

  /** Recorded, and without its receipt until its contents are live: whoever sends it again finds out. */
  async #publish(id: string): Promise<void> {
    await this.#vault.publish(id).catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
      this.#failed('vault cannot be written', error)
      throw outcomeUnknown(error)
    })
  }

  /** Appends at the revision on which the verdict was given; undefined if the stream has moved on since. */
  async #append({ statement, document }: CheckedSubmission, stream: KnownStream): Promise<Appended | undefined> {
    const event = {
      id: eventId(fromBase64url(statement.id)),
      type: statement.payload.kind,
      data: encodeEventData({ jws: statement.jws, ...(document && { document }) }),
    }
    try {
      const appended = await this.#store.append(
        stream.state.stream,
        stream.revision < 0 ? 'no-stream' : stream.revision,
        [event],
      )
      if (appended.repeated) this.#view.forget(stream.state.stream)
      else this.#view.appended(stream, inPlace(appended.position, statement, document), appended.revision)
      return appended
    } catch (error) {
      if (error instanceof RevisionConflictError) return undefined
      if (error instanceof UnavailableError) {
        throw this.#failed('record cannot be written', error)
      }
      if (error instanceof OutcomeUnknownError) {
        this.#failed('record cannot be written', error)
        throw outcomeUnknown(error)
      }
      throw error
    }
  }

  async #recordedJws(stream: string, id: string): Promise<string> {
    for await (const event of this.#store.readStream(stream)) {
      const placed = placedOf(event)
      if (placed.id === id) return placed.jws
    }
    throw new TypeError('internal error: a statement is known in a stream that does not hold it')
  }

  /** What an author has seen must be a prefix of this log: otherwise somebody has shown two logs, and the author's signature proves it. */
  async #checkSeen(seen: Seen): Promise<void> {
    const refuse = (rule: string) =>
      new ProblemError('seen-not-a-prefix', {
        field: '/seen',
        rule,
        detail: `The statement names a checkpoint of size ${seen.size} that is not a prefix of this log. Keep the checkpoint that you hold: it is evidence.`,
      })
    if (seen.origin !== this.#log.origin) throw refuse('must name the origin of this log')
    let root = this.#roots.get(seen.size)
    if (root === undefined) {
      if (seen.size > (await this.#log.latest()).size) throw refuse('must not be larger than this log')
      root = toBase64url(await this.#log.rootAt(seen.size))
      this.#roots.set(seen.size, root)
    }
    if (root !== seen.root) throw refuse('must have the root that this log had at that size')
  }

  async #receipt(id: string, { position, jws }: Recorded): Promise<Receipt> {
    const checkpoint = await this.#log
      .waitForSize(position + 1, AbortSignal.timeout(this.#patience))
      .catch((error: unknown) => {
        throw outcomeUnknown(error)
      })
    const hashes = await this.#log.inclusionProof(position, checkpoint.size)
    return {
      id,
      leaf: position,
      statement: jws,
      proof: formatTlogProof({ index: position, hashes, checkpoint: checkpoint.text }),
    }
  }
}

function outcomeUnknown(cause: unknown): ProblemError {
  return new ProblemError(
    'outcome-unknown',
    { detail: 'Send the same statement again: it is the same statement.' },
    { cause, retryAfter: 2 },
  )
}

function busy(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('busy', { detail }, { cause, retryAfter: 5 })
}

/** The vault's disk refuses just now: the same may be tried again. */
function isUnavailable(error: unknown): boolean {
  return error instanceof VaultError && error.code === 'vault/unavailable'
}

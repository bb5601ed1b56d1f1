import { setTimeout as wait } from 'node:timers/promises'
import {
  type Appended,
  type EventStore,
  eventId,
  OutcomeUnknownError,
  RevisionConflictError,
  UnavailableError,
} from '@tidings/event-store'
import { inPlace, judge, type Placed, recordedAt, type StreamState, step } from '@tidings/exchange'
import { ProblemError, problemOfVerdict } from '@tidings/service-kit'
import { fromBase64url, kinds, streamOf } from '@tidings/statement'
import { type Vault, VaultError } from '@tidings/vault'
import type { ReadySubmission } from './checking/unpack.ts'
import type { IntakeMetrics } from './intake-metrics.ts'
import { openPace } from './pace.ts'
import { busy, outcomeUnknown, unknownSigner } from './problems.ts'
import { type KnownStream, nextLeaf, type RecordView } from './record-view.ts'

/** What the recorder stands on. */
export interface RecorderOptions {
  readonly store: EventStore
  readonly vault: Vault
  readonly view: RecordView
  /** What has to come right before anything new is taken, in plain words; undefined when nothing has. */
  readonly waitsFor: () => Promise<string | undefined>
  readonly timed: IntakeMetrics['timed']
}

/** The place of a statement in the record. */
export interface Recorded {
  readonly position: number
  /** True if it stood there before. */
  readonly repeated: boolean
  /** Resolves when its contents are live. */
  readonly live: Promise<unknown>
}

/** What is asked of a statement that the rules would let in. */
export interface Asked {
  /** What is wrong with the checkpoint that its author has seen. */
  readonly seenFault: ProblemError | undefined
  /** Asked once, before anything is kept: throws to refuse it. */
  admit(): Promise<void>
  /** Why it may not be taken now: something before it was not. Whatever was recorded before is answered all the same. */
  heldUp(): ProblemError | undefined
  /** Told that it is refused, before anything after it is looked at. */
  refused(problem: unknown): void
}

/** A statement that waits for its turn. */
interface Waiting {
  readonly ready: ReadySubmission
  readonly stream: string
  /** As it is judged: for the next leaf, whichever that will be. */
  readonly placed: Placed
  readonly asked: Asked
  resolve(recorded: Recorded): void
  reject(error: unknown): void
  isAnswered(): boolean
}

/** A statement with a verdict that lets it in, and the stream and revision on which the verdict was given. */
interface Accepted extends Waiting {
  readonly known: KnownStream
  readonly revision: number
}

// So many share a commit of the vault and one of the record. Few enough that nobody waits long behind them.
const groupSize = 1000
const groupBytes = 4 * 1024 * 1024
const done = Promise.resolve()
/** How long a store that could not be written keeps intake from being ready, in milliseconds. */
const failureCounts = 10_000
/** How long after its id was made a thing is taken for new, in milliseconds. */
const freshFor = 3_600_000

/**
 * Brings statements into the record in the order in which they came, one group after the other: judged, their contents held in one commit, appended in
 * another. Of two statements in one stream the second is judged on the state after the first. A refusal is given only on the latest state of the record,
 * with nothing under way in the stream: whatever is refused at first sight is looked at again in its turn, and ends the group where something of its
 * stream stands before it.
 */
export class Recorder {
  readonly #store: EventStore
  readonly #vault: Vault
  readonly #view: RecordView
  readonly #waitsFor: RecorderOptions['waitsFor']
  readonly #timed: RecorderOptions['timed']
  #queue: Waiting[] = []
  #running = false
  readonly #pace = openPace()
  /** The last time a store could not be written, until one can again. */
  #failure: { readonly says: string; readonly at: number } | undefined

  constructor({ store, vault, view, waitsFor, timed }: RecorderOptions) {
    this.#store = store
    this.#vault = vault
    this.#view = view
    this.#waitsFor = waitsFor
    this.#timed = timed
  }

  /** What keeps it from recording. A store that could not be written counts for a while: only the next statement will tell. */
  waitsFor(): string | undefined {
    if (this.#failure === undefined || performance.now() - this.#failure.at > failureCounts) return undefined
    return this.#failure.says
  }

  /**
   * Records a statement after all that were handed in before.
   *
   * @throws {ProblemError} why it was refused; nothing of it is kept then
   */
  record(ready: ReadySubmission, asked: Asked): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      const stream = streamOf(ready.payload)
      const placed = inPlace(nextLeaf, ready, ready.document)
      let isAnswered = false
      // Whoever has an answer keeps it.
      const once = <T>(answer: (value: T) => void) => {
        return (value: T) => {
          if (!isAnswered) answer(value)
          isAnswered = true
        }
      }
      this.#queue.push({
        ready,
        stream,
        placed,
        asked,
        resolve: once(resolve),
        reject: once((error) => {
          asked.refused(error)
          reject(error)
        }),
        isAnswered: () => isAnswered,
      })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    // Whatever arrives in this turn of the event loop comes along.
    await done
    while (this.#queue.length > 0) {
      const pause = this.#pace.pause(performance.now())
      if (pause > 0) await wait(pause)
      const group = this.#takeGroup()
      this.#pace.begins(group.length, this.#queue.length, performance.now())
      try {
        const again = await this.#recordGroup(group)
        if (again.length > 0) this.#pace.leaves()
        this.#queue = [...again, ...this.#queue]
      } catch (error) {
        for (const { reject } of group) reject(this.#problemOf(error))
      }
    }
    this.#running = false
  }

  /** The next statements; what a party says of itself, or a mechanism, goes alone: it may count for all that follows, and for nothing before it. */
  #takeGroup(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const { ready, stream } of this.#queue) {
      if (isStanding(stream) && count > 0) break
      count++
      bytes += sizeOf(ready)
      if (count === groupSize || bytes >= groupBytes || isStanding(stream)) break
    }
    const group = this.#queue.slice(0, count)
    this.#queue = this.#queue.slice(count)
    return group
  }

  /** Records a group; gives those back, in order, that have to wait until what stands before them is recorded. */
  async #recordGroup(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const accepted: Accepted[] = []
    const streams = new Map<string, StreamOfGroup>()
    const letIn = (item: Waiting, stream: StreamOfGroup) => {
      streams.set(item.stream, stream)
      accepted.push({ ...item, known: stream.known, revision: stream.add(item.placed) })
    }
    let count = 0
    for (const item of group) {
      const { ready, stream: name, asked } = item
      const stream = streams.get(name) ?? new StreamOfGroup(this.#view, await this.#streamOf(item))
      const before = recordedAt(stream.known.state, ready.id)
      if (before !== undefined) item.resolve({ position: before, repeated: true, live: done })
      else if (asked.heldUp() || !this.#view.hasKey(ready) || !stream.letsIn(item.placed)) {
        if (stream.isUnderWay) break
        const known = await this.#lookAgain(item)
        if (known) letIn(item, new StreamOfGroup(this.#view, known))
      } else if (asked.seenFault) item.reject(asked.seenFault)
      else letIn(item, stream)
      count++
    }
    await this.#keep(accepted)
    for (const item of accepted) if (!item.isAnswered()) await this.#recordAlone(item)
    return group.slice(count)
  }

  /**
   * What begins something usually stands in a stream that nobody has written to: the append itself will tell if that is wrong. Not where the thing's id was made
   * a while ago: what is told anew of it would be found out only there, and come after the others of its group.
   */
  async #streamOf({ ready: { payload }, stream }: Waiting): Promise<KnownStream> {
    const isNew = kinds[payload.kind].founds && isFresh(payload.about)
    return isNew ? this.#view.streamIfKnown(stream) : await this.#view.stream(stream)
  }

  /** Looks at a statement on the latest state, where nothing of its stream is under way; gives the stream if that lets it in, else answers. */
  async #lookAgain(item: Waiting): Promise<KnownStream | undefined> {
    const { ready, stream, asked } = item
    await this.#view.catchUp()
    this.#view.forget(stream)
    const known = await this.#view.stream(stream)
    const before = recordedAt(known.state, ready.id)
    const refusal = before === undefined ? (asked.heldUp() ?? this.#refusalOf(item, known)) : undefined
    if (before !== undefined) item.resolve({ position: before, repeated: true, live: done })
    else if (refusal) item.reject(refusal)
    else return known
    return undefined
  }

  #refusalOf({ ready, placed, asked }: Waiting, known: KnownStream): ProblemError | undefined {
    if (!this.#view.hasKey(ready)) return unknownSigner(this.#view, ready.payload.iss)
    const verdict = judge(this.#view, known.state, placed)
    return verdict.verdict === 'void' ? problemOfVerdict(verdict) : asked.seenFault
  }

  /** Records one statement on the latest state, if that lets it in. */
  async #recordAlone(item: Waiting): Promise<void> {
    while (!item.isAnswered()) {
      const known = await this.#lookAgain(item)
      if (known) await this.#keep([{ ...item, known, revision: known.revision }])
    }
  }

  /** Those that are admitted, as long as nothing before them was refused. */
  async #admitted(accepted: readonly Accepted[]): Promise<readonly Accepted[]> {
    if (accepted.length === 0) return accepted
    const wait = await this.#waitsFor()
    if (wait !== undefined) {
      for (const { reject } of accepted) reject(busy(`Nothing new is taken now: ${wait}.`))
      return []
    }
    const admitted: Accepted[] = []
    for (const item of accepted) {
      // Not asked: it would be paid for, and not taken.
      if (item.asked.heldUp()) continue
      await item.asked.admit().then(() => admitted.push(item), item.reject)
    }
    return admitted
  }

  /**
   * Holds the contents of those that are admitted, then appends. All are answered but those that have to be looked at again: their stream has moved on
   * since they were judged, or something before them was not taken.
   */
  async #keep(accepted: readonly Accepted[]): Promise<void> {
    const admitted = await this.#admitted(accepted)
    if (admitted.length === 0) return
    const held = await this.#timed('hold', () => this.#hold(admitted))
    const results = await this.#timed('append', () => Promise.all(held.map((item) => this.#append(item))))
    let standing = false
    for (const [i, item] of held.entries()) {
      const { ready, stream, known } = item
      const result = results[i] as Appended | Error
      if (result instanceof Error) {
        this.#view.forget(stream)
        if (!(result instanceof RevisionConflictError)) item.reject(this.#problemOf(result))
        continue
      }
      const { position, revision, repeated } = result
      if (!repeated) this.#failure = undefined
      if (repeated) this.#view.forget(stream)
      else this.#view.appended(known, { ...item.placed, leaf: position }, revision)
      standing ||= isStanding(stream)
      item.resolve({ position, repeated, live: this.#publish(ready) })
    }
    // Whoever delegates, accepts or revokes finds it counted by the very next statement here.
    if (standing) await this.#view.catchUp()
  }

  /** Those whose contents are held, as long as nothing before them was refused. */
  async #hold(accepted: readonly Accepted[]): Promise<readonly Accepted[]> {
    const faults = await Promise.all(
      accepted.map(({ ready, stream }) =>
        ready.contents.length === 0
          ? undefined
          : this.#vault.holdSealed({ statement: ready.id, stream }, ready.contents).catch((error: Error) => error),
      ),
    )
    return accepted.filter((item, i) => {
      const fault = faults[i]
      if (fault) item.reject(this.#problemOf(fault))
      return !fault && !item.asked.heldUp()
    })
  }

  #append({ ready, stream, revision }: Accepted): Promise<Appended | Error> {
    const event = { id: eventId(fromBase64url(ready.id)), type: ready.payload.kind, data: ready.event }
    return this.#store.append(stream, revision < 0 ? 'no-stream' : revision, [event]).catch((error: Error) => error)
  }

  #publish({ id, contents }: ReadySubmission): Promise<unknown> {
    if (contents.length === 0) return done
    // Recorded, and without its receipt until its contents are live: whoever sends it again finds out.
    const live = this.#vault.publish(id).catch((error: unknown) => {
      const problem = this.#problemOf(error)
      throw problem instanceof ProblemError ? outcomeUnknown(error) : error
    })
    // Met by whoever waits for it; nobody may be left to.
    live.catch(() => {})
    return live
  }

  /** What an error of a store is to whoever sent a statement; one that the disk will overcome also shows in readiness. */
  #problemOf(error: unknown): unknown {
    const isVault = error instanceof VaultError && error.code === 'vault/unavailable'
    if (!isVault && !(error instanceof UnavailableError) && !(error instanceof OutcomeUnknownError)) return error
    const says = `${isVault ? 'vault' : 'record'} cannot be written`
    this.#failure = { says: `${says}: ${error.message}`, at: performance.now() }
    if (error instanceof OutcomeUnknownError) return outcomeUnknown(error)
    return busy(`The ${says} now; nothing was recorded. Try again.`, error)
  }
}

/** A stream in the course of a group: as it is recorded, and as it will be when what was let in before is recorded as well. */
class StreamOfGroup {
  readonly known: KnownStream
  readonly #view: RecordView
  readonly #added: Placed[] = []
  #ahead: StreamState | undefined
  #folded = 0

  constructor(view: RecordView, known: KnownStream) {
    this.#view = view
    this.known = known
  }

  /** Whether something of this stream was let in that is not recorded yet. */
  get isUnderWay(): boolean {
    return this.#added.length > 0
  }

  /** Whether the rules let a statement in. */
  letsIn(placed: Placed): boolean {
    const state = this.#stateNow()
    return recordedAt(state, placed.id) === undefined && judge(this.#view, state, placed).verdict !== 'void'
  }

  /** Takes a statement in; gives the revision that it follows. */
  add(placed: Placed): number {
    return this.known.revision + this.#added.push(placed) - 1
  }

  /** With what was let in before. Its leaves are not known yet: they only stand between what is recorded and what is judged. */
  #stateNow(): StreamState {
    for (; this.#folded < this.#added.length; this.#folded++) {
      const placed = { ...(this.#added[this.#folded] as Placed), leaf: nextLeaf - groupSize + this.#folded }
      this.#ahead = step(this.#view, this.#ahead ?? this.known.state, placed).state
    }
    return this.#ahead ?? this.known.state
  }
}

/** Whether the id of a thing, a UUIDv7, says that it was made within the hour. */
function isFresh(about: string): boolean {
  const made = Number.parseInt(about.slice(0, 8) + about.slice(9, 13), 16)
  return Math.abs(Date.now() - made) < freshFor
}

function sizeOf({ event, contents }: ReadySubmission): number {
  return contents.reduce((sum, { sealed }) => sum + sealed.length, event.length)
}

/** Whether a stream is of a party or mechanism: what stands there counts elsewhere. */
function isStanding(stream: string): boolean {
  return stream.startsWith('party-') || stream.startsWith('mechanism-')
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type Append,
  type Appended,
  type EventStore,
  eventId,
  OutcomeUnknownError,
  RevisionConflictError,
  UnavailableError,
} from '@tidings/event-store'
import { inPlace, judge, type Placed, recordedAt, type StreamState, step } from '@tidings/exchange'
import { ProblemError, problemOfVerdict, toProblemError } from '@tidings/service-kit'
import { fromBase64url, kinds, streamOf } from '@tidings/statement'
import { type Vault, VaultError } from '@tidings/vault'
import type { ReadySubmission } from './checking/unpack.ts'
import type { IntakeMetrics } from './intake-metrics.ts'
import { openPace } from './pace.ts'
import { busy, outcomeUnknown, unknownSigner } from './problems.ts'
import { type KnownStream, nextLeaf, type RecordView } from './record-view.ts'
import type { GoingLive, UnderWay } from './under-way.ts'

/** What the recorder stands on. */
export interface RecorderOptions {
  readonly store: EventStore
  readonly vault: Vault
  readonly view: RecordView
  /**
   * What has to come right before anything new is taken, in plain words; undefined when nothing has.
   *
   * @throws {ProblemError} nothing new is taken, whatever comes right
   */
  readonly waitsFor: () => Promise<string | undefined>
  readonly timed: IntakeMetrics['timed']
}

/** A statement that is to be recorded: a line of a request. */
export interface ToRecord {
  readonly ready: ReadySubmission
  /** What is wrong with the checkpoint that its author has seen, or why that cannot be told now. */
  readonly seenFault: ProblemError | undefined
  readonly request: UnderWay
  readonly line: number
}

/** A statement that waits for its turn. */
class Waiting {
  readonly ready: ReadySubmission
  readonly stream: string
  /** As it is judged: for the next leaf, whichever that will be. */
  readonly placed: Placed
  readonly seenFault: ProblemError | undefined
  readonly request: UnderWay
  readonly #line: number
  /** Whether whoever has to be asked has admitted it: that is asked, and paid for, once. */
  isAdmitted = false

  constructor({ ready, seenFault, request, line }: ToRecord) {
    this.ready = ready
    this.stream = streamOf(ready.payload)
    this.placed = inPlace(nextLeaf, ready, ready.document)
    this.seenFault = seenFault
    this.request = request
    this.#line = line
  }

  /** Why it may not be taken now: a line before it was not. Whatever was recorded before is answered all the same. */
  heldUp(): ProblemError | undefined {
    return this.request.order.heldUp(this.#line)
  }

  isAnswered(): boolean {
    return this.request.isSettled(this.#line)
  }

  recorded(position: number, repeated: boolean, live?: GoingLive): void {
    const { id, payload, event } = this.ready
    const { stream } = this
    this.request.settle(this.#line, {
      id,
      kind: payload.kind,
      stream,
      position,
      repeated,
      event,
      ...(live && { live }),
    })
  }

  refuse(error: unknown): void {
    if (this.isAnswered()) return
    const problem = toProblemError(error)
    // Before a line after it is looked at.
    this.request.order.refused(this.#line, problem)
    this.request.settle(this.#line, problem)
  }
}

/** A statement with a verdict that lets it in, and the stream and revision on which the verdict was given. */
interface Accepted {
  readonly item: Waiting
  readonly known: KnownStream
  readonly revision: number
}

/** Statements that were recorded before, and their contents on their way to be live. */
interface GoingLiveAgain {
  readonly statements: string[]
  readonly live: GoingLive
}

// So many share a commit of the vault and one of the record. Few enough that nobody waits long behind them.
const groupSize = 1000
const groupBytes = 4 * 1024 * 1024
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
  /** Ends the wait for company. */
  #begin: (() => void) | undefined
  /** Those that were sent again in this turn of the event loop. */
  #again: GoingLiveAgain | undefined
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

  /** Records a statement after all that were handed in before; the request is told what has become of it. Nothing of it is kept if that is a problem. */
  record(statement: ToRecord): void {
    const waiting = this.#queue.push(new Waiting(statement))
    if (this.#pace.isEnough(waiting)) this.#begin?.()
    if (!this.#running) void this.#run()
  }

  /** The problem that an error is which a statement met on its way here, or here: that of a store says when to come back. */
  problemOf(error: unknown): ProblemError {
    return toProblemError(this.#problemOf(error))
  }

  async #run(): Promise<void> {
    this.#running = true
    // Whatever arrives in this turn of the event loop comes along.
    await undefined
    while (this.#queue.length > 0) {
      const pause = this.#pace.pause(this.#queue.length, performance.now())
      if (pause > 0) await this.#company(pause)
      const group = this.#takeGroup()
      this.#pace.begins(group.length, this.#queue.length, performance.now())
      try {
        const again = await this.#recordGroup(group)
        if (again.length > 0) this.#pace.leaves()
        this.#queue = [...again, ...this.#queue]
      } catch (error) {
        for (const item of group) item.refuse(this.#problemOf(error))
      }
    }
    this.#running = false
  }

  /** Waits so long, or until there is company enough. */
  async #company(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#begin = resolve
    await promise
    this.#begin = undefined
    clearTimeout(timer)
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
      accepted.push({ item, known: stream.known, revision: stream.add(item.placed) })
    }
    let count = 0
    for (const item of group) {
      const { ready, stream: name } = item
      const stream =
        streams.get(name) ?? new StreamOfGroup(this.#view, this.#knownNow(item) ?? (await this.#view.stream(name)))
      const before = recordedAt(stream.known.state, ready.id)
      if (before !== undefined) item.recorded(before, true, this.#publishAgain(item))
      else if (item.heldUp() || item.seenFault || !this.#view.hasKey(ready) || !stream.letsIn(item.placed)) {
        if (stream.isUnderWay) break
        const latest = await this.#lookAgain(item)
        if (latest) letIn(item, new StreamOfGroup(this.#view, latest))
      } else letIn(item, stream)
      count++
    }
    await this.#keep(accepted)
    for (const { item } of accepted) if (!item.isAnswered()) await this.#recordAlone(item)
    return group.slice(count)
  }

  /**
   * What begins something usually stands in a stream that nobody has written to: the append itself will tell if that is wrong. Not where the thing's id was made
   * a while ago: what is told anew of it would be found out only there, and come after the others of its group.
   */
  #knownNow({ ready: { payload }, stream }: Waiting): KnownStream | undefined {
    const isNew = kinds[payload.kind].founds && isFresh(payload.about)
    return isNew ? this.#view.streamIfKnown(stream) : this.#view.known(stream)
  }

  /** Looks at a statement on the latest state, where nothing of its stream is under way; gives the stream if that lets it in, else answers. */
  async #lookAgain(item: Waiting): Promise<KnownStream | undefined> {
    const { ready, stream } = item
    await this.#view.catchUp()
    this.#view.forget(stream)
    const known = await this.#view.stream(stream)
    const before = recordedAt(known.state, ready.id)
    const refusal = before === undefined ? (item.heldUp() ?? this.#refusalOf(item, known)) : undefined
    if (before !== undefined) item.recorded(before, true, this.#publishAgain(item))
    else if (refusal) item.refuse(refusal)
    else return known
    return undefined
  }

  #refusalOf({ ready, placed, seenFault }: Waiting, known: KnownStream): ProblemError | undefined {
    if (!this.#view.hasKey(ready)) return unknownSigner(this.#view, ready.payload.iss)
    const verdict = judge(this.#view, known.state, placed)
    return verdict.verdict === 'void' ? problemOfVerdict(verdict) : seenFault
  }

  /** Records one statement on the latest state, if that lets it in. */
  async #recordAlone(item: Waiting): Promise<void> {
    while (!item.isAnswered()) {
      const known = await this.#lookAgain(item)
      if (known) await this.#keep([{ item, known, revision: known.revision }])
    }
  }

  /** Those that are admitted, as long as nothing before them was refused. */
  async #admitted(accepted: readonly Accepted[]): Promise<readonly Accepted[]> {
    if (accepted.length === 0) return accepted
    const wait = await this.#waitsFor()
    if (wait !== undefined) {
      for (const { item } of accepted) item.refuse(busy(`Nothing new is taken now: ${wait}.`))
      return []
    }
    const admitted: Accepted[] = []
    for (let next = 0; next < accepted.length; ) {
      const { item } = accepted[next] as Accepted
      const asked = askedTogether(accepted, next)
      if (asked.length === 0) {
        if (!item.heldUp()) admitted.push(accepted[next] as Accepted)
        next++
        continue
      }
      const { count, refusal } = await item.request.admit(asked.map(({ item: { ready } }) => ready))
      for (const one of asked.slice(0, count)) {
        one.item.isAdmitted = true
        admitted.push(one)
      }
      // Whether something is admitted is asked of the record too, which may not answer now.
      asked[count]?.item.refuse(this.#problemOf(refusal))
      next += Math.min(count + 1, asked.length)
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
    const results = await this.#timed('append', () =>
      this.#store.appendEach(held.map(appendOf)).catch((error: Error) => held.map(() => error)),
    )
    const live = this.#publish(held.filter((_, i) => !(results[i] instanceof Error)))
    let standing = false
    for (const [i, { item, known }] of held.entries()) {
      const { stream, placed } = item
      const result = results[i] as Appended | Error
      if (result instanceof Error) {
        this.#view.forget(stream)
        if (!(result instanceof RevisionConflictError)) item.refuse(this.#problemOf(result))
        continue
      }
      const { position, revision, repeated } = result
      if (!repeated) this.#failure = undefined
      if (repeated) this.#view.forget(stream)
      else this.#view.appended(known, { ...placed, leaf: position }, revision)
      standing ||= isStanding(stream)
      item.recorded(position, repeated, item.ready.contents.length > 0 ? live : undefined)
    }
    // Whoever delegates, accepts or revokes finds it counted by the very next statement here.
    if (standing) await this.#view.catchUp()
  }

  /** Those whose contents are held, as long as nothing before them was refused. */
  async #hold(accepted: readonly Accepted[]): Promise<readonly Accepted[]> {
    const bringing = accepted.filter(bringsContents)
    const holdings = bringing.map(({ item: { ready, stream } }) => ({
      origin: { statement: ready.id, stream },
      contents: ready.contents,
    }))
    const faults = await this.#vault.holdEach(holdings).catch((error: Error) => holdings.map(() => error))
    const failed = new Map<Accepted, Error>()
    for (const [i, one] of bringing.entries()) if (faults[i]) failed.set(one, faults[i])
    return accepted.filter((one) => {
      const fault = failed.get(one)
      if (fault) one.item.refuse(this.#problemOf(fault))
      return !fault && !one.item.heldUp()
    })
  }

  /** Has the contents of statements go live that are in the record. */
  #publish(recorded: readonly Accepted[]): GoingLive | undefined {
    const statements = recorded.filter(bringsContents).map(({ item }) => item.ready.id)
    if (statements.length === 0) return undefined
    const faults = new Map<string, ProblemError>()
    return { over: this.#goLive(statements, faults), faults }
  }

  /**
   * Has the contents of a statement go live that was recorded before: whoever sent it first may still be waiting for that, or have been told that it failed.
   * They are held, or it would not be in the record. All that are sent again in one turn of the event loop go together.
   */
  #publishAgain({ ready: { id, contents } }: Waiting): GoingLive | undefined {
    if (contents.length === 0) return undefined
    this.#again ??= this.#beginAgain()
    this.#again.statements.push(id)
    return this.#again.live
  }

  #beginAgain(): GoingLiveAgain {
    const statements: string[] = []
    const faults = new Map<string, ProblemError>()
    const over = nextTurn().then(() => {
      this.#again = undefined
      return this.#goLive(statements, faults)
    })
    return { statements, live: { over, faults } }
  }

  /** Publishes the contents of statements, and notes of which that failed. */
  async #goLive(statements: readonly string[], faults: Map<string, ProblemError>): Promise<void> {
    const errors = await this.#vault.publishEach(statements).catch((error: Error) => statements.map(() => error))
    for (const [i, error] of errors.entries()) if (error) faults.set(statements[i] as string, this.#notLive(error))
  }

  /** Recorded, and without its receipt until its contents are live: whoever sends it again finds out. */
  #notLive(error: unknown): ProblemError {
    const problem = this.#problemOf(error)
    return problem instanceof ProblemError ? outcomeUnknown(error) : toProblemError(error)
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
  #added: Placed[] | undefined
  #ahead: StreamState | undefined
  #folded = 0

  constructor(view: RecordView, known: KnownStream) {
    this.#view = view
    this.known = known
  }

  /** Whether something of this stream was let in that is not recorded yet. */
  get isUnderWay(): boolean {
    return this.#added !== undefined
  }

  /** Whether the rules let a statement in. */
  letsIn(placed: Placed): boolean {
    const state = this.#stateNow()
    return recordedAt(state, placed.id) === undefined && judge(this.#view, state, placed).verdict !== 'void'
  }

  /** Takes a statement in; gives the revision that it follows. */
  add(placed: Placed): number {
    if (this.#added) this.#added.push(placed)
    else this.#added = [placed]
    return this.known.revision + this.#added.length - 1
  }

  /** With what was let in before. Its leaves are not known yet: they only stand between what is recorded and what is judged. */
  #stateNow(): StreamState {
    if (this.#added === undefined) return this.known.state
    for (const placed of this.#added.slice(this.#folded)) {
      const leaf = nextLeaf - groupSize + this.#folded
      this.#ahead = step(this.#view, this.#ahead ?? this.known.state, { ...placed, leaf }).state
      this.#folded++
    }
    return this.#ahead ?? this.known.state
  }
}

/** Whether the id of a thing, a UUIDv7, says that it was made within the hour. */
function isFresh(about: string): boolean {
  const made = Number.parseInt(about.slice(0, 8) + about.slice(9, 13), 16)
  return Math.abs(Date.now() - made) < freshFor
}

/** Those from a place on that can be asked together: of one request, and not asked before. None that is held up: it would be paid for, and not taken. */
function askedTogether(accepted: readonly Accepted[], from: number): readonly Accepted[] {
  const request = accepted[from]?.item.request
  const wants = ({ item }: Accepted) => item.request === request && !item.isAdmitted && !item.heldUp()
  let to = from
  for (let one = accepted[to]; one && wants(one); one = accepted[to]) to++
  return accepted.slice(from, to)
}

function bringsContents({ item }: Accepted): boolean {
  return item.ready.contents.length > 0
}

function appendOf({ item: { ready, stream }, revision }: Accepted): Append {
  const event = { id: eventId(fromBase64url(ready.id)), type: ready.payload.kind, data: ready.event }
  return { stream, expected: revision < 0 ? 'no-stream' : revision, events: [event] }
}

function sizeOf({ event, contents }: ReadySubmission): number {
  return contents.reduce((sum, { sealed }) => sum + sealed.length, event.length)
}

/** Whether a stream is of a party or mechanism: what stands there counts elsewhere. */
function isStanding(stream: string): boolean {
  return stream.startsWith('party-') || stream.startsWith('mechanism-')
}

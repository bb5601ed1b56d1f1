import type { EventStore, RecordedEvent } from '@tidings/event-store'
import {
  emptyStream,
  inPlace,
  type MechanismThing,
  type PartyThing,
  type Placed,
  participantsAt,
  type Standing,
  type StreamState,
  step,
} from '@tidings/exchange'
import { decodeEventData, readStatement, type SignatureKey, type Statement } from '@tidings/statement'
import { LRUCache } from 'lru-cache'

/** A statement of the record in its place: the leaf index of an event is its position. */
export function placedOf(event: RecordedEvent): Placed & { readonly jws: string } {
  const { jws, document } = decodeEventData(event.data)
  return { ...inPlace(event.position, readStatement(jws), document), jws }
}

/** A leaf that is not there yet: whoever judges for the next place sees everything that is recorded. */
export const nextLeaf = Number.MAX_SAFE_INTEGER

/**
 * So many statements of a stream are left unfolded at most. Few: a payload of 8 KiB takes many times the memory of what comes of it in the state, and whoever
 * states much in many streams must not fill the memory with them.
 */
const mostUnfolded = 4

/**
 * A stream as it stands. What is appended is folded when the state is next asked for: most things that begin are not spoken of again for long, and the fold
 * comes to the same whenever it is done.
 */
export class KnownStream {
  readonly name: string
  readonly #standing: Standing
  #state: StreamState
  #revision: number
  /** Appended, and not folded yet. */
  #appended: Placed[] | undefined

  /** A stream that nothing stands in. */
  constructor(name: string, standing: Standing) {
    this.name = name
    this.#standing = standing
    this.#state = emptyStream(name)
    this.#revision = -1
  }

  get state(): StreamState {
    if (this.#appended) this.#fold(this.#appended)
    return this.#state
  }

  /** The revision of its last event; -1 if it has none. */
  get revision(): number {
    return this.#revision
  }

  /** Takes note of a statement that stands at its end. */
  append(placed: Placed, revision: number): void {
    if (this.#appended) this.#appended.push(placed)
    else this.#appended = [placed]
    if (this.#appended.length === mostUnfolded) this.#fold(this.#appended)
    this.#revision = revision
  }

  #fold(appended: readonly Placed[]): void {
    for (const placed of appended) this.#state = step(this.#standing, this.#state, placed).state
    this.#appended = undefined
  }
}

/**
 * Intake's view of the record: every party and mechanism in memory, other streams as they are asked for.
 *
 * The parties and mechanisms are followed in the record's order and may lag behind it; verdicts given on them are advice. A stream is read
 * whole when it is first asked for, and dropped when it has not been asked for long. The fold looks up the past of a party or mechanism by leaf,
 * so that a stream read later gets the verdicts it had.
 */
export class RecordView implements Standing {
  readonly #store: EventStore
  readonly #standing = new Map<string, StreamState>()
  readonly #streams: LRUCache<string, KnownStream>
  readonly #participants = new Set<string>()
  #known = 0
  /** The reading that is under way. */
  #catchingUp: Promise<void> | undefined
  /** The one after it, for those who asked meanwhile. */
  #next: Promise<void> | undefined

  constructor(store: EventStore, options: { readonly streams: number }) {
    this.#store = store
    this.#streams = new LRUCache({ max: options.streams })
  }

  party(id: string): PartyThing | undefined {
    return (this.#standing.get(`party-${id}`) as StreamState<'party'> | undefined)?.thing
  }

  mechanism(id: string): MechanismThing | undefined {
    return (this.#standing.get(`mechanism-${id}`) as StreamState<'mechanism'> | undefined)?.thing
  }

  /** A key that a party has or had, whatever its role: whether it counts is for the rules to say. */
  keyOf(party: string, kid: string): SignatureKey | undefined {
    const jwk = this.party(party)?.keys.find((key) => key.kid === kid)?.jwk
    return jwk && jwk.crv !== 'X25519' ? jwk : undefined
  }

  /** Whether the key that a statement names is one of its party's. An inception brings its own. */
  hasKey({ kid, payload }: Pick<Statement, 'kid' | 'payload'>): boolean {
    return payload.kind === 'party.inception' || this.keyOf(payload.iss, kid) !== undefined
  }

  /** Whether a party has never taken part in any mechanism: nobody has accepted it, and anyone can make one like it. */
  async isNewcomer(party: string): Promise<boolean> {
    // Where another process takes statements too, the mechanism may have come into force just now.
    if (!this.#participants.has(party)) await this.catchUp()
    return !this.#participants.has(party)
  }

  /** Follows parties and mechanisms to the present end of the record. One reading is under way at a time: two would fold the same events twice. */
  catchUp(): Promise<void> {
    if (!this.#catchingUp) return this.#catchUpAlone()
    // Whoever asks while a reading is under way may want what came after it began: all who do so share the next one.
    const next = () => {
      this.#next = undefined
      return this.#catchUpAlone()
    }
    this.#next ??= this.#catchingUp.then(next, next)
    return this.#next
  }

  #catchUpAlone(): Promise<void> {
    this.#catchingUp = this.#follow().finally(() => {
      // Where others wait for the next one, nobody may begin before it.
      if (!this.#next) this.#catchingUp = undefined
    })
    return this.#catchingUp
  }

  async #follow(): Promise<void> {
    const size = await this.#store.size()
    if (size <= this.#known) return
    for await (const event of this.#store.readAll({ after: this.#known - 1, categories: ['party', 'mechanism'] })) {
      const state = this.#standing.get(event.stream) ?? emptyStream(event.stream)
      const next = step(this, state, placedOf(event)).state
      this.#standing.set(event.stream, next)
      if (next.thing && 'proposals' in next.thing)
        for (const { party } of participantsAt(next.thing, nextLeaf)) this.#participants.add(party)
      this.#known = event.position + 1
    }
    this.#known = Math.max(this.#known, size)
  }

  /** A stream as it stands, read whole unless it is known. */
  async stream(name: string): Promise<KnownStream> {
    const known = this.#streams.get(name)
    if (known) return known
    const read = new KnownStream(name, this)
    for await (const event of this.#store.readStream(name)) read.append(placedOf(event), event.revision)
    // Somebody may have read or written it meanwhile.
    const other = this.#streams.get(name)
    if (other && other.revision >= read.revision) return other
    this.#streams.set(name, read)
    return read
  }

  /** A stream if it is known. */
  known(name: string): KnownStream | undefined {
    return this.#streams.get(name)
  }

  /** A stream if it is known, else as one that nothing stands in: cheap, and right for what is new. */
  streamIfKnown(name: string): KnownStream {
    return this.#streams.get(name) ?? new KnownStream(name, this)
  }

  /** Takes note of a statement that has been appended to a stream. */
  appended(known: KnownStream, placed: Placed, revision: number): void {
    known.append(placed, revision)
    this.#streams.set(known.name, known)
  }

  /** Forgets a stream, so that it is read again. */
  forget(name: string): void {
    this.#streams.delete(name)
  }
}

import type { KeyRole, Kind, PartyRole, PayloadOf, PublicKey, Question, Rules, StreamPrefix } from '@tidings/statement'
import type { Duty } from './duty.ts'
import { lastUnder, type SharedList } from './shared-list.ts'

/** A key of a party, from the leaf that brought it to the leaf that ended it. */
export interface PartyKey {
  readonly kid: string
  readonly jwk: PublicKey
  readonly role: KeyRole
  /** Pseudonym of the officer, for delegated keys. */
  readonly label?: string
  readonly since: number
  /** The leaf from which on it counts no more, and whether it was revoked or ended in the ordinary way. */
  readonly until?: { readonly leaf: number; readonly how: 'revoked' | 'ended' }
}

/** A party: its keys through time. */
export interface PartyThing {
  readonly keys: readonly PartyKey[]
  /** Thumbprint of the recovery key that comes next. */
  readonly nextRecover: string
  /** The latest description: the statement that brought it. */
  readonly described?: { readonly statement: string; readonly leaf: number }
}

/** A party in a mechanism. */
export interface Participant {
  readonly party: string
  readonly role: PartyRole
  readonly code: string
}

/** A proposal of who takes part. */
export interface Proposal {
  readonly statement: string
  readonly leaf: number
  readonly by: string
  readonly participants: readonly Participant[]
  /** Whoever has accepted, with the leaf of the acceptance. */
  readonly accepted: Readonly<Record<string, number>>
  readonly inForceSince?: number
  /** The leaf at which a rival came into force. */
  readonly lapsedAt?: number
}

/** A version of the rules: what was proposed, who has accepted it, since when it is in force. */
export interface RulesVersion {
  readonly version: number
  readonly statement: string
  readonly leaf: number
  readonly by: string
  readonly rules: Rules
  readonly accepted: Readonly<Record<string, number>>
  readonly inForceSince?: number
  readonly lapsedAt?: number
}

/** A time during which a mechanism, or one party's part in it, stands still. */
export interface Standstill {
  readonly statement: string
  readonly by: string
  readonly since: number
  readonly until?: number
}

/** A mechanism: its proposals and rules through time, and when it stood still. */
export interface MechanismThing {
  readonly proposals: readonly Proposal[]
  readonly rules?: readonly RulesVersion[]
  /** The suspensions that stand, in the order in which they began. */
  readonly suspensions?: readonly Standstill[]
  /** Those that were ended, in the order in which they were. */
  readonly resumed?: SharedList<Standstill>
  /** Parties that have left: their duties, both ways, stand still until they rejoin. */
  readonly absences?: readonly Standstill[]
  /** Open duties of those who must accept rules. */
  readonly owed: readonly Duty[]
  /** Those that are over, in the order in which they were discharged. */
  readonly over?: SharedList<Duty>
}

/** A register entry or a list: whose it is and what stands. */
export interface RegisterThing {
  readonly founder: string
  readonly latest: { readonly statement: string; readonly leaf: number }
  /** How many effective statements have described it. */
  readonly versions: number
}

/** A question of a request: open until the asker closes it. */
export interface QuestionState {
  readonly question: Question
  readonly openedAt: number
  /** Leaf and statement of the last effective answer that was more than interim. */
  readonly answered?: { readonly statement: string; readonly leaf: number }
  /** How often the asker found the answer insufficient. */
  readonly insufficient: number
  /** How often the answerer stated `not-now`. */
  readonly notNow?: number
  readonly closed?: { readonly leaf: number; readonly how: 'accepted' | 'withdrawn' | 'decided' }
}

/** A return of a request as incomplete. */
export interface ReturnState {
  readonly statement: string
  readonly leaf: number
  /** What it has ended, to be opened afresh by a clarification: nothing, while it is contestable. */
  readonly ended: readonly Question[]
  readonly acknowledgeEnded: boolean
  /** The leaf that clarified it or found that it does not hold. */
  readonly until?: number
}

/** The kinds of which a party corrects or retracts its latest statement in a request. */
export type CorrectableKind = 'request.submit' | 'request.clarify' | 'request.reply' | 'request.assess'

/** What its author may still correct: the latest statement of its kind, as it stands by now. */
export interface Correctable<K extends Kind = Kind> {
  readonly statement: string
  readonly leaf: number
  readonly by: string
  readonly re: readonly string[]
  readonly body: PayloadOf<K>['body']
  /** The statements that it has replaced, and itself: by these its duties are known. */
  readonly versions: SharedList<string>
  /** Places in `over` of what it, or what it has replaced, has discharged: of each kind and question the last. */
  readonly discharged?: readonly number[]
  /** What first met a duty that it opened. */
  readonly met?: { readonly leaf: number; readonly question?: Question }
  readonly retractedAt?: number
}

/** A request: its two sides, its questions and the duties about it. */
export interface RequestThing {
  readonly mechanism: string
  readonly asker: string
  readonly addressee: string
  readonly matter: PayloadOf<'request.submit'>['body']['matter']
  readonly submitted: { readonly statement: string; readonly leaf: number }
  readonly questions: readonly QuestionState[]
  /** The open duties, in the order in which they were opened. */
  readonly owed: readonly Duty[]
  /** Those that are over, in the order in which they were discharged. */
  readonly over?: SharedList<Duty>
  /** Effective replies. */
  readonly replies?: SharedList<StatementAt>
  /** Parties beside both sides that stood in the audience of every effective statement so far, or made it: they know the whole. */
  readonly heard?: readonly string[]
  /** By kind, what its author may still correct. */
  readonly latest: { readonly [K in CorrectableKind]?: Correctable<K> }
  /** The last return as incomplete. */
  readonly returned?: ReturnState
  readonly withdrawn?: { readonly leaf: number }
}

/** A disclosure: who made it to whom, and the duties about it. */
export interface DisclosureThing {
  readonly mechanism: string
  readonly author: string
  readonly addressees: readonly string[]
  readonly matter: PayloadOf<'disclosure.make'>['body']['matter']
  readonly made: { readonly statement: string; readonly leaf: number }
  /** What its author may still correct. */
  readonly latest: Correctable<'disclosure.make'>
  /** The open duties, in the order in which they were opened. */
  readonly owed: readonly Duty[]
  /** Those that are over, in the order in which they were discharged. */
  readonly over?: SharedList<Duty>
}

/** What the streams of each prefix are about. */
export interface Things {
  readonly party: PartyThing
  readonly mechanism: MechanismThing
  readonly case: RegisterThing
  readonly list: RegisterThing
  readonly site: RegisterThing
  readonly request: RequestThing
  readonly disclosure: DisclosureThing
}

/** A statement, and the leaf at which it was recorded or began to count. */
export interface StatementAt {
  readonly statement: string
  readonly leaf: number
}

/** A draft in its stream: nothing follows from it until it is released. */
export interface Draft {
  readonly statement: string
  readonly leaf: number
  readonly payload: PayloadOf
  /** The key that drafted. */
  readonly kid: string
  /** Value of its public document, of kinds that bring rules. */
  readonly document?: unknown
}

/**
 * What the fold knows of one stream: plain data, fit for a snapshot as JSON. What grows with the length of the stream are shared lists, so that a step costs the
 * same in a long stream as in a short one.
 */
export interface StreamState<P extends StreamPrefix = StreamPrefix> {
  readonly stream: string
  /** The statements in this stream, each at its first leaf. */
  readonly recorded?: SharedList<StatementAt>
  /** Drafts, and those of them that were released, at the leaf of the release. */
  readonly drafts?: SharedList<Draft>
  readonly released?: SharedList<StatementAt>
  /** What the stream is about, once an effective statement has founded it. */
  readonly thing?: Things[P]
}

/** A stream that nothing has been recorded in. */
export function emptyStream<P extends StreamPrefix>(stream: string): StreamState<P> {
  return { stream }
}

const recordedUnder = lastUnder<StatementAt>(({ statement }) => statement)
const draftUnder = lastUnder<Draft>(({ statement }) => statement)

/** The leaf at which a statement was recorded in a stream. */
export function recordedAt({ recorded }: StreamState, statement: string): number | undefined {
  return recordedUnder(recorded, statement)?.leaf
}

/** A draft of a stream, released or not. */
export function draftOf({ drafts }: StreamState, statement: string): Draft | undefined {
  return draftUnder(drafts, statement)
}

/** The leaf at which a draft was released. */
export function releasedAt({ released }: StreamState, statement: string): number | undefined {
  return recordedUnder(released, statement)?.leaf
}

/**
 * The parties and mechanisms that a verdict may depend on, besides the statement's own stream. Both know their past: whoever holds a later
 * state still gives the same verdict for an earlier leaf.
 */
export interface Standing {
  party(id: string): PartyThing | undefined
  mechanism(id: string): MechanismThing | undefined
}

import { type KeyRole, kinds, type PayloadOf, prefixOf, type StreamPrefix, thumbprint } from '@tidings/statement'
import type { Placed, Spoken } from './define-rule.ts'
import { ruleOf } from './kinds/index.ts'
import { participantsAt, rulesAt, suspensionAt } from './mechanism.ts'
import { isFoundedAt, keyAt } from './party.ts'
import { heardBy } from './request.ts'
import { settle } from './settle.ts'
import { added } from './shared-list.ts'
import {
  type Draft,
  draftOf,
  type MechanismThing,
  type RequestThing,
  type RulesVersion,
  recordedAt,
  releasedAt,
  type Standing,
  type StreamState,
  type Things,
} from './state.ts'
import { effective, held, type Verdict, type Void, voided } from './verdict.ts'

/** What a statement comes to in its place. (The steps of an explanation are another thing: see `clock/`.) */
export interface Placement<P extends StreamPrefix = StreamPrefix> {
  readonly verdict: Verdict
  readonly state: StreamState<P>
  /** The draft that this statement has released, whose verdict is effective from this leaf on. */
  readonly released?: string
}

/**
 * The verdict on a statement in its place: a pure function of its own stream, and of the parties and mechanisms up to its leaf. It depends on
 * order alone; the time that an author writes is information. Signatures were checked before.
 *
 * @param state the statement's own stream, as it was before it
 */
export function judge(standing: Standing, state: StreamState, placed: Placed): Verdict {
  const said = speak(standing, state, placed)
  return 'verdict' in said ? said : judgeSpoken(state, said)
}

/** One step of the fold: the verdict on a statement in its place, and its stream after it. A void statement changes nothing that follows. */
export function step<P extends StreamPrefix>(standing: Standing, state: StreamState<P>, placed: Placed): Placement<P> {
  const said = speak(standing, state, placed)
  const verdict = 'verdict' in said ? said : judgeSpoken(state, said)
  const { leaf, id: statement, payload, kid, document } = placed
  // The first place of a statement is its place.
  const next: StreamState<P> =
    recordedAt(state, statement) === undefined
      ? { ...state, recorded: added(state.recorded, { statement, leaf }) }
      : state
  if (verdict.verdict === 'held') {
    const keepsDocument = kinds[payload.kind].stream === 'mechanism' && document !== undefined
    const draft = { statement, leaf, payload, kid, ...(keepsDocument && { document }) }
    return { verdict, state: { ...next, drafts: added(next.drafts, draft) } }
  }
  if (verdict.verdict === 'void' || 'verdict' in said) return { verdict, state: next }
  const thing = evolved(state, said)
  if (said.id === statement) return { verdict, state: { ...next, thing } }
  const released = added(next.released, { statement: said.id, leaf })
  return { verdict, state: { ...next, released, thing }, released: said.id }
}

/** What the stream is about after what was said. */
function evolved<P extends StreamPrefix>({ thing: before }: StreamState<P>, said: Spoken): Things[P] {
  const after = ruleOf(said.payload).evolve(before, said)
  if (!('owed' in after)) return after as Things[P]
  const heard = 'asker' in after && before ? withHearers(after, said) : after
  return settle(before && 'owed' in before ? before : undefined, heard, said.id) as Things[P]
}

/** A request with those who still know the whole of it. */
function withHearers(request: RequestThing, said: Spoken): RequestThing {
  const heard = heardBy(said, request)
  return heard.length === (request.heard?.length ?? 0) ? request : { ...request, heard }
}

/** What is spoken by a statement in its place: itself, or the draft that it releases; or the verdict, when nothing is. */
function speak(standing: Standing, state: StreamState, placed: Placed): Spoken | Verdict {
  const { payload, leaf, id, kid, document } = placed
  const before = recordedAt(state, id)
  if (before !== undefined && before < leaf) return voided('repeated', { leaf: before })
  const role = roleOf(standing, placed)
  if (typeof role !== 'string') return role
  if (!maySay(role, payload)) return voided('key-may-not-say-this')
  if (payload.kind === 'statement.release') return release(standing, state, placed as Placed<'statement.release'>, role)
  if (role === 'draft') return held
  return spoken(standing, { leaf, id, payload, role, kid, document })
}

/** The role of the key under which a statement stands, or why no key counts. */
function roleOf(standing: Standing, { payload, kid, leaf }: Placed): KeyRole | Void {
  if (payload.kind === 'party.inception') {
    // The party begins with this statement: its keys stand in the body, and its id is the body's hash (checked by the schema of the kind).
    const { keys } = (payload as PayloadOf<'party.inception'>).body
    return keys.find(({ jwk }) => thumbprint(jwk) === kid)?.role ?? voided('unknown-key')
  }
  const party = standing.party(payload.iss)
  // A holder of a later standing may know a party that had not begun at this leaf.
  if (!party || !isFoundedAt(party, leaf)) return voided('unknown-party')
  const key = keyAt(party, kid, leaf)
  return 'verdict' in key ? key : key.role
}

/** Which keys may say what: a party's own keys speak for it in its own stream, officers' keys elsewhere. */
function maySay(role: KeyRole, payload: PayloadOf): boolean {
  if (payload.kind === 'statement.release') return role === 'sign' || role === 'release'
  if (prefixOf(payload) === 'party') {
    return (
      role === 'sign' ||
      (role === 'recover' && (payload.kind === 'party.rotate-keys' || payload.kind === 'party.revoke-key'))
    )
  }
  return role === 'sign' || role === 'release' || role === 'draft'
}

function release(
  standing: Standing,
  state: StreamState,
  placed: Placed<'statement.release'>,
  role: KeyRole,
): Spoken | Void {
  const id = placed.payload.re?.[0] ?? ''
  const draft = draftOf(state, id)
  if (!draft) return voided('no-such-draft')
  if (draft.payload.iss !== placed.payload.iss) return voided('not-own-draft')
  const before = releasedAt(state, id)
  if (before !== undefined) return voided('already-released', { leaf: before })
  if (placed.payload.mechanism !== undefined && placed.payload.mechanism !== draft.payload.mechanism)
    return voided('other-mechanism')
  const { payload, document } = draft
  return spoken(standing, { leaf: placed.leaf, id, payload, role, kid: placed.kid, document }, draft)
}

/** A statement spoken at a leaf, with those who take part in its mechanism then and their rules; or why its mechanism lets nobody speak. */
function spoken(
  standing: Standing,
  said: Omit<Spoken, 'participants' | 'rules' | 'standing'>,
  draft?: Draft,
): Spoken | Void {
  const { mechanism: id, iss } = said.payload
  if (id === undefined) return { ...said, participants: [], standing }
  const mechanism = standing.mechanism(id)
  const participants = mechanism ? participantsAt(mechanism, said.leaf) : []
  if (!mechanism || participants.length === 0) return voided('mechanism-not-in-force')
  if (!participants.some(({ party }) => party === iss)) return voided('not-a-participant')
  const rules = rulesAt(mechanism, said.leaf)
  const fault = suspended(mechanism, said, rules) ?? notReleasedAsAgreed(standing, said, rules, draft)
  return fault ?? { ...said, participants, standing, ...(rules && { rules }) }
}

const allowedMeanwhile: readonly string[] = ['request.withdraw', 'statement.correct', 'statement.retract']

/** While a mechanism is suspended, nothing is asked, answered or disclosed under it but what the rules allow. */
function suspended(
  mechanism: MechanismThing,
  { payload, leaf }: Pick<Spoken, 'payload' | 'leaf'>,
  rules: RulesVersion | undefined,
): Void | undefined {
  const standing = suspensionAt(mechanism, leaf)
  if (!standing) return undefined
  const prefix = prefixOf(payload)
  if (prefix !== 'request' && prefix !== 'disclosure') return undefined
  const allowed = rules?.rules.suspension?.allows ?? allowedMeanwhile
  return allowed.includes(payload.kind) ? undefined : voided('mechanism-suspended', { leaf: standing.since })
}

/**
 * What the rules of this leaf ask of a kind beyond one officer's word: that two officers who differ have drafted and released it, or that the
 * commission's own key has, as a seal over the officer's signature.
 */
function notReleasedAsAgreed(
  standing: Standing,
  { payload, role, kid }: Pick<Spoken, 'payload' | 'role' | 'kid'>,
  rules: RulesVersion | undefined,
  draft: Draft | undefined,
): Void | undefined {
  // A correction is a statement of the kind that it corrects.
  const kind =
    payload.kind === 'statement.correct' ? (payload as PayloadOf<'statement.correct'>).body.kind : payload.kind
  const asked = rules?.rules.release?.[kind] ?? 'one'
  if (asked === 'one') return undefined
  if (!draft) return voided('needs-release')
  if (asked === 'sealed') return role === 'sign' ? undefined : voided('needs-seal')
  const keys = standing.party(payload.iss)?.keys ?? []
  const officerOf = (id: string) => keys.find((key) => key.kid === id)?.label
  const officer = officerOf(kid)
  return officer !== undefined && officer === officerOf(draft.kid) ? voided('same-officer') : undefined
}

function judgeSpoken(state: StreamState, said: Spoken): Verdict {
  const { payload } = said
  const { thing } = state
  if (!thing && !kinds[payload.kind].founds) return voided('not-founded')
  if (payload.about !== state.stream.slice(state.stream.indexOf('-') + 1)) {
    throw new TypeError('internal error: a statement was handed to the fold of another stream')
  }
  if (payload.kind.startsWith('party.') && payload.iss !== payload.about) return voided('not-the-founder')
  if (thing && 'mechanism' in thing && thing.mechanism !== payload.mechanism && !kinds[payload.kind].founds) {
    return voided('other-mechanism')
  }
  const verdict = ruleOf(payload).judge(thing, said)
  return verdict.verdict === 'void' ? verdict : effective
}

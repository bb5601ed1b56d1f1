import type { KeyRole, Kind, PayloadOf, StreamPrefix } from '@tidings/statement'
import type { Participant, RulesVersion, Standing, Things } from './state.ts'
import type { Verdict } from './verdict.ts'

/** A statement in its place, as the fold takes it: its signature has been checked by whoever hands it over. */
export interface Placed<K extends Kind = Kind> {
  readonly leaf: number
  readonly id: string
  readonly kid: string
  readonly payload: PayloadOf<K>
  /** Value of its public document, checked against its schema; needed of kinds that bring rules, ignored of others. */
  readonly document?: unknown
}

/** A statement that is spoken at a leaf: stated directly, or a draft at the leaf of its release. */
export interface Spoken<K extends Kind = Kind> {
  readonly leaf: number
  readonly id: string
  readonly payload: PayloadOf<K>
  /** Role and id of the key under which it is spoken. */
  readonly role: KeyRole
  readonly kid: string
  readonly document?: unknown
  /** Who takes part in its mechanism at this leaf; empty for kinds without one. */
  readonly participants: readonly Participant[]
  /** The rules of its mechanism that are in force at this leaf. */
  readonly rules?: RulesVersion
  readonly standing: Standing
}

/** What one kind of statement means: whether it counts, and what follows if it does. */
export interface Rule<K extends Kind = Kind, P extends StreamPrefix = StreamPrefix> {
  judge(thing: Things[P] | undefined, said: Spoken<K>): Verdict
  evolve(thing: Things[P] | undefined, said: Spoken<K>): Things[P]
}

/** A rule of a kind that founds its stream, or may stand in one that is not founded yet. */
export function founding<K extends Kind, P extends StreamPrefix>(_kind: K, _prefix: P, rule: Rule<K, P>): Rule<K, P> {
  return rule
}

/** A rule of a kind that only stands in a stream that is founded: it is not asked before. */
export function following<K extends Kind, P extends StreamPrefix>(
  _kind: K,
  _prefix: P,
  rule: {
    judge(thing: Things[P], said: Spoken<K>): Verdict
    evolve(thing: Things[P], said: Spoken<K>): Things[P]
  },
): Rule<K, P> {
  return {
    judge: (thing, said) => (thing ? rule.judge(thing, said) : { verdict: 'void', reason: 'not-founded' }),
    evolve: (thing, said) => {
      if (!thing) throw new TypeError('internal error: a statement was found effective in a stream that is not founded')
      return rule.evolve(thing, said)
    },
  }
}

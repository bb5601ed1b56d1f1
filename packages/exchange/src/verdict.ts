import type { Question } from '@tidings/statement'

/** Why a statement is void. Each reason is a closed code; `docs/formats.md` says each in words. */
export const voidReasons = [
  // of any statement
  'repeated',
  'unknown-party',
  'unknown-key',
  'key-revoked',
  'key-ended',
  'key-may-not-say-this',
  'already-founded',
  'not-founded',
  'not-the-founder',
  'answers-another',
  // under a mechanism
  'mechanism-not-in-force',
  'not-a-participant',
  'mechanism-suspended',
  'not-a-commission',
  'role-may-not-say-this',
  'other-mechanism',
  'addresses-itself',
  'addressee-not-a-commission',
  'addressee-not-a-participant',
  'audience-not-in-mechanism',
  'other-side-left-out',
  'agency-left-out',
  // of party streams
  'needs-recover-key',
  'not-the-committed-key',
  'unknown-target-key',
  'key-reused',
  'last-key',
  // of mechanism streams
  'not-named',
  'unknown-proposal',
  'already-accepted',
  'lapsed',
  'not-the-next-version',
  'already-suspended',
  'unknown-suspension',
  'already-resumed',
  // of request and disclosure streams
  'not-the-asker',
  'not-an-addressee',
  'withdrawn',
  'already-acknowledged',
  'not-asked',
  'question-closed',
  'already-answered',
  'nothing-to-assess',
  'returned',
  'clarification-pending',
  'too-many-clarifications',
  'nothing-to-clarify',
  'extension-pending',
  'too-many-extensions',
  'extension-too-long',
  'not-the-decider',
  'nothing-to-decide',
  'referral-pending',
  'outcome-does-not-fit',
  'nothing-to-remind',
  'too-many-reminders',
  'question-open',
  // of corrections
  'not-the-latest',
  'not-the-author',
  'content-only',
  'not-retractable',
  'already-met',
  'retracted',
  // of drafts
  'no-such-draft',
  'already-released',
  'not-own-draft',
  'needs-release',
  'needs-seal',
  'same-officer',
] as const
/** Why a statement is void. */
export type VoidReason = (typeof voidReasons)[number]

/** A statement that nothing follows from, and why; `leaf` is the leaf that decided it, if one did. */
export interface Void {
  readonly verdict: 'void'
  readonly reason: VoidReason
  readonly leaf?: number
  readonly question?: Question
}

/** What a statement is, decided by the order of the log alone. */
export type Verdict = { readonly verdict: 'effective' } | { readonly verdict: 'held' } | Void

/** The verdict that a statement counts. */
export const effective: Verdict = { verdict: 'effective' }
/** The verdict that a draft waits for its release. */
export const held: Verdict = { verdict: 'held' }

/** The verdict that nothing follows from a statement. */
export function voided(reason: VoidReason, by: { readonly leaf?: number; readonly question?: Question } = {}): Void {
  return { verdict: 'void', reason, ...by }
}

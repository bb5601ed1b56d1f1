import type { Question } from '@tidings/statement'
import { added, listed, type SharedList } from './shared-list.ts'

/** Kinds of duty that statements can open. */
export const dutyKinds = [
  'acknowledge',
  'reply',
  'review',
  'clarify',
  'decide-extension',
  'assess',
  'decide-referral',
  'accept-rules',
] as const
/** Kind of a duty. */
export type DutyKind = (typeof dutyKinds)[number]

/** Reminders of a duty are numbered one to three. */
export const mostReminders = 3

/**
 * A procedural duty: one owner owes one act to one party. Opened and discharged by the order of statements alone.
 *
 * `openedAt` and `dischargedAt` are leaf indexes. `rulesVersion` is the version of the agreed rules under which it opened, absent while none
 * are agreed; then it has no due date either.
 */
export interface Duty {
  /** Its number among the duties of the thing that it is about, from 0: given by the fold, and never another's. */
  readonly number?: number
  readonly owner: string
  readonly towards: string
  readonly kind: DutyKind
  /** The request, the disclosure, or the mechanism. */
  readonly about: string
  readonly question?: Question
  readonly openedAt: number
  readonly openedBy: string
  readonly rulesVersion?: number
  /** The statement that is to be answered, where the thing it is about does not tell: the proposal of rules, the question back. */
  readonly re?: string
  /** The review date that its owner stated, for `review`. */
  readonly reviewDate?: string
  /** The leaf from which it counts, where it is not `openedAt`: that of the duty that it regains. */
  readonly countsFrom?: number
  /** The pause in which its clock stands for a clarification: from the leaf that asked. */
  readonly pauses?: readonly Pause[]
  /** Pauses that are over: to the leaf that clarified or replied. */
  readonly pausesOver?: SharedList<Pause>
  /** Extensions that were granted, in the unit of its period. */
  readonly extensions?: readonly { readonly n: number; readonly askedAt: number; readonly grantedAt: number }[]
  /** The extension that is asked for and not decided yet. */
  readonly extensionAsked?: { readonly n: number; readonly askedAt: number }
  /** How often its owner was reminded, and the leaf of the last time. */
  readonly reminders?: number
  readonly remindedAt?: number
  readonly dischargedAt?: number
  readonly dischargedBy?: string
  /** Whether what discharged it has met it, or ended it: withdrawal, return, closing, another duty in its place. */
  readonly how?: 'met' | 'ended'
}

/** A pause of a duty's clock. */
export interface Pause {
  readonly since: number
  readonly until?: number
  /** Whether the clock began anew at the leaf that ended it, by what was agreed on clarifications. */
  readonly restarts?: true
}

/** Whether a duty is still to be met. */
export function isOpen(duty: Duty): boolean {
  return duty.dischargedAt === undefined
}

/** Which duties are meant. */
type Match = Partial<Pick<Duty, 'owner' | 'kind' | 'question' | 're'>>

/** The open duties that match. */
export function openDuties(duties: readonly Duty[], match: Match): readonly Duty[] {
  return duties.filter(
    (duty) =>
      isOpen(duty) &&
      (match.owner === undefined || duty.owner === match.owner) &&
      (match.kind === undefined || duty.kind === match.kind) &&
      (match.question === undefined || duty.question === match.question) &&
      (match.re === undefined || duty.re === match.re),
  )
}

/** A statement, and the leaf from which on it counts. */
interface By {
  readonly statement: string
  readonly leaf: number
}

/** The same duties, with those that match met by a statement. */
export function discharge(duties: readonly Duty[], match: Match, by: By): readonly Duty[] {
  return change(duties, match, (duty) => over(duty, by, 'met'))
}

/** The same duties, with those that match ended by a statement: nothing is owed any more, and nothing was met. */
export function end(duties: readonly Duty[], match: Match, by: By): readonly Duty[] {
  return change(duties, match, (duty) => over(duty, by, 'ended'))
}

/** A duty that is over: so is its pause. */
export function over(duty: Duty, { statement, leaf }: By, how: 'met' | 'ended'): Duty {
  return { ...resumed(duty, leaf), dischargedAt: leaf, dischargedBy: statement, how }
}

/** The pause in which a duty's clock stands: one at a time, the last. */
export function pending({ pauses }: Duty): Pause | undefined {
  const last = pauses?.at(-1)
  return last?.until === undefined ? last : undefined
}

/** All pauses of a duty's clock, in the order in which they began. */
export function pausesOf({ pausesOver, pauses = [] }: Duty): readonly Pause[] {
  return [...listed(pausesOver), ...pauses]
}

/** A duty whose clock stands from a leaf on, if it did not already. */
export function paused(duty: Duty, leaf: number): Duty {
  return pending(duty) ? duty : { ...duty, pauses: [...(duty.pauses ?? []), { since: leaf }] }
}

/** A duty whose clock goes on from a leaf, or begins anew. */
export function resumed(duty: Duty, leaf: number, restarts = false): Duty {
  const pause = pending(duty)
  if (!pause) return duty
  const { pauses = [], pausesOver, ...rest } = duty
  const ended = { ...pause, until: leaf, ...(restarts && { restarts }) }
  return { ...rest, pausesOver: added(pausesOver, ...pauses.slice(0, -1), ended) }
}

/** The same duties, with the open ones that match changed. */
export function change(duties: readonly Duty[], match: Match, to: (duty: Duty) => Duty): readonly Duty[] {
  const meant = new Set(openDuties(duties, match))
  return meant.size === 0 ? duties : duties.map((duty) => (meant.has(duty) ? to(duty) : duty))
}

import type { Question } from '@tidings/statement'

/** Kinds of duty that statements can open so far. */
export const dutyKinds = ['acknowledge', 'reply', 'review', 'assess', 'decide-referral'] as const
/** Kind of a duty. */
export type DutyKind = (typeof dutyKinds)[number]

/**
 * A procedural duty: one owner owes one act to one party. Opened and discharged by the order of statements alone.
 *
 * `openedAt` and `dischargedAt` are leaf indexes. `rulesVersion` is the version of the agreed rules under which it opened, absent while none
 * are agreed; then it has no due date either.
 */
export interface Duty {
  readonly owner: string
  readonly towards: string
  readonly kind: DutyKind
  /** The request or disclosure. */
  readonly about: string
  readonly question?: Question
  readonly openedAt: number
  readonly openedBy: string
  readonly rulesVersion?: number
  /** The review date that its owner stated, for `review`. */
  readonly reviewDate?: string
  /** The leaf whose day is day zero, where it is not `openedAt`: of the clarification that restarted it, or of the duty that it regains. */
  readonly countsFrom?: number
  /** Pauses of its clock by clarification: from the leaf that asked to the leaf that clarified or replied. */
  readonly pauses?: readonly { readonly since: number; readonly until?: number }[]
  /** Extensions that were granted, in the unit of its period. */
  readonly extensions?: readonly { readonly n: number; readonly askedAt: number; readonly grantedAt: number }[]
  readonly dischargedAt?: number
  readonly dischargedBy?: string
  /** Whether what discharged it has met it (the default), or ended it: withdrawal, return, closing. */
  readonly how?: 'met' | 'ended'
}

/** Whether a duty is still to be met. */
export function isOpen(duty: Duty): boolean {
  return duty.dischargedAt === undefined
}

/** Which duties are meant. */
type Match = Partial<Pick<Duty, 'owner' | 'kind' | 'question'>>

/** The open duties that match. */
export function openDuties(duties: readonly Duty[], match: Match): readonly Duty[] {
  return duties.filter(
    (duty) =>
      isOpen(duty) &&
      (match.owner === undefined || duty.owner === match.owner) &&
      (match.kind === undefined || duty.kind === match.kind) &&
      (match.question === undefined || duty.question === match.question),
  )
}

/** The same duties, with those that match discharged by a statement. */
export function discharge(
  duties: readonly Duty[],
  match: Match,
  by: { readonly statement: string; readonly leaf: number },
): readonly Duty[] {
  const meant = new Set(openDuties(duties, match))
  if (meant.size === 0) return duties
  return duties.map((duty) => (meant.has(duty) ? { ...duty, dischargedAt: by.leaf, dischargedBy: by.statement } : duty))
}

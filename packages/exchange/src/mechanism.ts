import { listed } from './shared-list.ts'
import type { MechanismThing, Participant, Proposal, RulesVersion, Standstill } from './state.ts'

/** The proposal that is in force for a statement at this leaf. */
export function inForceAt(mechanism: MechanismThing, leaf: number): Proposal | undefined {
  return latestInForce(mechanism.proposals, leaf)
}

/** The version of the rules that is in force for a statement at this leaf. */
export function rulesAt(mechanism: MechanismThing, leaf: number): RulesVersion | undefined {
  return latestInForce(mechanism.rules ?? [], leaf)
}

/** The version of the rules under which something was opened: the one of this number that came into force. */
export function rulesOfVersion(mechanism: MechanismThing, version: number): RulesVersion | undefined {
  return mechanism.rules?.find((rules) => rules.version === version && rules.inForceSince !== undefined)
}

/** Of what has come into force for a statement at this leaf, the latest. */
export function latestInForce<T extends { readonly inForceSince?: number }>(
  all: readonly T[],
  leaf: number,
): T | undefined {
  // In the order of their proposals, which is that of their coming into force: with each, all that were pending lapse.
  return all.findLast(({ inForceSince }) => inForceSince !== undefined && inForceSince < leaf)
}

/** The proposals that wait for acceptance: none is older than the last that came into force, for with that all others lapsed. */
export function pendingOf<T extends { readonly inForceSince?: number; readonly lapsedAt?: number }>(
  all: readonly T[],
): readonly T[] {
  const decided = all.findLastIndex(({ inForceSince }) => inForceSince !== undefined)
  return all.slice(decided + 1).filter(({ lapsedAt }) => lapsedAt === undefined)
}

/** The same list with one of its entries changed: of a long list one of the last. */
export function changed<T>(all: readonly T[], one: T, to: T): readonly T[] {
  return all.with(all.lastIndexOf(one), to)
}

/** Who takes part in a mechanism, for a statement at this leaf; nobody while it is not in force, and nobody who has left. */
export function participantsAt(mechanism: MechanismThing, leaf: number): readonly Participant[] {
  const participants = inForceAt(mechanism, leaf)?.participants ?? []
  const absent = mechanism.absences?.filter((absence) => stands(absence, leaf)) ?? []
  return absent.length === 0 ? participants : participants.filter(({ party }) => !absent.some(({ by }) => by === party))
}

/** What a mechanism knows of its suspensions. */
type Suspended = Pick<MechanismThing, 'suspensions' | 'resumed'>

/** The suspension that has stood longest for a statement at this leaf; none while the mechanism is at work. */
export function suspensionAt(mechanism: Suspended, leaf: number): Standstill | undefined {
  let longest = mechanism.suspensions?.find((suspension) => stands(suspension, leaf))
  const { entries = [], length = 0 } = mechanism.resumed ?? {}
  // For who asks about the past: of those that were ended, the ones that stood then were the last to be.
  for (let i = length - 1; i >= 0; i--) {
    const one = entries[i]
    if (!one || (one.until ?? 0) < leaf) break
    if (stands(one, leaf) && !(longest && longest.since < one.since)) longest = one
  }
  return longest
}

/** All suspensions that there have been, in the order in which they began. */
export function suspensionsOf({ suspensions = [], resumed }: Suspended): readonly Standstill[] {
  return [...listed(resumed), ...suspensions].sort((one, other) => one.since - other.since)
}

/** Whether a standstill stands for a statement at this leaf. */
export function stands({ since, until }: Standstill, leaf: number): boolean {
  return since < leaf && !(until !== undefined && until < leaf)
}

/** Whoever must accept a proposal: all present and all that it names. */
export function mustAccept(proposal: Proposal, present: readonly Participant[]): readonly string[] {
  return [...new Set([...present, ...proposal.participants].map((participant) => participant.party))]
}

/** Whoever must accept rules: commissions and the mediator. */
export function mustAcceptRules(present: readonly Participant[]): readonly string[] {
  return present.filter(({ role }) => role === 'commission' || role === 'mediator').map(({ party }) => party)
}

/** The mediator among participants, if there is one. */
export function mediatorOf(participants: readonly Participant[]): string | undefined {
  return participants.find((participant) => participant.role === 'mediator')?.party
}

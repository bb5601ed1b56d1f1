import { end } from './duty.ts'
import { changed, mustAccept, mustAcceptRules, participantsAt, pendingOf, rulesAt } from './mechanism.ts'
import type { MechanismThing, RulesVersion } from './state.ts'

interface By {
  /** The mechanism. */
  readonly about: string
  readonly statement: string
  readonly leaf: number
}

/**
 * Puts in force what everyone has accepted by now, participants before rules; rivals lapse. Whoever comes in owes an acceptance of the rules that
 * are proposed: with the mechanism it has accepted those in force.
 */
export function takeEffect(mechanism: MechanismThing, by: By): MechanismThing {
  return agreeOnRules(askForAcceptance(agreeOnParticipants(mechanism, by), by), by)
}

function agreeOnParticipants(mechanism: MechanismThing, { leaf }: By): MechanismThing {
  // As it is after this leaf: whoever leaves with this statement is not asked any more.
  const present = participantsAt(mechanism, leaf + 1)
  const agreed = pendingOf(mechanism.proposals).find((proposal) =>
    mustAccept(proposal, present).every((party) => proposal.accepted[party] !== undefined),
  )
  if (!agreed) return mechanism
  const named = (party: string) => agreed.participants.some((participant) => participant.party === party)
  return {
    ...mechanism,
    proposals: settle(mechanism.proposals, agreed, leaf),
    ...(mechanism.absences && {
      absences: mechanism.absences.map((absence) =>
        absence.until === undefined && named(absence.by) ? { ...absence, until: leaf } : absence,
      ),
    }),
  }
}

function askForAcceptance(mechanism: MechanismThing, { about, statement: openedBy, leaf }: By): MechanismThing {
  const { owed: duties } = mechanism
  const version = rulesAt(mechanism, leaf)?.version
  const asked = pendingOf(mechanism.rules ?? []).flatMap(({ statement: re, by: towards, accepted }) =>
    mustAcceptRules(participantsAt(mechanism, leaf + 1))
      .filter((owner) => accepted[owner] === undefined)
      .filter((owner) => !duties.some((duty) => duty.owner === owner && duty.re === re))
      .map((owner) => ({
        owner,
        towards,
        kind: 'accept-rules' as const,
        about,
        re,
        openedAt: leaf,
        openedBy,
        ...(version !== undefined && { rulesVersion: version }),
      })),
  )
  return asked.length === 0 ? mechanism : { ...mechanism, owed: [...duties, ...asked] }
}

function agreeOnRules(mechanism: MechanismThing, by: By): MechanismThing {
  const rules = mechanism.rules ?? []
  const present = mustAcceptRules(participantsAt(mechanism, by.leaf + 1))
  const decided = pendingOf(rules)
  const agreed = decided.find((version) => present.every((party) => version.accepted[party] !== undefined))
  if (!agreed) return mechanism
  return {
    ...mechanism,
    rules: settle(rules, agreed, by.leaf),
    owed: decided.reduce(
      (duties, { statement: re }: RulesVersion) => end(duties, { kind: 'accept-rules', re }, by),
      mechanism.owed,
    ),
  }
}

/** The same proposals, with one in force from this leaf on, and all others that were pending lapsed. */
function settle<T extends { readonly inForceSince?: number; readonly lapsedAt?: number }>(
  all: readonly T[],
  agreed: T,
  leaf: number,
): readonly T[] {
  return pendingOf(all).reduce(
    (settled, one) =>
      changed(settled, one, one === agreed ? { ...one, inForceSince: leaf } : { ...one, lapsedAt: leaf }),
    all,
  )
}

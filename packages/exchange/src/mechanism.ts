import type { MechanismThing, Participant, Proposal } from './state.ts'

/** The proposal that is in force for a statement at this leaf. */
export function inForceAt(mechanism: MechanismThing, leaf: number): Proposal | undefined {
  return mechanism.proposals
    .filter((proposal) => proposal.inForceSince !== undefined && proposal.inForceSince < leaf)
    .reduce<Proposal | undefined>(
      (last, proposal) => ((proposal.inForceSince ?? 0) >= (last?.inForceSince ?? 0) ? proposal : last),
      undefined,
    )
}

/** Who takes part in a mechanism, for a statement at this leaf; nobody while it is not in force. */
export function participantsAt(mechanism: MechanismThing, leaf: number): readonly Participant[] {
  return inForceAt(mechanism, leaf)?.participants ?? []
}

/** Whoever must accept a proposal: all present and all that it names. */
export function mustAccept(proposal: Proposal, present: readonly Participant[]): readonly string[] {
  return [...new Set([...present, ...proposal.participants].map((participant) => participant.party))]
}

/** The mediator among participants, if there is one. */
export function mediatorOf(participants: readonly Participant[]): string | undefined {
  return participants.find((participant) => participant.role === 'mediator')?.party
}

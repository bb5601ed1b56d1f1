import { inForceAt, mustAccept } from './mechanism.ts'
import type { MechanismThing } from './state.ts'

/** Puts the proposal in force that everyone has accepted by now, if there is one; its rivals lapse. */
export function takeEffect(mechanism: MechanismThing, leaf: number): MechanismThing {
  const present = inForceAt(mechanism, leaf)?.participants ?? []
  const agreed = mechanism.proposals.find(
    (proposal) =>
      proposal.inForceSince === undefined &&
      proposal.lapsedAt === undefined &&
      mustAccept(proposal, present).every((party) => proposal.accepted[party] !== undefined),
  )
  if (!agreed) return mechanism
  return {
    ...mechanism,
    proposals: mechanism.proposals.map((proposal) => {
      if (proposal === agreed) return { ...proposal, inForceSince: leaf }
      if (proposal.inForceSince !== undefined || proposal.lapsedAt !== undefined) return proposal
      return { ...proposal, lapsedAt: leaf }
    }),
  }
}

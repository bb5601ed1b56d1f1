import type { MechanismView } from '@tidings/client/contract'
import { mustAccept, type Proposal } from '@tidings/exchange'
import type { Present } from '../projection/present.ts'
import { documentOf } from './document.ts'
import type { Lookup } from './lookup.ts'

/** A mechanism: who takes part now, and its proposals through time. */
export async function mechanismView(
  lookup: Lookup,
  present: Present,
  id: string,
): Promise<Omit<MechanismView, 'asOf'> | undefined> {
  const mechanism = present.mechanism(id)
  if (!mechanism) return undefined
  const participants = present.participants(id)
  return {
    id,
    inForce: participants.length > 0,
    participants: [...participants],
    proposals: await Promise.all(mechanism.proposals.map((proposal) => proposalView(proposal))),
  }

  async function proposalView(proposal: Proposal): Promise<MechanismView['proposals'][number]> {
    const { statement, leaf, by, accepted, inForceSince, lapsedAt } = proposal
    const terms = documentOf(await lookup.statement(statement))
    return {
      place: { statement, leaf, time: lookup.timeOf(leaf) },
      by,
      participants: [...proposal.participants],
      accepted: Object.entries(accepted).map(([party, at]) => ({ party, leaf: at })),
      waitsFor: waitsFor(proposal),
      ...(inForceSince !== undefined && { inForceSince }),
      ...(lapsedAt !== undefined && { lapsedAt }),
      ...(terms !== undefined && { terms }),
    }
  }

  /** Whoever has yet to accept: of all present and all that the proposal names. */
  function waitsFor(proposal: Proposal): string[] {
    if (proposal.inForceSince !== undefined || proposal.lapsedAt !== undefined) return []
    return mustAccept(proposal, participants).filter((party) => proposal.accepted[party] === undefined)
  }
}

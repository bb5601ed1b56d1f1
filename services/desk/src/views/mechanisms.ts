import type { MechanismView } from '@tidings/client/contract'
import {
  mustAccept,
  mustAcceptRules,
  type Proposal,
  type RulesVersion,
  type Standstill,
  suspensionsOf,
} from '@tidings/exchange'
import type { Present } from '../projection/present.ts'
import { documentOf } from './document.ts'
import type { Lookup } from './lookup.ts'

/** A mechanism: who takes part now, its proposals and rules through time, when it stood still. */
export async function mechanismView(
  lookup: Lookup,
  present: Present,
  id: string,
): Promise<Omit<MechanismView, 'asOf' | 'toMeeting'>> {
  const mechanism = present.mechanism(id)
  if (!mechanism) throw new TypeError('internal error: a mechanism is shown that is not known')
  const participants = present.participants(id)
  return {
    id,
    inForce: participants.length > 0,
    participants: [...participants],
    proposals: await Promise.all(mechanism.proposals.map((proposal) => proposalView(proposal))),
    rules: (mechanism.rules ?? []).map((version) => rulesView(version)),
    suspensions: suspensionsOf(mechanism).map((one) => standstillView(one)),
    absences: (mechanism.absences ?? []).map((one) => standstillView(one)),
  }

  async function proposalView(proposal: Proposal): Promise<MechanismView['proposals'][number]> {
    const { statement, leaf, by, accepted, inForceSince, lapsedAt } = proposal
    const terms = documentOf(await lookup.statement(statement))
    return {
      place: placeOf(statement, leaf),
      by,
      participants: [...proposal.participants],
      accepted: acceptances(accepted),
      waitsFor: waitsFor(proposal, mustAccept(proposal, participants)),
      ...(inForceSince !== undefined && { inForceSince }),
      ...(lapsedAt !== undefined && { lapsedAt }),
      ...(terms !== undefined && { terms }),
    }
  }

  function rulesView(proposed: RulesVersion): MechanismView['rules'][number] {
    const { version, statement, leaf, by, accepted, inForceSince, lapsedAt, rules } = proposed
    return {
      version,
      place: placeOf(statement, leaf),
      by,
      accepted: acceptances(accepted),
      waitsFor: waitsFor(proposed, mustAcceptRules(participants)),
      ...(inForceSince !== undefined && { inForceSince }),
      ...(lapsedAt !== undefined && { lapsedAt }),
      rules,
    }
  }

  function standstillView({ statement, by, since, until }: Standstill): MechanismView['suspensions'][number] {
    return { place: placeOf(statement, since), by, ...(until !== undefined && { until }) }
  }

  function placeOf(statement: string, leaf: number) {
    return { statement, leaf, time: lookup.timeOf(leaf) }
  }
}

function acceptances(accepted: Readonly<Record<string, number>>) {
  return Object.entries(accepted).map(([party, leaf]) => ({ party, leaf }))
}

/** Whoever must accept and has yet to. */
function waitsFor({ inForceSince, lapsedAt, accepted }: Proposal | RulesVersion, must: readonly string[]): string[] {
  if (inForceSince !== undefined || lapsedAt !== undefined) return []
  return must.filter((party) => accepted[party] === undefined)
}

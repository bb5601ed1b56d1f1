import { founding } from '../define-rule.ts'
import { inForceAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismPropose = founding('mechanism.propose', 'mechanism', {
  judge(mechanism, { payload: { iss, body }, leaf }) {
    if (!mechanism) return body.participants.some((p) => p.party === iss) ? effective : voided('not-named')
    const present = inForceAt(mechanism, leaf)?.participants
    if (present) return present.some((p) => p.party === iss) ? effective : voided('not-a-participant')
    const named = mechanism.proposals.some((proposal) => proposal.participants.some((p) => p.party === iss))
    return named ? effective : voided('not-named')
  },
  evolve(mechanism, { payload: { iss, body }, id, leaf }) {
    const proposal = { statement: id, leaf, by: iss, participants: body.participants, accepted: { [iss]: leaf } }
    return takeEffect({ ...mechanism, proposals: [...(mechanism?.proposals ?? []), proposal] }, leaf)
  },
})

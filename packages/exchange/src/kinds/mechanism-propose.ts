import { founding } from '../define-rule.ts'
import { participantsAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismPropose = founding('mechanism.propose', 'mechanism', {
  judge(mechanism, { payload: { iss, body }, leaf }) {
    if (!mechanism) return body.participants.some((p) => p.party === iss) ? effective : voided('not-named')
    const present = participantsAt(mechanism, leaf)
    if (present.length > 0) return present.some((p) => p.party === iss) ? effective : voided('not-a-participant')
    const named = mechanism.proposals.some((proposal) => proposal.participants.some((p) => p.party === iss))
    return named ? effective : voided('not-named')
  },
  evolve(mechanism, { payload: { about, iss, body }, id: statement, leaf }) {
    const proposal = { statement, leaf, by: iss, participants: body.participants, accepted: { [iss]: leaf } }
    const proposals = [...(mechanism?.proposals ?? []), proposal]
    return takeEffect({ owed: [], ...mechanism, proposals }, { about, statement, leaf })
  },
})

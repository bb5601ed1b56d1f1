import { following } from '../define-rule.ts'
import { participantsAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismLeave = following('mechanism.leave', 'mechanism', {
  judge(mechanism, { payload: { iss }, leaf }) {
    const present = participantsAt(mechanism, leaf)
    if (present.length === 0) return voided('mechanism-not-in-force')
    return present.some(({ party }) => party === iss) ? effective : voided('not-a-participant')
  },
  evolve(mechanism, { payload: { about, iss }, id: statement, leaf }) {
    const left = {
      ...mechanism,
      absences: [...(mechanism.absences ?? []), { statement, by: iss, since: leaf }],
      // What it had agreed to as one of those present does not bring it back: it rejoins by a later proposal.
      proposals: mechanism.proposals.map((proposal) =>
        proposal.inForceSince === undefined &&
        proposal.lapsedAt === undefined &&
        proposal.participants.some(({ party }) => party === iss)
          ? { ...proposal, lapsedAt: leaf }
          : proposal,
      ),
    }
    return takeEffect(left, { about, statement, leaf })
  },
})

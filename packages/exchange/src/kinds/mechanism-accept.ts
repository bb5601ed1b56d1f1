import { following } from '../define-rule.ts'
import { changed, inForceAt, mustAccept, participantsAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismAccept = following('mechanism.accept', 'mechanism', {
  judge(mechanism, { payload: { iss, re }, leaf }) {
    const proposal = mechanism.proposals.findLast(({ statement }) => re?.[0] === statement)
    if (!proposal) return voided('unknown-proposal')
    if (!mustAccept(proposal, participantsAt(mechanism, leaf)).includes(iss)) return voided('not-named')
    const before = proposal.accepted[iss]
    if (before !== undefined) return voided('already-accepted', { leaf: before })
    if (proposal.lapsedAt !== undefined) return voided('lapsed', { leaf: proposal.lapsedAt })
    // What was in force and has been followed by another cannot be accepted by those who came with that.
    const { inForceSince } = inForceAt(mechanism, leaf) ?? {}
    if (proposal.inForceSince !== undefined && inForceSince !== undefined)
      return voided('lapsed', { leaf: inForceSince })
    return effective
  },
  evolve(mechanism, { payload: { about, iss, re }, id: statement, leaf }) {
    const { proposals: all } = mechanism
    const proposed = all.findLast((proposal) => proposal.statement === re?.[0])
    const accepted = proposed && { ...proposed, accepted: { ...proposed.accepted, [iss]: leaf } }
    const proposals = accepted ? changed(all, proposed, accepted) : all
    return takeEffect({ ...mechanism, proposals }, { about, statement, leaf })
  },
})

import { following } from '../define-rule.ts'
import { discharge } from '../duty.ts'
import { changed, mustAcceptRules, participantsAt, rulesAt } from '../mechanism.ts'
import { takeEffect } from '../take-effect.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismAcceptRules = following('mechanism.accept-rules', 'mechanism', {
  judge(mechanism, { payload: { iss, re }, leaf }) {
    const present = participantsAt(mechanism, leaf)
    if (present.length === 0) return voided('mechanism-not-in-force')
    if (!present.some(({ party }) => party === iss)) return voided('not-a-participant')
    if (!mustAcceptRules(present).includes(iss)) return voided('role-may-not-say-this')
    const proposed = mechanism.rules?.findLast(({ statement }) => statement === re?.[0])
    if (!proposed) return voided('unknown-proposal')
    const before = proposed.accepted[iss]
    if (before !== undefined) return voided('already-accepted', { leaf: before })
    if (proposed.lapsedAt !== undefined) return voided('lapsed', { leaf: proposed.lapsedAt })
    if (proposed.inForceSince === undefined) return effective
    // Whoever came later has accepted the rules in force with the mechanism; those that others have followed are accepted by nobody.
    const current = rulesAt(mechanism, leaf)
    const reason = current === proposed ? 'already-accepted' : 'lapsed'
    return voided(reason, { leaf: current?.inForceSince ?? proposed.inForceSince })
  },
  evolve(mechanism, { payload: { about, iss, re }, id: statement, leaf }) {
    const { rules: all = [] } = mechanism
    const proposed = all.findLast((version) => version.statement === re?.[0])
    const rules = proposed && changed(all, proposed, { ...proposed, accepted: { ...proposed.accepted, [iss]: leaf } })
    const match = { kind: 'accept-rules', owner: iss, ...(re?.[0] !== undefined && { re: re[0] }) } as const
    const duties = discharge(mechanism.owed, match, { statement, leaf })
    return takeEffect({ ...mechanism, ...(rules && { rules }), owed: duties }, { about, statement, leaf })
  },
})

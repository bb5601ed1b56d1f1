import { following } from '../define-rule.ts'
import { changed } from '../mechanism.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismResume = following('mechanism.resume', 'mechanism', {
  judge(mechanism, { payload: { iss, re } }) {
    // Its author alone ends it, even when it takes part no more: otherwise nobody could.
    const own = mechanism.suspensions?.findLast(({ statement, by }) => statement === re?.[0] && by === iss)
    if (!own) return voided('unknown-suspension')
    return own.until === undefined ? effective : voided('already-resumed', { leaf: own.until })
  },
  evolve(mechanism, { payload: { re }, leaf: until }) {
    const all = mechanism.suspensions ?? []
    const own = all.findLast(({ statement }) => statement === re?.[0])
    if (!own) throw new TypeError('internal error: what is resumed was never suspended')
    const standing = (mechanism.standing ?? []).filter((statement) => statement !== own.statement)
    return {
      ...mechanism,
      suspensions: changed(all, own, { ...own, until }),
      standing,
      ...(standing.length === 0 && { resumedAt: until }),
    }
  },
})

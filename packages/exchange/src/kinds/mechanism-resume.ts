import { following } from '../define-rule.ts'
import { effective, voided } from '../verdict.ts'

export const mechanismResume = following('mechanism.resume', 'mechanism', {
  judge(mechanism, { payload: { iss, re } }) {
    // Its author alone ends it, even when it takes part no more: otherwise nobody could.
    const own = mechanism.suspensions?.find(({ statement, by }) => statement === re?.[0] && by === iss)
    if (!own) return voided('unknown-suspension')
    return own.until === undefined ? effective : voided('already-resumed', { leaf: own.until })
  },
  evolve(mechanism, { payload: { re }, leaf: until }) {
    const suspensions = (mechanism.suspensions ?? []).map((one) =>
      one.statement === re?.[0] ? { ...one, until } : one,
    )
    return { ...mechanism, suspensions }
  },
})

import { following } from '../define-rule.ts'
import { added, lastUnder } from '../shared-list.ts'
import type { Standstill } from '../state.ts'
import { effective, voided } from '../verdict.ts'

const endedUnder = lastUnder<Standstill>(({ statement }) => statement)

export const mechanismResume = following('mechanism.resume', 'mechanism', {
  judge({ suspensions, resumed }, { payload: { iss, re: [re = ''] = [] } }) {
    // Its author alone ends it, even when it takes part no more: otherwise nobody could.
    if (suspensions?.some(({ statement, by }) => statement === re && by === iss)) return effective
    const ended = endedUnder(resumed, re)
    if (ended?.by !== iss || ended.until === undefined) return voided('unknown-suspension')
    return voided('already-resumed', { leaf: ended.until })
  },
  evolve(mechanism, { payload: { re }, leaf: until }) {
    const { suspensions = [] } = mechanism
    const own = suspensions.find(({ statement }) => statement === re?.[0])
    if (!own) throw new TypeError('internal error: what is resumed does not stand')
    return {
      ...mechanism,
      suspensions: suspensions.filter((one) => one !== own),
      resumed: added(mechanism.resumed, { ...own, until }),
    }
  },
})

import { following } from '../define-rule.ts'
import { endKeys, keysAt } from '../party.ts'
import { effective, voided } from '../verdict.ts'

export const partyEndDelegation = following('party.end-delegation', 'party', {
  judge(party, { payload: { body }, leaf }) {
    const delegated = keysAt(party, leaf).some((key) => key.kid === body.key && key.label !== undefined)
    return delegated ? effective : voided('unknown-target-key')
  },
  evolve(party, { payload: { body }, leaf }) {
    return endKeys(party, [body.key], leaf, 'ended')
  },
})

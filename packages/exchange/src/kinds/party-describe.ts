import { following } from '../define-rule.ts'
import { effective } from '../verdict.ts'

export const partyDescribe = following('party.describe', 'party', {
  judge() {
    return effective
  },
  evolve(party, { id, leaf }) {
    return { ...party, described: { statement: id, leaf } }
  },
})

import { following } from '../define-rule.ts'
import { endKeys, keyAt, keysAt } from '../party.ts'
import { effective, voided } from '../verdict.ts'

export const partyRevokeKey = following('party.revoke-key', 'party', {
  judge(party, { payload: { body }, leaf, role }) {
    const target = keyAt(party, body.key, leaf)
    if ('verdict' in target) return target.reason === 'unknown-key' ? voided('unknown-target-key') : target
    if (target.role === 'recover') {
      if (role !== 'recover') return voided('needs-recover-key')
      // A party without a recover key could never get its voice back.
      if (keysAt(party, leaf).filter((key) => key.role === 'recover').length === 1) return voided('last-key')
    }
    return effective
  },
  evolve(party, { payload: { body }, leaf }) {
    return endKeys(party, [body.key], leaf, 'revoked')
  },
})

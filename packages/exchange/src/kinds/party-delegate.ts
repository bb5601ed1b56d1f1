import { thumbprint } from '@tidings/statement'
import { following } from '../define-rule.ts'
import { effective, voided } from '../verdict.ts'

export const partyDelegate = following('party.delegate', 'party', {
  judge(party, { payload: { body } }) {
    return party.keys.some((key) => key.kid === thumbprint(body.jwk)) ? voided('key-reused') : effective
  },
  evolve(party, { payload: { body }, leaf }) {
    const { jwk, role, label } = body
    return { ...party, keys: [...party.keys, { kid: thumbprint(jwk), jwk, role, label, since: leaf }] }
  },
})

import { thumbprint } from '@tidings/statement'
import { founding } from '../define-rule.ts'
import { effective, voided } from '../verdict.ts'

export const partyInception = founding('party.inception', 'party', {
  judge(party) {
    return party ? voided('already-founded') : effective
  },
  evolve(_, { payload: { body }, leaf }) {
    return {
      keys: body.keys.map(({ jwk, role }) => ({ kid: thumbprint(jwk), jwk, role, since: leaf })),
      nextRecover: body.nextRecover,
    }
  },
})

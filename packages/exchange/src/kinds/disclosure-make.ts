import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { founding } from '../define-rule.ts'
import { opening } from '../opening.ts'
import { effective, voided } from '../verdict.ts'

export const disclosureMake = founding('disclosure.make', 'disclosure', {
  judge(disclosure, said) {
    const { payload, participants } = said
    if (disclosure) return voided('already-founded', { leaf: disclosure.made.leaf })
    const to = payload.to ?? []
    if (to.includes(payload.iss)) return voided('addresses-itself')
    if (participants.find((p) => p.party === payload.iss)?.role !== 'commission') return voided('not-a-commission')
    if (to.some((party) => !participants.some((p) => p.party === party))) return voided('addressee-not-a-participant')
    return audienceFault(said, ...to) ?? effective
  },
  evolve(_, said) {
    const { payload, id, leaf } = said
    const { iss: author, to: addressees = [], mechanism, body } = payload
    if (mechanism === undefined) throw new TypeError('internal error: the schema lets no such disclosure pass')
    return {
      mechanism,
      author,
      addressees,
      matter: body.matter,
      made: { statement: id, leaf },
      latest: correctable(said),
      owed: addressees.map((owner) => ({ ...opening(said), owner, towards: author, kind: 'acknowledge' })),
    }
  },
})

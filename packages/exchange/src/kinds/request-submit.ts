import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { founding } from '../define-rule.ts'
import { opening } from '../opening.ts'
import { effective, voided } from '../verdict.ts'

export const requestSubmit = founding('request.submit', 'request', {
  judge(request, said) {
    const { payload, participants } = said
    if (request) return voided('already-founded', { leaf: request.submitted.leaf })
    const addressee = payload.to?.[0]
    if (addressee === payload.iss) return voided('addresses-itself')
    const roles = new Map(participants.map(({ party, role }) => [party, role]))
    if (roles.get(payload.iss) !== 'commission') return voided('not-a-commission')
    if (!addressee || roles.get(addressee) !== 'commission') return voided('addressee-not-a-commission')
    return audienceFault(said, addressee) ?? effective
  },
  evolve(_, said) {
    const { payload, id, leaf } = said
    const { iss: asker, to, mechanism, body } = payload
    const [addressee] = to ?? []
    if (addressee === undefined || mechanism === undefined)
      throw new TypeError('internal error: the schema lets no such submission pass')
    const heard = (payload.aud ?? []).filter((party) => party !== asker && party !== addressee)
    const opened = { ...opening(said), owner: addressee, towards: asker }
    return {
      mechanism,
      asker,
      addressee,
      matter: body.matter,
      submitted: { statement: id, leaf },
      questions: body.questions.map((question) => ({ question, openedAt: leaf, insufficient: 0 })),
      owed: [
        { ...opened, kind: 'acknowledge' },
        ...body.questions.map((question) => ({ ...opened, kind: 'reply', question }) as const),
      ],
      ...(heard.length > 0 && { heard }),
      latest: { 'request.submit': correctable(said) },
    }
  },
})

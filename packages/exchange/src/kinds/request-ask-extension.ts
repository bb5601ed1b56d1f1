import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { change } from '../duty.ts'
import { opening } from '../opening.ts'
import { extensionDecider, replyOwed, rulesOfDuty } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestAskExtension = following('request.ask-extension', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.addressee) return voided('not-an-addressee')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const question of payload.body.questions) {
      const reply = replyOwed(request, question)
      if ('verdict' in reply) return reply
      if (reply.extensionAsked) return voided('extension-pending', { question, leaf: reply.extensionAsked.askedAt })
      const { atMost = 1, longest } = rulesOfDuty(said, reply)?.extension ?? {}
      if ((reply.extensions?.length ?? 0) >= atMost) return voided('too-many-extensions', { question })
      if (longest !== undefined && payload.body.n > longest) return voided('extension-too-long', { question })
    }
    return audienceFault(said, request.asker) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const { n } = payload.body
    const owner = extensionDecider(said, request)
    let { owed: duties } = request
    for (const question of payload.body.questions) {
      duties = change(duties, { kind: 'reply', question }, (duty) =>
        owner === undefined
          ? { ...duty, extensions: [...(duty.extensions ?? []), { n, askedAt: leaf, grantedAt: leaf }] }
          : { ...duty, extensionAsked: { n, askedAt: leaf } },
      )
      if (owner === undefined) continue
      const decide = { kind: 'decide-extension', owner, towards: request.addressee, question, re: statement } as const
      duties = [...duties, { ...opening(said), ...decide }]
    }
    return { ...request, owed: duties }
  },
})

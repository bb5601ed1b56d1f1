import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { change, discharge, paused, pending } from '../duty.ts'
import { opening } from '../opening.ts'
import { replyOwed, rulesOfDuty } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestAskClarification = following('request.ask-clarification', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.addressee) return voided('not-an-addressee')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const question of payload.body.questions) {
      const reply = replyOwed(request, question)
      if ('verdict' in reply) return reply
      const awaited = pending(reply)
      if (awaited) return voided('clarification-pending', { question, leaf: awaited.since })
      const atMost = rulesOfDuty(said, reply)?.clarification?.atMost ?? 2
      if ((reply.pauses?.length ?? 0) + (reply.pausesOver?.length ?? 0) >= atMost)
        return voided('too-many-clarifications', { question })
    }
    return audienceFault(said, request.asker) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const clarify = { kind: 'clarify', owner: request.asker, towards: request.addressee, re: statement } as const
    let duties = discharge(request.owed, { kind: 'acknowledge' }, { statement, leaf })
    for (const question of payload.body.questions) {
      duties = [
        ...change(duties, { kind: 'reply', question }, (duty) => paused(duty, leaf)),
        { ...opening(said), ...clarify, question },
      ]
    }
    return { ...request, owed: duties }
  },
})

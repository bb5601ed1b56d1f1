import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { type Duty, openDuties } from '../duty.ts'
import { openReferral, othersIn, questionFault, standingReturn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestRefer = following('request.refer', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    const referred = [request.submitted.statement, standingReturn(request)?.statement]
    if (!referred.includes(payload.re?.[0])) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const question of payload.body.questions) {
      const fault = questionFault(request, question)
      if (fault) return fault
      const [pending] = openDuties(request.owed, { kind: 'decide-referral', question })
      if (pending) return voided('referral-pending', { question, leaf: pending.openedAt })
    }
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const owed = said.payload.body.questions.reduce<readonly Duty[]>(
      (before, question) => openReferral(before, said, request, question),
      request.owed,
    )
    return { ...request, owed }
  },
})

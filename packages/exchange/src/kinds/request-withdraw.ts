import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { end } from '../duty.ts'
import { effective, voided } from '../verdict.ts'

export const requestWithdraw = following('request.withdraw', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    return audienceFault(said, request.addressee) ?? effective
  },
  evolve(request, { id: statement, leaf }) {
    return {
      ...request,
      withdrawn: { leaf },
      owed: end(request.owed, {}, { statement, leaf }),
      questions: request.questions.map((q) => (q.closed ? q : { ...q, closed: { leaf, how: 'withdrawn' } })),
    }
  },
})

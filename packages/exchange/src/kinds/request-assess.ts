import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { discharge, end, openDuties } from '../duty.ts'
import { mediatorOf } from '../mechanism.ts'
import { opening } from '../opening.ts'
import { effective, voided } from '../verdict.ts'

export const requestAssess = following('request.assess', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const answered = payload.re?.every((id) => request.replies.some((reply) => reply.statement === id))
    if (!answered) return voided('answers-another')
    for (const { question } of payload.body.assessments) {
      const asked = request.questions.find((q) => q.question === question)
      if (!asked) return voided('not-asked', { question })
      if (asked.closed) return voided('question-closed', { question, leaf: asked.closed.leaf })
      if (openDuties(request.duties, { kind: 'assess', question }).length === 0)
        return voided('nothing-to-assess', { question })
    }
    return audienceFault(said, request.addressee) ?? effective
  },

  evolve(request, said) {
    const { payload, id: statement, leaf, participants } = said
    const by = { statement, leaf }
    let { duties, questions } = request
    for (const { question, assessment } of payload.body.assessments) {
      const opened = { ...opening(said), question, towards: request.asker }
      if (assessment === 'accepted' || assessment === 'accepted-with-reservation') {
        duties = end(discharge(duties, { kind: 'assess', question }, by), { question }, by)
        questions = questions.map((q) => (q.question === question ? { ...q, closed: { leaf, how: 'accepted' } } : q))
        continue
      }
      duties = discharge(duties, { kind: 'assess', question }, by)
      const before = questions.find((q) => q.question === question)?.insufficient ?? 0
      if (assessment === 'insufficient') {
        questions = questions.map((q) => (q.question === question ? { ...q, insufficient: before + 1 } : q))
      }
      if (assessment === 'insufficient' && before === 0) {
        // Per question at most one of `reply` and `review` is open: the answer is owed anew, not only its review.
        duties = [
          ...end(duties, { kind: 'review', question }, by),
          { ...opened, owner: request.addressee, kind: 'reply' },
        ]
      } else {
        const mediator = mediatorOf(participants)
        const pending = openDuties(duties, { kind: 'decide-referral', question }).length > 0
        if (mediator !== undefined && !pending)
          duties = [...duties, { ...opened, owner: mediator, kind: 'decide-referral' }]
      }
    }
    return { ...request, duties, questions }
  },
})

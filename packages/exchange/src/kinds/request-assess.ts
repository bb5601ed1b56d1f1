import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { following } from '../define-rule.ts'
import { discharge, end, openDuties } from '../duty.ts'
import { isReply } from '../past.ts'
import { changeQuestion, endAnswers, openReferral, openReply, questionFault } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestAssess = following('request.assess', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const answered = payload.re?.every((id) => isReply(request, id))
    if (!answered) return voided('answers-another')
    for (const { question } of payload.body.assessments) {
      const fault = questionFault(request, question)
      if (fault) return fault
      if (openDuties(request.owed, { kind: 'assess', question }).length === 0)
        return voided('nothing-to-assess', { question })
    }
    return audienceFault(said, request.addressee) ?? effective
  },

  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const by = { statement, leaf }
    let { owed: duties, questions } = request
    for (const { question, assessment } of payload.body.assessments) {
      if (assessment === 'accepted' || assessment === 'accepted-with-reservation') {
        duties = end(discharge(duties, { kind: 'assess', question }, by), { question }, by)
        questions = changeQuestion(questions, question, (one) => ({ ...one, closed: { leaf, how: 'accepted' } }))
        continue
      }
      duties = discharge(duties, { kind: 'assess', question }, by)
      const before = questions.find((one) => one.question === question)?.insufficient ?? 0
      if (assessment === 'insufficient') {
        questions = changeQuestion(questions, question, (one) => ({ ...one, insufficient: before + 1 }))
      }
      if (assessment === 'insufficient' && before === 0) {
        // Per question at most one of `reply` and `review` is open: the answer is owed anew, not only its review.
        duties = openReply(endAnswers(duties, question, by), said, request, question)
      } else {
        duties = openReferral(duties, said, request, question)
      }
    }
    return { ...request, owed: duties, questions, latest: { ...request.latest, 'request.assess': correctable(said) } }
  },
})

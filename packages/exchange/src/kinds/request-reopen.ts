import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { changeQuestion, openReply } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestReopen = following('request.reopen', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const question of payload.body.questions) {
      const asked = request.questions.find((one) => one.question === question)
      if (!asked) return voided('not-asked', { question })
      if (!asked.closed) return voided('question-open', { question })
    }
    return audienceFault(said, request.addressee) ?? effective
  },
  evolve(request, said) {
    let { owed: duties, questions } = request
    for (const question of said.payload.body.questions) {
      questions = changeQuestion(questions, question, ({ closed: _, notNow: __, ...open }) => ({
        ...open,
        insufficient: 0,
      }))
      duties = openReply(duties, said, request, question)
    }
    return { ...request, owed: duties, questions }
  },
})

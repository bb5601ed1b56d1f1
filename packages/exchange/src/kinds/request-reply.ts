import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { discharge, openDuties } from '../duty.ts'
import { opening } from '../opening.ts'
import { effective, voided } from '../verdict.ts'

export const requestReply = following('request.reply', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.addressee) return voided('not-an-addressee')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const { question } of payload.body.answers) {
      const asked = request.questions.find((q) => q.question === question)
      if (!asked) return voided('not-asked', { question })
      if (asked.closed) return voided('question-closed', { question, leaf: asked.closed.leaf })
      const owed = openDuties(request.duties, { question }).some(({ kind }) => kind === 'reply' || kind === 'review')
      if (!owed) return voided('already-answered', { question, ...(asked.answered && { leaf: asked.answered.leaf }) })
    }
    return audienceFault(said, request.asker) ?? effective
  },

  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const by = { statement, leaf }
    let duties = discharge(request.duties, { kind: 'acknowledge' }, by)
    let questions = request.questions
    for (const answer of payload.body.answers) {
      if (answer.disposition === 'interim') continue
      const { question } = answer
      duties = discharge(discharge(duties, { kind: 'reply', question }, by), { kind: 'review', question }, by)
      questions = questions.map((q) => (q.question === question ? { ...q, answered: by } : q))
      const opened = { ...opening(said), question }
      // One assessment is owed for a question, however many answers have come since.
      if (answer.disposition !== 'not-now' && openDuties(duties, { kind: 'assess', question }).length === 0) {
        duties = [...duties, { ...opened, owner: request.asker, towards: request.addressee, kind: 'assess' }]
      }
      if ('review' in answer) {
        const review = { ...opened, owner: request.addressee, towards: request.asker, reviewDate: answer.review }
        duties = [...duties, { ...review, kind: 'review' }]
      }
    }
    return { ...request, duties, questions, replies: [...request.replies, by] }
  },
})

import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { following } from '../define-rule.ts'
import { change, discharge, end, openDuties, resumed } from '../duty.ts'
import { opening } from '../opening.ts'
import {
  answered,
  changeQuestion,
  notOwed,
  openReferral,
  questionFault,
  referralDecider,
  rulesOfDuty,
} from '../request.ts'
import { added } from '../shared-list.ts'
import { effective, voided } from '../verdict.ts'

export const requestReply = following('request.reply', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.addressee) return voided('not-an-addressee')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    for (const { question } of payload.body.answers) {
      const fault = questionFault(request, question)
      if (fault) return fault
      const owed = openDuties(request.owed, { question }).some(({ kind }) => kind === 'reply' || kind === 'review')
      if (!owed) return notOwed(request, question)
    }
    // Whoever is to assess it is the asker, and nobody else.
    if (payload.to?.[0] !== request.asker) return voided('other-side-left-out')
    return audienceFault(said, request.asker) ?? effective
  },

  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const by = { statement, leaf }
    let duties = discharge(request.owed, { kind: 'acknowledge' }, by)
    let questions = request.questions
    for (const answer of payload.body.answers) {
      const { question } = answer
      if (answer.disposition === 'interim') {
        duties = change(duties, { kind: 'reply', question }, (duty) => resumed(duty, leaf))
        duties = end(duties, { kind: 'clarify', question }, by)
        continue
      }
      const owed = openDuties(duties, { question }).find(({ kind }) => kind === 'reply' || kind === 'review')
      duties = answered(duties, question, by)
      const notNow = questions.find((one) => one.question === question)?.notNow ?? 0
      questions = changeQuestion(questions, question, (one) => ({
        ...one,
        answered: by,
        ...(answer.disposition === 'not-now' && { notNow: notNow + 1 }),
      }))
      const opened = { ...opening(said), question }
      // One assessment is owed for a question, however many answers have come since.
      if (answer.disposition !== 'not-now' && openDuties(duties, { kind: 'assess', question }).length === 0) {
        duties = [...duties, { ...opened, owner: request.asker, towards: request.addressee, kind: 'assess' }]
      }
      if (!('review' in answer)) continue
      const atMost = (owed && rulesOfDuty(said, owed)?.review?.atMost) ?? 3
      if (answer.disposition === 'not-now' && notNow >= atMost && referralDecider(said, request) !== undefined) {
        duties = openReferral(duties, said, request, question)
        continue
      }
      const review = { ...opened, owner: request.addressee, towards: request.asker, reviewDate: answer.review }
      duties = [...duties, { ...review, kind: 'review' }]
    }
    const latest = { ...request.latest, 'request.reply': correctable(said) }
    return { ...request, owed: duties, questions, latest, replies: added(request.replies, by) }
  },
})

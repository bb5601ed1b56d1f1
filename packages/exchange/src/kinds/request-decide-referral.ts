import type { PayloadOf, Question } from '@tidings/statement'
import { audienceFault } from '../audience.ts'
import type { Spoken } from '../define-rule.ts'
import { following } from '../define-rule.ts'
import { discharge, end, openDuties } from '../duty.ts'
import { opening } from '../opening.ts'
import { lastOver, openedBy } from '../past.ts'
import {
  changeQuestion,
  endAnswers,
  openAfresh,
  openReply,
  othersIn,
  questionFault,
  referralDecider,
  standingReturn,
} from '../request.ts'
import type { RequestThing } from '../state.ts'
import { effective, type Void, voided } from '../verdict.ts'

type Decision = PayloadOf<'request.decide-referral'>['body']['decisions'][number]

export const requestDecideReferral = following('request.decide-referral', 'request', {
  judge(request, said) {
    const { payload } = said
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    if (!payload.re?.every((id) => openedBy(request, 'decide-referral', id))) return voided('answers-another')
    for (const { question, outcome } of payload.body.decisions) {
      const fault = questionFault(request, question) ?? decisionFault(request, said, question, outcome)
      if (fault) return fault
    }
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    return said.payload.body.decisions.reduce((before, decision) => decide(before, said, decision), request)
  },
})

function decisionFault(
  request: RequestThing,
  said: Spoken<'request.decide-referral'>,
  question: Question,
  outcome: Decision['outcome'],
): Void | undefined {
  const { iss, re } = said.payload
  const [pending] = openDuties(request.owed, { kind: 'decide-referral', question })
  const last = pending ?? lastOver(request, 'decide-referral', { question })
  if (!last || !re?.includes(last.openedBy)) return voided('answers-another', { question })
  // Whoever owes it; or, should that party have gone, whoever would owe it now.
  if (iss !== last.owner && iss !== referralDecider(said, request)) return voided('not-the-decider', { question })
  if (last.dischargedAt !== undefined) return voided('nothing-to-decide', { question, leaf: last.dischargedAt })
  const answered = request.questions.find((one) => one.question === question)?.answered
  const fits = outcome.startsWith('return-') ? standingReturn(request) : outcome !== 'answer-stands' || answered
  return fits ? undefined : voided('outcome-does-not-fit', { question })
}

function decide(before: RequestThing, said: Spoken<'request.decide-referral'>, decision: Decision): RequestThing {
  const { question } = decision
  const by = { statement: said.id, leaf: said.leaf }
  const request = { ...before, owed: discharge(before.owed, { kind: 'decide-referral', question }, by) }
  switch (decision.outcome) {
    case 'to-meeting':
      return request
    case 'reply-again': {
      const { owed: duties, ...rest } = withoutReturn(request, question, by)
      return { ...rest, owed: openReply(endAnswers(duties, question, by), said, request, question) }
    }
    case 'review-by': {
      const { owed: duties, ...rest } = withoutReturn(request, question, by)
      const { asker: towards, addressee: owner } = request
      const review = { kind: 'review', question, owner, towards, reviewDate: decision.review } as const
      return { ...rest, owed: [...endAnswers(duties, question, by), { ...opening(said), ...review }] }
    }
    case 'answer-stands': {
      const duties = endAnswers(request.owed, question, by)
      if (said.rules?.rules.referral?.mayClose !== true) return { ...request, owed: duties }
      const closed = { leaf: said.leaf, how: 'decided' } as const
      return {
        ...request,
        owed: end(duties, { question }, by),
        questions: changeQuestion(request.questions, question, (one) => ({ ...one, closed })),
      }
    }
    case 'return-upheld':
      return upheld(request, said, question)
    case 'return-not-upheld': {
      const returned = standingReturn(request)
      if (!returned) return request
      return openAfresh({ ...request, owed: end(request.owed, { kind: 'clarify', re: returned.statement }, by) }, said)
    }
  }
}

/** The request, with the return standing of other questions only; of none, it stands no more. */
function withoutReturn(
  request: RequestThing,
  question: Question,
  by: { readonly statement: string; readonly leaf: number },
): RequestThing {
  const returned = standingReturn(request)
  if (!returned?.ended.includes(question)) return request
  const ended = returned.ended.filter((one) => one !== question)
  if (ended.length > 0) return { ...request, returned: { ...returned, ended } }
  const owed = end(request.owed, { kind: 'clarify', re: returned.statement }, by)
  return { ...request, owed, returned: { ...returned, ended, until: by.leaf } }
}

function upheld(request: RequestThing, said: Spoken<'request.decide-referral'>, question: Question): RequestThing {
  const returned = standingReturn(request)
  if (!returned || returned.ended.includes(question)) return request
  const by = { statement: said.id, leaf: said.leaf }
  const acknowledge = openDuties(request.owed, { kind: 'acknowledge' }).length > 0
  const duties = end(endAnswers(request.owed, question, by), { kind: 'acknowledge' }, by)
  const { asker: owner, addressee: towards } = request
  const clarify = { kind: 'clarify', owner, towards, re: returned.statement } as const
  const asked = openDuties(duties, { kind: 'clarify', re: returned.statement }).length > 0
  return {
    ...request,
    returned: {
      ...returned,
      ended: [...returned.ended, question],
      acknowledgeEnded: returned.acknowledgeEnded || acknowledge,
    },
    owed: asked ? duties : [...duties, { ...opening(said), ...clarify }],
  }
}

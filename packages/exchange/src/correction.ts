import type { Kind } from '@tidings/statement'
import type { Spoken } from './define-rule.ts'
import { type Duty, end, isOpen, openDuties, over } from './duty.ts'
import { opening } from './opening.ts'
import { changeQuestion, endAnswers } from './request.ts'
import type { Correctable, QuestionState, RequestThing, ReturnState } from './state.ts'
import { type Void, voided } from './verdict.ts'

/** What its author may correct of a statement that is spoken; `before` if it replaces one. */
export function correctable<K extends Kind>(said: Spoken<K>, before?: Correctable<K>): Correctable<K> {
  const { payload, id: statement, leaf } = said
  return {
    statement,
    leaf,
    by: payload.iss,
    re: payload.re ?? [],
    body: payload.body,
    versions: [...(before?.versions ?? []), statement],
  }
}

/** Why a party cannot correct or retract a statement: it is another's, not the latest of its kind, or retracted. */
export function correctionFault(latest: Correctable | undefined, { payload }: Spoken): Void | undefined {
  const [re] = payload.re ?? []
  if (!latest || re === undefined || !latest.versions.includes(re))
    return voided('not-the-latest', latest && { leaf: latest.leaf })
  if (latest.by !== payload.iss) return voided('not-the-author')
  if (latest.statement !== re) return voided('not-the-latest', { leaf: latest.leaf })
  return latest.retractedAt === undefined ? undefined : voided('retracted', { leaf: latest.retractedAt })
}

/** Whether a duty was opened, or discharged, by a statement or by what it has replaced. */
const openedBy = ({ versions }: Correctable, duty: Duty) => versions.includes(duty.openedBy)
const dischargedBy = ({ versions }: Correctable, duty: Duty) =>
  duty.dischargedBy !== undefined && versions.includes(duty.dischargedBy)

/** A duty that was met and is owed again by whoever corrects: it regains its version and its day zero, and so its due date. */
function regained(said: Spoken, { kind, owner, towards, question, re, reviewDate, ...met }: Duty): Duty {
  const { rulesVersion: _, ...opened } = opening(said)
  return {
    ...opened,
    kind,
    owner,
    towards,
    countsFrom: met.countsFrom ?? met.openedAt,
    ...(question && { question }),
    ...(re !== undefined && { re }),
    ...(reviewDate !== undefined && { reviewDate }),
    ...(met.rulesVersion !== undefined && { rulesVersion: met.rulesVersion }),
    ...(met.pauses && { pauses: met.pauses }),
    ...(met.extensions && { extensions: met.extensions }),
  }
}

/** A duty of the other side that had ended and is owed again: with a full period, under the rules of this leaf. */
function renewed(said: Spoken, { kind, owner, towards, question, reviewDate }: Duty): Duty {
  return {
    ...opening(said),
    kind,
    owner,
    towards,
    ...(question && { question }),
    ...(reviewDate !== undefined && { reviewDate }),
  }
}

const isAnswer = ({ kind }: Duty) => kind === 'reply' || kind === 'review'

/** The request without a reply: what it opened ends, what it discharged is owed again, and its questions are open, even closed ones. */
export function withoutReply(request: RequestThing, said: Spoken, reply: Correctable<'request.reply'>): RequestThing {
  const by = { statement: said.id, leaf: said.leaf }
  let { duties, questions } = request
  for (const { question, disposition } of reply.body.answers) {
    if (disposition === 'interim') continue
    const met = duties.findLast((duty) => duty.question === question && isAnswer(duty) && dischargedBy(reply, duty))
    duties = endOpenedBy(duties, reply, question, by)
    // An assessment is owed of what stands, and nothing stands now.
    duties = end(duties, { kind: 'assess', question }, by)
    if (met && !openDuties(duties, { question }).some(isAnswer)) duties = [...duties, regained(said, met)]
    questions = changeQuestion(questions, question, ({ closed: _, answered: __, ...open }) => ({
      ...open,
      ...(disposition === 'not-now' && open.notNow && { notNow: open.notNow - 1 }),
    }))
  }
  return { ...request, duties, questions }
}

/** The duties, with those ended that a statement opened about a question. */
function endOpenedBy(
  duties: readonly Duty[],
  said: Correctable,
  question: QuestionState['question'],
  by: { readonly statement: string; readonly leaf: number },
): readonly Duty[] {
  return duties
    .filter((duty) => isOpen(duty) && duty.question === question && openedBy(said, duty))
    .reduce(
      (left, { kind }) =>
        isAnswer({ kind } as Duty) ? endAnswers(left, question, by) : end(left, { kind, question }, by),
      duties,
    )
}

/** Why an assessment stands: what it opened has been met. */
export function assessmentMet({ duties }: RequestThing, assess: Correctable): Void | undefined {
  const met = duties.find((duty) => duty.how === 'met' && openedBy(assess, duty))
  return met?.dischargedAt === undefined
    ? undefined
    : voided('already-met', { leaf: met.dischargedAt, ...(met.question && { question: met.question }) })
}

/** The request without an assessment: what it opened ends, what it had ended and discharged is owed again, what it closed is open. */
export function withoutAssessment(
  request: RequestThing,
  said: Spoken,
  assess: Correctable<'request.assess'>,
): RequestThing {
  const by = { statement: said.id, leaf: said.leaf }
  let { duties, questions } = request
  for (const { question, assessment } of assess.body.assessments) {
    const before = duties.filter((duty) => duty.question === question && dischargedBy(assess, duty))
    duties = endOpenedBy(duties, assess, question, by)
    const owed = openDuties(duties, { question })
    const again = before.filter(({ kind }) =>
      kind === 'reply' || kind === 'review'
        ? !owed.some(isAnswer)
        : (kind === 'assess' || kind === 'decide-referral') && !owed.some((duty) => duty.kind === kind),
    )
    duties = [...duties, ...again.map((duty) => (duty.kind === 'assess' ? regained(said, duty) : renewed(said, duty)))]
    questions = changeQuestion(questions, question, ({ closed: _, ...open }) => ({
      ...open,
      insufficient: open.insufficient - (assessment === 'insufficient' ? 1 : 0),
    }))
  }
  return { ...request, duties, questions }
}

/** Why a clarification stands: what it let go on, or opened, has been met. */
export function clarificationMet({ duties }: RequestThing, clarify: Correctable): Void | undefined {
  const opened = duties.find((duty) => duty.how === 'met' && openedBy(clarify, duty))
  if (opened?.dischargedAt !== undefined) return voided('already-met', { leaf: opened.dischargedAt })
  for (const { question } of duties.filter((duty) => duty.kind === 'clarify' && dischargedBy(clarify, duty))) {
    if (question === undefined || openDuties(duties, { kind: 'reply', question }).length > 0) continue
    const last = duties.findLast((duty) => duty.kind === 'reply' && duty.question === question)?.dischargedAt
    return voided('already-met', { question, ...(last !== undefined && { leaf: last }) })
  }
  return undefined
}

/** The request without a clarification: it is owed again, and the clock of `reply` pauses again; or the return stands again. */
export function withoutClarification(
  request: RequestThing,
  said: Spoken,
  clarify: Correctable<'request.clarify'>,
): RequestThing {
  const by = { statement: said.id, leaf: said.leaf }
  const owed = request.duties.filter((duty) => duty.kind === 'clarify' && dischargedBy(clarify, duty))
  const isPausedAgain = (duty: Duty) =>
    isOpen(duty) && duty.kind === 'reply' && owed.some(({ question }) => question && question === duty.question)
  const duties = request.duties.map((duty) => {
    if (isOpen(duty) && openedBy(clarify, duty)) return over(duty, by, 'ended')
    return isPausedAgain(duty) ? { ...duty, pauses: [...(duty.pauses ?? []), { since: by.leaf }] } : duty
  })
  const cleared = { ...request, duties: [...duties, ...owed.map((duty) => regained(said, duty))] }
  if (request.returned?.statement !== clarify.re[0]) return cleared
  const { until: _, ...returned } = request.returned ?? {}
  return { ...cleared, returned: returned as ReturnState }
}

/** The duties without those that a statement has both opened and discharged: what it put in their place stands at its own leaf. */
export function withoutPassing(duties: readonly Duty[], statement: string): readonly Duty[] {
  return duties.filter((duty) => duty.openedBy !== statement || duty.dischargedBy !== statement)
}

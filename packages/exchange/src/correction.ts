import type { Kind } from '@tidings/statement'
import type { Spoken } from './define-rule.ts'
import { type Duty, end, isOpen, openDuties, over, paused } from './duty.ts'
import { opening } from './opening.ts'
import { lastOver } from './past.ts'
import { changeQuestion, endAnswers } from './request.ts'
import { added } from './shared-list.ts'
import type { Correctable, QuestionState, RequestThing, ReturnState } from './state.ts'
import { type Void, voided } from './verdict.ts'
import { hasVersion } from './versions.ts'

/** What its author may correct of a statement that is spoken; `before` if it replaces one. */
export function correctable<K extends Kind>(said: Spoken<K>, before?: Correctable<K>): Correctable<K> {
  const { payload, id: statement, leaf } = said
  return {
    statement,
    leaf,
    by: payload.iss,
    re: payload.re ?? [],
    body: payload.body,
    versions: added(before?.versions, statement),
    ...(before?.discharged && { discharged: before.discharged }),
    ...(before?.met && { met: before.met }),
  }
}

/** Why a party cannot correct or retract a statement: it is another's, not the latest of its kind, or retracted. */
export function correctionFault(latest: Correctable | undefined, { payload }: Spoken): Void | undefined {
  const [re] = payload.re ?? []
  if (!latest || re === undefined || !hasVersion(latest, re))
    return voided('not-the-latest', latest && { leaf: latest.leaf })
  if (latest.by !== payload.iss) return voided('not-the-author')
  if (latest.statement !== re) return voided('not-the-latest', { leaf: latest.leaf })
  return latest.retractedAt === undefined ? undefined : voided('retracted', { leaf: latest.retractedAt })
}

/** Whether a duty was opened by a statement or by what it has replaced. */
const openedBy = (said: Correctable, duty: Duty) => hasVersion(said, duty.openedBy)

/** What a statement, or what it has replaced, has discharged: of each kind and question the last. */
function dischargedBy({ over: past }: RequestThing, { discharged = [] }: Correctable): readonly Duty[] {
  return discharged.flatMap((place) => past?.entries[place] ?? [])
}

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
    ...(met.pausesOver && { pausesOver: met.pausesOver }),
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
  const before = dischargedBy(request, reply)
  let { owed: duties, questions } = request
  for (const { question, disposition } of reply.body.answers) {
    if (disposition === 'interim') continue
    const met = before.findLast((duty) => duty.question === question && isAnswer(duty))
    duties = endOpenedBy(duties, reply, question, by)
    // An assessment is owed of what stands, and nothing stands now.
    duties = end(duties, { kind: 'assess', question }, by)
    if (met && !openDuties(duties, { question }).some(isAnswer)) duties = [...duties, regained(said, met)]
    questions = changeQuestion(questions, question, ({ closed: _, answered: __, ...open }) => ({
      ...open,
      ...(disposition === 'not-now' && open.notNow && { notNow: open.notNow - 1 }),
    }))
  }
  return { ...request, owed: duties, questions }
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
export function assessmentMet({ met }: Correctable): Void | undefined {
  return met && voided('already-met', met)
}

/** The request without an assessment: what it opened ends, what it had ended and discharged is owed again, what it closed is open. */
export function withoutAssessment(
  request: RequestThing,
  said: Spoken,
  assess: Correctable<'request.assess'>,
): RequestThing {
  const by = { statement: said.id, leaf: said.leaf }
  let { owed: duties, questions } = request
  for (const { question, assessment } of assess.body.assessments) {
    const before = dischargedBy(request, assess).filter((duty) => duty.question === question)
    const answer = before.findLast(isAnswer)
    duties = endOpenedBy(duties, assess, question, by)
    const owed = openDuties(duties, { question })
    const again = before.filter((duty) =>
      isAnswer(duty)
        ? duty === answer && !owed.some(isAnswer)
        : (duty.kind === 'assess' || duty.kind === 'decide-referral') && !owed.some(({ kind }) => kind === duty.kind),
    )
    duties = [...duties, ...again.map((duty) => (duty.kind === 'assess' ? regained(said, duty) : renewed(said, duty)))]
    questions = changeQuestion(questions, question, ({ closed: _, ...open }) => ({
      ...open,
      insufficient: open.insufficient - (assessment === 'insufficient' ? 1 : 0),
    }))
  }
  return { ...request, owed: duties, questions }
}

/** Why a clarification stands: what it let go on, or opened, has been met. */
export function clarificationMet(request: RequestThing, clarify: Correctable): Void | undefined {
  if (clarify.met) return voided('already-met', { leaf: clarify.met.leaf })
  for (const { kind, question } of dischargedBy(request, clarify)) {
    if (kind !== 'clarify' || question === undefined) continue
    if (openDuties(request.owed, { kind: 'reply', question }).length > 0) continue
    const last = lastOver(request, 'reply', { question })?.dischargedAt
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
  const owed = dischargedBy(request, clarify).filter(({ kind }) => kind === 'clarify')
  const isPausedAgain = (duty: Duty) =>
    isOpen(duty) && duty.kind === 'reply' && owed.some(({ question }) => question && question === duty.question)
  const duties = request.owed.map((duty) => {
    if (isOpen(duty) && openedBy(clarify, duty)) return over(duty, by, 'ended')
    return isPausedAgain(duty) ? paused(duty, by.leaf) : duty
  })
  const cleared = { ...request, owed: [...duties, ...owed.map((duty) => regained(said, duty))] }
  if (request.returned?.statement !== clarify.re[0]) return cleared
  const { until: _, ...returned } = request.returned ?? {}
  return { ...cleared, returned: returned as ReturnState }
}

/** The duties without those that a statement has both opened and discharged: what it put in their place stands at its own leaf. */
export function withoutPassing(duties: readonly Duty[], statement: string): readonly Duty[] {
  return duties.filter((duty) => duty.openedBy !== statement || duty.dischargedBy !== statement)
}

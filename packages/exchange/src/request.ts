import type { Question, Rules } from '@tidings/statement'
import type { Spoken } from './define-rule.ts'
import { type Duty, discharge, end, openDuties } from './duty.ts'
import { mediatorOf, rulesOfVersion } from './mechanism.ts'
import { opening } from './opening.ts'
import type { QuestionState, RequestThing, ReturnState } from './state.ts'
import { type Void, voided } from './verdict.ts'

interface By {
  readonly statement: string
  readonly leaf: number
}

/** Both sides of a request without whoever speaks: they are never left out of an audience. */
export function othersIn({ asker, addressee }: RequestThing, speaker: string): readonly string[] {
  return [asker, addressee].filter((side) => side !== speaker)
}

/** Why nothing can be said of a question: it was not asked, or it is closed. */
export function questionFault(request: RequestThing, question: Question): Void | undefined {
  const asked = request.questions.find((one) => one.question === question)
  if (!asked) return voided('not-asked', { question })
  return asked.closed ? voided('question-closed', { question, leaf: asked.closed.leaf }) : undefined
}

/** The `reply` that is owed for a question; or why none is, and nothing can be asked back or put off. */
export function replyOwed(request: RequestThing, question: Question): Duty | Void {
  const fault = questionFault(request, question)
  if (fault) return fault
  const [duty] = openDuties(request.owed, { kind: 'reply', question })
  return duty ?? notOwed(request, question)
}

/** Why no answer to an open question is owed: the request was returned, or it is answered. */
export function notOwed(request: RequestThing, question: Question): Void {
  const returned = standingReturn(request)
  if (returned?.ended.includes(question)) return voided('returned', { question, leaf: returned.leaf })
  const answered = request.questions.find((one) => one.question === question)?.answered
  return voided('already-answered', { question, ...(answered && { leaf: answered.leaf }) })
}

/** The return that stands: neither clarified nor found not to hold. */
export function standingReturn({ returned }: RequestThing): ReturnState | undefined {
  return returned?.until === undefined ? returned : undefined
}

/** The rules under which a duty was opened: limits follow them, whatever has been agreed since. */
export function rulesOfDuty({ standing, payload }: Spoken, { rulesVersion }: Duty): Rules | undefined {
  const mechanism = payload.mechanism === undefined ? undefined : standing.mechanism(payload.mechanism)
  return mechanism && rulesVersion !== undefined ? rulesOfVersion(mechanism, rulesVersion)?.rules : undefined
}

/**
 * Who decides referrals of a request at this leaf: the participant that the rules name, if it knows the whole of the request, or the mediator, who always does. Nobody is to
 * decide on what was kept from it.
 */
export function referralDecider(said: Spoken, request: RequestThing): string | undefined {
  const { participants, rules } = said
  const named = rules?.rules.referral?.decides
  const knows =
    named !== undefined &&
    participants.some(({ party }) => party === named) &&
    (named === request.asker || named === request.addressee || heardBy(said, request).includes(named))
  return knows ? named : mediatorOf(participants)
}

/** Parties beside both sides that know the whole of a request, after what is said now. */
export function heardBy({ payload }: Pick<Spoken, 'payload'>, { heard = [] }: RequestThing): readonly string[] {
  return heard.filter((party) => party === payload.iss || payload.aud?.includes(party))
}

/** Who decides extensions of an answerer at this leaf, if anybody does. */
export function extensionDecider({ participants, rules }: Spoken, request: RequestThing): string | undefined {
  const decides = rules?.rules.extension?.decides ?? 'asker'
  if (decides === 'nobody') return undefined
  return (decides === 'secretariat' ? mediatorOf(participants) : undefined) ?? request.asker
}

/** The duties, with `decide-referral` of a question opened, unless one is pending or nobody decides. */
export function openReferral(
  duties: readonly Duty[],
  said: Spoken,
  request: RequestThing,
  question: Question,
): readonly Duty[] {
  const owner = referralDecider(said, request)
  if (owner === undefined || openDuties(duties, { kind: 'decide-referral', question }).length > 0) return duties
  const towards = owner === request.asker ? request.addressee : request.asker
  return [...duties, { ...opening(said), kind: 'decide-referral', question, owner, towards }]
}

/** The duties, with `reply` to a question opened: a new period. */
export function openReply(
  duties: readonly Duty[],
  said: Spoken,
  { asker, addressee }: RequestThing,
  question: Question,
): readonly Duty[] {
  return [...duties, { ...opening(said), kind: 'reply', question, owner: addressee, towards: asker }]
}

/** The duties, with whatever of `reply` and `review` is open met by an answer. */
export function answered(duties: readonly Duty[], question: Question, by: By): readonly Duty[] {
  const met = discharge(duties, { kind: 'reply', question }, by)
  return endWhatHangsOn(discharge(met, { kind: 'review', question }, by), question, by)
}

/** The duties, with whatever of `reply` and `review` is open ended. */
export function endAnswers(duties: readonly Duty[], question: Question, by: By): readonly Duty[] {
  const ended = end(duties, { kind: 'reply', question }, by)
  return endWhatHangsOn(end(ended, { kind: 'review', question }, by), question, by)
}

/** A question back and an extension are of use only while `reply` is owed. */
function endWhatHangsOn(duties: readonly Duty[], question: Question, by: By): readonly Duty[] {
  return end(end(duties, { kind: 'clarify', question }, by), { kind: 'decide-extension', question }, by)
}

/** The questions, with one of them changed. */
export function changeQuestion(
  questions: readonly QuestionState[],
  question: Question,
  to: (state: QuestionState) => QuestionState,
): readonly QuestionState[] {
  return questions.map((one) => (one.question === question ? to(one) : one))
}

/** The request, with what a return has ended opened afresh and the return no longer standing. */
export function openAfresh(request: RequestThing, said: Spoken): RequestThing {
  const returned = standingReturn(request)
  if (!returned) return request
  const { asker, addressee } = request
  const owed = (question: Question) =>
    openDuties(request.owed, { question }).some(({ kind }) => kind === 'reply' || kind === 'review')
  const missing = request.questions.filter(
    ({ question, closed }) => !closed && returned.ended.includes(question) && !owed(question),
  )
  const acknowledge: readonly Duty[] = returned.acknowledgeEnded
    ? [{ ...opening(said), kind: 'acknowledge', owner: addressee, towards: asker }]
    : []
  return {
    ...request,
    returned: { ...returned, until: said.leaf },
    owed: missing.reduce((duties, { question }) => openReply(duties, said, request, question), [
      ...request.owed,
      ...acknowledge,
    ] as readonly Duty[]),
  }
}

import { audienceFault } from '../audience.ts'
import type { Spoken } from '../define-rule.ts'
import { following } from '../define-rule.ts'
import { type Duty, mostReminders, openDuties } from '../duty.ts'
import { mediatorOf } from '../mechanism.ts'
import { openReferral, othersIn, rulesOfDuty } from '../request.ts'
import type { RequestThing } from '../state.ts'
import { effective, voided } from '../verdict.ts'

export const requestRemind = following('request.remind', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const duties = remindedOf(request, said)
    const { questions } = payload.body
    const missing = questions?.find((question) => !duties.some((duty) => duty.question === question))
    if (missing !== undefined) return voided('nothing-to-remind', { question: missing })
    if (duties.length === 0) return voided('nothing-to-remind')
    const enough = duties.find(({ reminders = 0 }) => reminders >= mostReminders)
    if (enough) return voided('too-many-reminders', enough.question === undefined ? {} : { question: enough.question })
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const reminded = new Set(remindedOf(request, said))
    const before = request.owed.map((duty) =>
      reminded.has(duty) ? { ...duty, reminders: (duty.reminders ?? 0) + 1, remindedAt: said.leaf } : duty,
    )
    // After the third the rules may have it referred: by order, whatever the date.
    const referred = [...reminded].flatMap((duty) => {
      const isLast = (duty.reminders ?? 0) + 1 === mostReminders && (duty.kind === 'reply' || duty.kind === 'review')
      return isLast && rulesOfDuty(said, duty)?.reminders?.then === 'refer' ? (duty.question ?? []) : []
    })
    const owed = referred.reduce<readonly Duty[]>((all, question) => openReferral(all, said, request, question), before)
    return { ...request, owed }
  },
})

/** The open duties that a reminder means: those owed to whoever reminds; the mediator reminds of any but its own. */
function remindedOf(request: RequestThing, { payload, participants }: Spoken<'request.remind'>): readonly Duty[] {
  const { duty: kind, questions } = payload.body
  const mediates = mediatorOf(participants) === payload.iss
  return openDuties(request.owed, { kind }).filter(
    ({ question, owner, towards }) =>
      (questions === undefined || (question !== undefined && questions.includes(question))) &&
      (towards === payload.iss || (mediates && owner !== payload.iss)),
  )
}

import { type Question, questions } from '@tidings/statement'
import type { MechanismView, ReminderView } from './contract/index.ts'

type Kind = Exclude<ReminderView['kind'], 'accept-rules'>

/** One reminder as it is stated: of all duties of a kind in a request of which one is due. */
export interface ReminderDraft {
  readonly request: string
  readonly mechanism: string
  readonly kind: Kind
  /** The questions that are meant; left out where the duty is not about one. */
  readonly questions?: Question[]
  readonly duties: readonly ReminderView[]
}

/** Drafts reminders: one for each request and kind of duty. */
export function draftReminders(due: Iterable<ReminderView>): ReminderDraft[] {
  const drafts = Map.groupBy(due, ({ about, kind }) => `${about} ${kind}`)
  return [...drafts.values()].flatMap((duties) => {
    const [first] = duties
    if (!first) return []
    const named = questions.filter((question) => duties.some((duty) => duty.question === question))
    const aboutAll = duties.some(({ question }) => question === undefined)
    const { about: request, mechanism, kind } = first
    return [{ request, mechanism, kind: kind as Kind, duties, ...(!aboutAll && { questions: named }) }]
  })
}

/** What a letter is written from. */
export interface LetterFrom {
  /** The mechanism, for the codes of the parties and for what they agreed. */
  readonly mechanism: Pick<MechanismView, 'participants' | 'rules'>
  /** The party that reminds. */
  readonly by: string
  /** The day on which it is written, YYYY-MM-DD. */
  readonly on: string
}

/**
 * A reminder in neutral words: what is outstanding, since when, by which rules, and what follows by them. It is attributed, blames nobody and names no person: parties
 * by their codes, the request by its reference.
 */
export function reminderLetter({ duties, kind }: ReminderDraft, { mechanism, by, on }: LetterFrom): string {
  const [first] = duties
  if (!first) throw new TypeError('a reminder is of something')
  const codes = new Map(mechanism.participants.map(({ party, code }) => [party, code]))
  const name = (party: string) => (codes.has(party) ? `Party ${codes.get(party)}` : party)
  const reference = first.reference ?? first.about
  const towards = by === first.towards ? '' : ` towards ${name(first.towards)}`
  const versions = [...new Set(duties.map(({ rulesVersion }) => rulesVersion))]
  const refers = duties.some(({ reminder }) => reminder.afterThird === 'refer')
  return [
    `Reminder: ${reference}`,
    '',
    `${name(by)} reminds ${name(first.owner)} of what is outstanding${towards} in request ${reference}.`,
    '',
    ...duties.map(
      ({ question, openedOn, due, daysBeyond = 0, reminder }) =>
        `- ${owed[kind]}${question === undefined ? '' : ` on ${question.replaceAll('-', ' ')}`}: owed since ${openedOn.slice(0, 10)}, due on ${due}, outstanding ${count(daysBeyond, 'day')} beyond the agreed period. ${ordinals[reminder.number - 1]} reminder of three, due since ${reminder.since}.`,
    ),
    '',
    ...versions.map((version) => agreedText(version, kind, mechanism.rules, first.reminder.every)),
    refers
      ? 'By these rules a question of which a third reminder is stated is referred to whoever decides referrals.'
      : 'By these rules nothing follows a third reminder.',
    `A reminder moves no date. How each date was counted: tidings why ${reference} --kind ${kind}`,
    '',
    `Written on ${on}.`,
  ].join('\n')
}

const ordinals = ['First', 'Second', 'Third'] as const

const owed: Readonly<Record<Kind, string>> = {
  acknowledge: 'An acknowledgement that the request was received',
  reply: 'A reply',
  review: 'A review of the answer',
  clarify: 'A clarification',
  'decide-extension': 'A decision on the extension that was asked for',
  assess: 'An assessment of the answer',
  'decide-referral': 'A decision on the referral',
}

function agreedText(version: number, kind: Kind, all: MechanismView['rules'], every: number): string {
  const agreed = all.find((one) => one.version === version && one.inForceSince !== undefined)
  const period = agreed?.rules.periods[kind]
  const length = period === undefined ? '' : `, ${count(period.n, unitWords[period.unit])} for this`
  const since = agreed?.inForceSince === undefined ? '' : ` (in force since leaf ${agreed.inForceSince})`
  return `Agreed in version ${version} of the rules${since}${length}, and a reminder every ${count(every, 'day')} past due, three at most.`
}

const unitWords = { 'working-days': 'working day', 'calendar-days': 'calendar day', months: 'month' } as const

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

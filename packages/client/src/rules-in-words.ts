import type { Period, Rules } from '@tidings/statement'

/** One thing that rules agree: what it is about, and what is agreed. */
export type Agreed = readonly [about: string, text: string]

/** How a party is called. */
type NameOf = (party: string) => string

/**
 * Rules in plain words, one line for each thing that can be agreed; what was left out is told by its default.
 *
 * @param nameOf how a party is called; its id unless told
 */
export function rulesInWords(rules: Rules, nameOf: NameOf = (party) => party): Agreed[] {
  return [...withoutCalendars(rules, nameOf), ...calendarsInWords(rules, nameOf, calendarInShort)]
}

/** What differs between two versions, in words: each thing as it was and as it would be, without a side where it is not agreed. */
export interface RulesDifference {
  readonly about: string
  readonly before?: string
  readonly after?: string
}

/**
 * What would change from one version to another. Calendars are told day by day.
 *
 * @param before nothing where no rules are in force
 */
export function rulesDifferences(before: Rules | undefined, after: Rules, nameOf?: NameOf): RulesDifference[] {
  const told = (rules: Rules | undefined, name: NameOf = (party) => party) =>
    new Map(rules && [...withoutCalendars(rules, name), ...calendarsInWords(rules, name, calendarInFull)])
  const [old, next] = [told(before, nameOf), told(after, nameOf)]
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((about) => {
    const [was, is] = [old.get(about), next.get(about)]
    if (was === is) return []
    return [{ about, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }]
  })
}

function withoutCalendars(rules: Rules, nameOf: NameOf): Agreed[] {
  const { count = {}, suspension = {}, clarification = {}, extension = {}, review = {}, referral = {} } = rules
  const periods = Object.entries(rules.periods).map(([kind, period]): Agreed => [`period of ${kind}`, amount(period)])
  const released = Object.entries(rules.release ?? {}).map(
    ([kind, how]): Agreed => [`release of ${kind}`, releases[how]],
  )
  return [
    ['zone', rules.zone],
    ...periods,
    [
      'counting',
      `${count.whose === 'both' ? "by both sides' calendars" : 'by the calendar of whoever owes'}; a last day that does not count ${count.roll === false ? 'stays' : 'moves forward'}; a day ends at ${count.cutoff ?? '24:00'}`,
    ],
    [
      'suspension',
      `by ${(suspension.by ?? ['commission', 'mediator']).map((role) => `any ${role}`).join(' or ')}; meanwhile may be said: ${listed(suspension.allows ?? ['request.withdraw', 'statement.correct', 'statement.retract'])}`,
    ],
    [
      'clarification',
      `${clarification.effect === 'restart' ? 'begins the period anew' : 'pauses the period'}; ${clarification.atMost ?? 2} at most`,
    ],
    [
      'extension',
      `${extension.atMost ?? 1} at most${extension.longest === undefined ? '' : `, each by ${extension.longest} at most`}; ${deciders[extension.decides ?? 'asker']}`,
    ],
    [
      'review',
      `${review.ceiling === undefined ? 'by the date that is stated' : `within ${amount(review.ceiling)} at the latest`}; another not-now after ${review.atMost ?? 3} is referred`,
    ],
    [
      'referral',
      `decided by ${referral.decides === undefined ? 'the mediator' : nameOf(referral.decides)}; an answer that stands ${referral.mayClose ? 'closes the question' : 'leaves the question open'}`,
    ],
    ['reminders', remindersInWords(rules)],
    ...released,
    ...minimumInWords(rules),
    ...(rules.quotas ?? []).map(
      ({ party, perMeeting }): Agreed => [`quota of ${nameOf(party)}`, `${counted(perMeeting, 'matter')} at a meeting`],
    ),
    ['central agency', rules.agencyCopy === false ? 'receives no copies' : 'receives its copies'],
    ['mediator', rules.mediatorContent ? 'may read content' : 'reads no content'],
    ['figures', `seen by ${figures[rules.publication ?? 'parties']}`],
  ]
}

function remindersInWords({ reminders = {} }: Rules): string {
  const after = reminders.then === 'refer' ? 'with the third a question is referred' : 'nothing follows the third'
  return `every ${counted(reminders.every ?? 14, 'day')} past due, three at most; ${after}`
}

/** What requests should tell, by what they are about. Advice: nothing follows from it. */
function minimumInWords({ minimum = [] }: Rules): Agreed[] {
  return minimum.map(({ matter, question, lastContact, fields }) => [
    `a request about ${matterNames[matter]}${question === undefined ? '' : `, ${question}`}${lastContact === undefined ? '' : `, last contact ${lastContact.join(' or ')}`}`,
    `should tell ${fields.join(', ')}`,
  ])
}

type Calendar = NonNullable<Rules['calendars']>[number]

function calendarsInWords({ calendars = [] }: Rules, nameOf: NameOf, told: (calendar: Calendar) => string): Agreed[] {
  return calendars.map((calendar) => [`calendar of ${nameOf(calendar.party)}, ${calendar.year}`, told(calendar)])
}

function calendarInShort({ restDays = [], nonWorking = [], workingInstead = [] }: Calendar): string {
  const worked = workingInstead.length === 0 ? '' : `, ${counted(workingInstead.length, 'day')} worked instead`
  return `rests on ${weekdays(restDays)}; ${counted(nonWorking.length, 'day')} non-working${worked}`
}

function calendarInFull({ restDays = [], nonWorking = [], workingInstead = [] }: Calendar): string {
  const days = nonWorking.map(({ date }) => date).toSorted()
  return `rests on ${weekdays(restDays)}; non-working ${listed(days)}; worked instead ${listed(workingInstead.toSorted())}`
}

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

function weekdays(numbers: readonly number[]): string {
  return listed(numbers.toSorted((a, b) => a - b).map((number) => dayNames[number - 1] ?? ''))
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ')
}

const unitNames = { 'working-days': 'working day', 'calendar-days': 'calendar day', months: 'month' } as const

function amount({ n, unit }: Period): string {
  return counted(n, unitNames[unit])
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

const releases = {
  one: 'by one officer',
  two: 'by another officer than drafted it',
  sealed: "under the party's own key",
} as const

const deciders = {
  asker: 'the asker decides',
  secretariat: 'the mediator decides',
  nobody: 'asking grants',
} as const

const matterNames = {
  case: 'a case',
  'burial-place': 'a burial place',
  records: 'a body of records',
  group: 'a group',
} as const

const figures = {
  parties: 'the parties',
  participants: 'all participants',
  public: 'everybody',
} as const

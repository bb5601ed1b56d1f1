import { type Rules, remindable } from '@tidings/statement'
import { type Duty, mostReminders, pausesOf } from '../duty.ts'
import { latestInForce, stands, suspensionAt } from '../mechanism.ts'
import { dateOfDay, dayOfDate } from './almanac.ts'
import type { Asked, MechanismInTime, Reading, TimeOf } from './clock.ts'
import { earliestDue, epochOf, readingOf, rulesOf } from './clockwork.ts'
import { dateUnder, daysIn } from './local-day.ts'

/** Days from the due date to the first reminder, and from each to the next, where the rules do not say. */
const everyUnlessAgreed = 14

/** A reminder of a duty that is due: drafted by whoever may state it, and by nobody's clock. */
export interface ReminderDue {
  /** Which of the three. */
  readonly number: number
  /** The day since which it is due. */
  readonly since: string
  /** How many days lie between one reminder and the next. */
  readonly every: number
  /** What follows the third by the rules. */
  readonly afterThird: 'nothing' | 'refer'
}

/**
 * The reminder of a duty that is due on a day, if one is: the duty is open beyond the agreed period, and `reminders.every` days have passed since its due date
 * as often as the number of the reminder says. What was missed is not made up for: in each such span of days at most one reminder is due. None is due
 * while the mechanism, or one side's part in it, stands still: nobody could state it.
 *
 * A reminder is counted from its statement on; what was drafted and is not released counts for nothing yet. How often its owner was reminded is asked of the duty as
 * it is handed over. Throws ClockError as `clockOf` does.
 */
export function reminderDue(
  duty: Duty,
  mechanism: MechanismInTime,
  timeOf: TimeOf,
  asked: Asked,
): (ReminderDue & { readonly reading: Reading }) | undefined {
  const { kind, remindedAt } = duty
  const number = nextReminder(duty)
  if (number === undefined || remindersStand(mechanism, duty, asked.atLeaf)) return undefined
  const reading = readingOf(duty, mechanism, timeOf, asked)
  const rules = rulesOf(mechanism, duty)?.rules
  if (reading.state !== 'open-beyond' || reading.due === undefined || !rules) return undefined
  const every = spanUnder(rules)
  const { then: afterThird = 'nothing' } = rules.reminders ?? {}
  const due = dayOfDate(reading.due)
  const spanOf = (day: number) => Math.max(0, Math.floor((day - due) / every))
  const before = remindedAt === undefined ? 0 : spanOf(dayOfDate(dateUnder(rules, timeOf(remindedAt))))
  const since = due + Math.max(number, before + 1) * every
  if (due + (reading.daysBeyond ?? 0) < since) return undefined
  const isReferred = kind === 'reply' || kind === 'review'
  return { number, since: dateOfDay(since), every, afterThird: isReferred ? afterThird : 'nothing', reading }
}

/** Which reminder of an open duty comes next; none after the third, and none of what nobody is reminded of. */
function nextReminder({ kind, reminders = 0 }: Duty): number | undefined {
  return reminders < mostReminders && remindable.some((one) => one === kind) ? reminders + 1 : undefined
}

function spanUnder({ reminders: { every = everyUnlessAgreed } = {} }: Rules): number {
  return every
}

/** Whether nobody may remind of what one side owes the other, by what is known at a leaf: a suspension does not allow it, or one of them has left. */
export function remindersStand(
  mechanism: MechanismInTime,
  sides: Pick<Duty, 'owner' | 'towards'>,
  atLeaf: number,
): boolean {
  const { rules = [], absences = [] } = mechanism
  const next = atLeaf + 1
  const allows = latestInForce(rules, next)?.rules.suspension?.allows
  const isSuspended = suspensionAt(mechanism, next) !== undefined && !allows?.includes('request.remind')
  return (
    isSuspended || absences.some((one) => stands(one, next) && (one.by === sides.owner || one.by === sides.towards))
  )
}

/** What the reminders of an open duty go by: to find those that are due without asking each duty. */
export interface ReminderDates {
  /**
   * Duties of the same mechanism, kind and sides that have this in common have the same dates and the same reminders, whatever becomes of the
   * mechanism. A duty's own changes give it another.
   */
  readonly alike: string
  /** No reminder is due before this day, numbered from 1970-01-01, whatever becomes of the mechanism: that moves dates to later days only. */
  readonly notBefore: number
}

/**
 * What the reminders of an open duty go by, as it is known at a leaf; undefined when no reminder of it will ever be due while it stays as it is.
 * Throws ClockError as `clockOf` does.
 */
export function reminderDates(
  duty: Duty,
  mechanism: MechanismInTime,
  timeOf: TimeOf,
  atLeaf: number,
): ReminderDates | undefined {
  const number = nextReminder(duty)
  const rules = rulesOf(mechanism, duty)?.rules
  const due = number === undefined ? undefined : earliestDue(duty, mechanism, timeOf, atLeaf)
  if (number === undefined || due === undefined || !rules) return undefined
  const { remindedAt } = duty
  const reminded = remindedAt === undefined ? undefined : daysIn(rules.zone, rules.count?.cutoff)(timeOf(remindedAt))
  return {
    alike: JSON.stringify([number, reminded ?? null, ...alike(duty, rules, mechanism, timeOf)]),
    // The next falls on one of the days that lie whole spans after the due date, and after the day of the last.
    notBefore: Math.max(due + number * spanUnder(rules), (reminded ?? -Infinity) + 1),
  }
}

/** Everything of an open duty that its date goes by: leaves count by their days, and where something could be too late also by what was known of the mechanism. */
function alike(duty: Duty, rules: Rules, mechanism: MechanismInTime, timeOf: TimeOf): readonly unknown[] {
  const { openedAt, countsFrom = openedAt, rulesVersion, reviewDate, extensions = [] } = duty
  const dayAt = daysIn(rules.zone, rules.count?.cutoff)
  const dayOf = (leaf: number) => dayAt(timeOf(leaf))
  const pauses = pausesOf(duty)
  const turns = [
    ...extensions.map(({ n, askedAt }) => ({ at: askedAt, by: n, until: null })),
    ...pauses.flatMap(({ since, until, restarts }) =>
      restarts && until !== undefined ? [{ at: since, by: null, until: dayOf(until) }] : [],
    ),
  ].toSorted((one, other) => one.at - other.at)
  return [
    rulesVersion,
    dayOf(countsFrom),
    reviewDate ?? null,
    pauses.map(({ since, until }) => [dayOf(since), until === undefined ? null : dayOf(until)]),
    turns.map(({ at, ...turn }) => [dayOf(at), epochOf(mechanism, timeOf, at), turn.by, turn.until]),
  ]
}

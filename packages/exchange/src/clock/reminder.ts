import { remindable } from '@tidings/statement'
import { type Duty, mostReminders } from '../duty.ts'
import { latestInForce, stands, suspensionAt } from '../mechanism.ts'
import { dateOfDay, dayOfDate } from './almanac.ts'
import type { Asked, MechanismInTime, Reading, TimeOf } from './clock.ts'
import { readingOf, rulesOf } from './clockwork.ts'
import { dateUnder } from './local-day.ts'

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
  const { kind, reminders = 0, remindedAt } = duty
  const number = reminders + 1
  if (number > mostReminders || !remindable.some((one) => one === kind)) return undefined
  if (standsStill(mechanism, duty, asked.atLeaf)) return undefined
  const reading = readingOf(duty, mechanism, timeOf, asked)
  const rules = rulesOf(mechanism, duty)?.rules
  if (reading.state !== 'open-beyond' || reading.due === undefined || !rules) return undefined
  const { every = everyUnlessAgreed, then: afterThird = 'nothing' } = rules.reminders ?? {}
  const due = dayOfDate(reading.due)
  const spanOf = (day: number) => Math.max(0, Math.floor((day - due) / every))
  const before = remindedAt === undefined ? 0 : spanOf(dayOfDate(dateUnder(rules, timeOf(remindedAt))))
  const since = due + Math.max(number, before + 1) * every
  if (due + (reading.daysBeyond ?? 0) < since) return undefined
  const isReferred = kind === 'reply' || kind === 'review'
  return { number, since: dateOfDay(since), every, afterThird: isReferred ? afterThird : 'nothing', reading }
}

/** Whether nobody may remind of a duty, by what is known at a leaf: a suspension does not allow it, or one of its sides has left. */
function standsStill(mechanism: MechanismInTime, duty: Duty, atLeaf: number) {
  const { rules = [], absences = [] } = mechanism
  const next = atLeaf + 1
  const allows = latestInForce(rules, next)?.rules.suspension?.allows
  const isSuspended = suspensionAt(mechanism, next) !== undefined && !allows?.includes('request.remind')
  return isSuspended || absences.some((one) => stands(one, next) && (one.by === duty.owner || one.by === duty.towards))
}

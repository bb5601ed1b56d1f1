export { dayOfDate } from './almanac.ts'
export { type Assumption, assumingTimes, type Calculated, calculate } from './calculate.ts'
export {
  type Asked,
  type Because,
  type Clock,
  ClockError,
  type ClockState,
  clockStates,
  lastDateAsked,
  type MechanismInTime,
  type NoDate,
  noDateReasons,
  type Reading,
  type Step,
  type StepCode,
  stepCodes,
  type TimeOf,
  type VersionInTime,
} from './clock.ts'
export { type Clockwork, clockOf, clockwork, readingOf } from './clockwork.ts'
export { describeStep, type NameOf } from './describe-step.ts'
export { type DayRules, dateUnder } from './local-day.ts'
export { calendar30, urgent14, working2040 } from './presets.ts'
export { type ReminderDates, type ReminderDue, reminderDates, reminderDue, remindersStand } from './reminder.ts'

import type { MechanismThing, RulesVersion } from '../state.ts'

/** Cosigned Unix time in seconds of the first checkpoint that covers a leaf. Falls nowhere as leaves rise. */
export type TimeOf = (leaf: number) => number

/** Of a version of the rules, what clocks go by. */
export type VersionInTime = Pick<RulesVersion, 'version' | 'rules' | 'inForceSince'>

/** Of a mechanism, what clocks go by: its rules through time, and when it or one side's part in it stood still. A `MechanismThing` is one. */
export interface MechanismInTime extends Pick<MechanismThing, 'suspensions' | 'resumed' | 'absences'> {
  readonly rules?: readonly VersionInTime[]
}

/** What a clock is asked: what was known up to a leaf, that leaf included, seen on a day. */
export interface Asked {
  readonly atLeaf: number
  /** `YYYY-MM-DD`; the day of that leaf unless told. */
  readonly on?: string
}

/** The last date that may be assumed or asked about: agreed calendars end with its year. */
export const lastDateAsked = '2200-12-31'

/** Where a duty stands in time. */
export const clockStates = [
  'running',
  /** A clarification is awaited, or the mechanism or one side's part in it stands still. */
  'paused',
  'met',
  /** Met after the agreed period. */
  'met-after',
  /** Open beyond the agreed period. */
  'open-beyond',
  /** Discharged by withdrawal, return or closing. */
  'ended',
  /** Open, and there is no date to show. */
  'no-date',
] as const
/** Where a duty stands in time. */
export type ClockState = (typeof clockStates)[number]

/** Why there is no date. */
export const noDateReasons = [
  /** No rules were in force when the duty opened. */
  'no-rules',
  /** The rules agree no period for this kind of duty. */
  'no-period',
  /** The count enters a year that no calendar covers, or leads beyond 9999-12-31, where dates end. */
  'no-calendar',
] as const
/** Why there is no date. */
export type NoDate = (typeof noDateReasons)[number]

/** What a step of an explanation says; `describeStep` says it in words. */
export const stepCodes = [
  // where the count begins
  'after-cutoff',
  'day-zero',
  'restart',
  'restart-too-late',
  // how long it is
  'period',
  'extension',
  'extension-too-late',
  'stated-date',
  'stated-date-passed',
  'ceiling',
  // the days
  'counted',
  'working-instead',
  'rest-day',
  'non-working',
  'pause',
  'pause-too-late',
  'suspension',
  'absence',
  'later-calendar',
  'rolled',
  // where it leads
  'due',
  'no-rules',
  'no-period',
  'no-calendar',
  'discharged',
] as const
/** What a step of an explanation says. */
export type StepCode = (typeof stepCodes)[number]

/** What a step rests on. Members that do not apply are left out. */
export interface Because {
  /** The statement's place in the record, and where it ended what it began. */
  readonly leaf?: number
  readonly until?: number
  readonly statement?: string
  /** Whose calendars, or who is absent. */
  readonly parties?: readonly string[]
  /** Version of the rules. */
  readonly version?: number
  readonly year?: number
  readonly cutoff?: string
  /** A number of units, for periods and extensions. */
  readonly n?: number
  readonly unit?: 'working-days' | 'calendar-days' | 'months'
}

/**
 * One step of the explanation of a date. `from` and `to` are dates, both inclusive; `to` is left out while it is not known. `days` is how many days the
 * step counts, skips or adds; 0 where it tells a day.
 */
export interface Step {
  readonly step: StepCode
  readonly from?: string
  readonly to?: string
  readonly days: number
  readonly because: Because
}

/** What a clock shows. Dates are `YYYY-MM-DD` in the agreed zone, numbers are calendar days. */
export interface Reading {
  readonly state: ClockState
  /** The day that is not counted; none where no rules were in force. */
  readonly dayZero?: string
  /** None while it cannot be known: paused, or for the reason in `noDate`. */
  readonly due?: string
  readonly noDate?: NoDate
  /** While running: days from the day asked about to the due date; 0 on the due date. */
  readonly daysLeft?: number
  /** Days from the due date to the day asked about, or to the day on which it was met. */
  readonly daysBeyond?: number
}

/** A duty's clock: what it shows and why. */
export interface Clock extends Reading {
  readonly steps: readonly Step[]
}

/** Something was asked of a clock that it cannot answer. */
export class ClockError extends Error {
  override name = 'ClockError'
  readonly code: 'clock/opened-later' | 'clock/unknown-rules' | 'clock/impossible-assumption'

  constructor(code: ClockError['code'], message: string) {
    super(message)
    this.code = code
  }
}

import type { Rules } from '@tidings/statement'
import { dayOfDate, weekdaysOf, yearNamed } from './almanac.ts'
import type { MechanismInTime, VersionInTime } from './clock.ts'

type Calendar = NonNullable<Rules['calendars']>[number]

/** What a party's calendar says of a day. */
export const face = { working: 0, restDay: 1, nonWorking: 2, workingInstead: 3 } as const

/** Whether a day with this face is a working day. */
export function works(of: number): boolean {
  return of === face.working || of === face.workingInstead
}

const faces = new WeakMap<Calendar, Uint8Array>()

/** What a calendar says of each day of its year. `workingInstead` goes before everything, a named non-working day before a day of rest. */
function facesOf(calendar: Calendar): Uint8Array {
  const before = faces.get(calendar)
  if (before) return before
  const { first } = yearNamed(calendar.year)
  const rest = new Set(calendar.restDays)
  const made = weekdaysOf(calendar.year).map((weekday) => (rest.has(weekday) ? face.restDay : face.working))
  for (const { date } of calendar.nonWorking ?? []) made[dayOfDate(date) - first] = face.nonWorking
  for (const date of calendar.workingInstead ?? []) made[dayOfDate(date) - first] = face.workingInstead
  faces.set(calendar, made)
  return made
}

/** What a year looks like for a party, and the version of the rules that says so. */
export interface Covered {
  readonly party: string
  readonly version: number
  readonly faces: Uint8Array
}

/**
 * The rules that speak for the calendars of a duty, as known at a leaf: its own version, then each that came into force later, in that order. The first
 * that covers a party's year fixes it.
 */
export function speaking(mechanism: MechanismInTime, own: VersionInTime, leaf: number): readonly VersionInTime[] {
  const since = own.inForceSince ?? 0
  const later = (mechanism.rules ?? [])
    .filter(({ inForceSince }) => inForceSince !== undefined && inForceSince > since && inForceSince <= leaf)
    .toSorted((one, other) => (one.inForceSince ?? 0) - (other.inForceSince ?? 0))
  return [own, ...later]
}

/** What a year looks like for a party, if any of the versions says so. */
export function coverage(versions: readonly VersionInTime[], party: string, year: number): Covered | undefined {
  for (const { version, rules } of versions) {
    const calendar = rules.calendars?.find((one) => one.party === party && one.year === year)
    if (calendar) return { party, version, faces: facesOf(calendar) }
  }
  return undefined
}

/** A year of the ISO calendar: where it lies among all days. */
export interface Year {
  readonly year: number
  /** Number of 1 January: days since 1970-01-01. */
  readonly first: number
  /** How many days it has. */
  readonly length: number
}

const epoch = Temporal.PlainDate.from('1970-01-01')

/** How many years are kept. Calendars can be agreed for 301 of them; a stated date may lie in any of ten thousand, and must leave nothing behind. */
const mostKept = 400
/** Days of a mean year: finds a year, or the one beside it. */
const meanYear = 365.2425

/** A year of the ISO calendar. */
export const yearNamed = keptByYear((year): Year => {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  return { year, first: epoch.until(first).days, length: first.daysInYear }
})

const datesOf = keptByYear((year) => daysOf(year).map(String))

/** Of each day of a year the day of the week, as ISO 8601 counts them: 1 is Monday, 7 Sunday. */
export function weekdaysOf(year: number): Uint8Array {
  return Uint8Array.from(daysOf(year), (day) => day.dayOfWeek)
}

/** The last day that has a date of four digits: no date after it is shown. */
export const lastDay = dayOfDate('9999-12-31')

/** The year that a day lies in; days are numbered from 1970-01-01, which is 0. */
export function yearOfDay(day: number): Year {
  let year = yearNamed(1970 + Math.floor(day / meanYear))
  while (day >= year.first + year.length) year = yearNamed(year.year + 1)
  while (day < year.first) year = yearNamed(year.year - 1)
  return year
}

/** Number of the day of a date, `YYYY-MM-DD`. */
export function dayOfDate(date: string): number {
  const { year, dayOfYear } = Temporal.PlainDate.from(date)
  return yearNamed(year).first + dayOfYear - 1
}

/** Date of a day, `YYYY-MM-DD`. */
export function dateOfDay(day: number): string {
  const { year, first } = yearOfDay(day)
  const date = datesOf(year)[day - first]
  if (date === undefined) throw new RangeError(`internal error: ${day} is no day`)
  return date
}

/** The day so many months later: the same day number, or the last of its month. */
export function monthsAfter(day: number, months: number): number {
  return dayOfDate(Temporal.PlainDate.from(dateOfDay(day)).add({ months }).toString())
}

function daysOf(year: number): readonly Temporal.PlainDate[] {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  return Array.from({ length: first.daysInYear }, (_, i) => first.add({ days: i }))
}

/** Makes what belongs to a year once, and keeps it until so many others were made. */
function keptByYear<T extends object>(make: (year: number) => T): (year: number) => T {
  const kept = new Map<number, T>()
  return (year) => {
    const before = kept.get(year)
    if (before) return before
    const made = make(year)
    const [oldest] = kept.keys()
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
    kept.set(year, made)
    return made
  }
}

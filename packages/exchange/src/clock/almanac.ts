/** A year as Temporal steps through it: where it lies among all days, and of each of its days the date and the day of the week. */
export interface Year {
  readonly year: number
  /** Number of 1 January: days since 1970-01-01. */
  readonly first: number
  readonly dates: readonly string[]
  /** As ISO 8601 counts them: 1 is Monday, 7 Sunday. */
  readonly weekdays: Uint8Array
}

const epoch = Temporal.PlainDate.from('1970-01-01')
const known = new Map<number, Year>()

/** A year of the ISO calendar, stepped through once and then kept. */
export function yearNamed(year: number): Year {
  const before = known.get(year)
  if (before) return before
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  const days = Array.from({ length: first.daysInYear }, (_, i) => first.add({ days: i }))
  const made = {
    year,
    first: epoch.until(first).days,
    dates: days.map(String),
    weekdays: Uint8Array.from(days, (day) => day.dayOfWeek),
  }
  known.set(year, made)
  return made
}

/** The year that a day lies in; days are numbered from 1970-01-01, which is 0. */
export function yearOfDay(day: number): Year {
  let year = yearNamed(1970 + Math.floor(day / 366))
  while (day >= year.first + year.dates.length) year = yearNamed(year.year + 1)
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
  const year = yearOfDay(day)
  const date = year.dates[day - year.first]
  if (date === undefined) throw new RangeError(`internal error: ${day} is no day`)
  return date
}

/** The day so many months later: the same day number, or the last of its month. */
export function monthsAfter(day: number, months: number): number {
  return dayOfDate(Temporal.PlainDate.from(dateOfDay(day)).add({ months }).toString())
}

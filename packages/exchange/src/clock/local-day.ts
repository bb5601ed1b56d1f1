import { dateOfDay } from './almanac.ts'

/** What of the agreed rules tells days apart. */
export interface DayRules {
  readonly zone: string
  readonly count?: { readonly cutoff?: string }
}

/** Tells the day, numbered from 1970-01-01, on which a moment counts; moments are Unix times in seconds. */
export type DayAt = (seconds: number) => number

const known = new Map<string, DayAt>()

/**
 * Days in a zone of the IANA database, each from its first moment, or from the day before at `cutoff`: what comes at or after the cutoff counts as of the
 * next day. A later moment never counts as of an earlier day, also where clocks are set back across the boundary.
 */
export function daysIn(zone: string, cutoff = '24:00'): DayAt {
  const key = `${zone} ${cutoff}`
  const before = known.get(key)
  if (before) return before

  // Temporal is asked once for each day that anything happens on.
  const starts = new Map<number, number>()
  function startOf(day: number): number {
    const start = starts.get(day) ?? startOfDate(dateOfDay(day), zone, cutoff)
    starts.set(day, start)
    return start
  }
  const made: DayAt = (seconds) => {
    let day = Math.floor(seconds / 86_400)
    while (seconds < startOf(day)) day--
    while (seconds >= startOf(day + 1)) day++
    return day
  }
  known.set(key, made)
  return made
}

/** The first moment, a Unix time in seconds, that counts as of a date. */
export function startOfDate(date: string, zone: string, cutoff = '24:00'): number {
  const day = Temporal.PlainDate.from(date)
  const begins =
    cutoff === '24:00'
      ? day.toZonedDateTime(zone)
      : day.subtract({ days: 1 }).toZonedDateTime({ timeZone: zone, plainTime: cutoff })
  return begins.epochMilliseconds / 1000
}

/** The date, `YYYY-MM-DD`, that a moment counts as under agreed rules; the moment is a Unix time in seconds. */
export function dateUnder({ zone, count }: DayRules, seconds: number): string {
  return dateOfDay(daysIn(zone, count?.cutoff)(seconds))
}

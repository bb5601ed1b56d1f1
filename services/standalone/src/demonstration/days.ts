/** How many days a demonstration tells, up to the day before its first start. */
export const daysTold = 120

/** The zone in which the invented parties agreed that days are days: four hours east of Greenwich, as their region lies, and nobody's by name. */
export const zone = 'Etc/GMT-4'

/** The days of a demonstration: day 0 is the first, day {@link daysTold} the day of the first start. */
export interface Days {
  /** Date of a day. */
  date(day: number): Temporal.PlainDate
  /** Milliseconds since the epoch at so many minutes after nine in the morning of a day. */
  at(day: number, minutes: number): number
}

/** The days before a first start. */
export function daysBefore(firstStart: Date): Days {
  const today = Temporal.Instant.fromEpochMilliseconds(firstStart.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const date = (day: number) => today.add({ days: day - daysTold })
  return {
    date,
    at: (day, minutes) =>
      date(day).toZonedDateTime({ timeZone: zone, plainTime: '09:00' }).add({ minutes }).epochMilliseconds,
  }
}

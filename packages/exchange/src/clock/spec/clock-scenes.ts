import type { Period, Rules } from '@tidings/statement'
import fc from 'fast-check'
import type { Duty, Pause } from '../../duty.ts'
import type { Standstill } from '../../state.ts'
import type { MechanismInTime, TimeOf, VersionInTime } from '../clock.ts'

/** A duty in a mechanism, with all that can happen to its clock, and the time of each leaf. */
export interface ClockScene {
  readonly duty: Duty
  readonly mechanism: MechanismInTime
  readonly times: readonly number[]
  readonly timeOf: TimeOf
}

const leaves = 30
const years: readonly number[] = [2031, 2032, 2033, 2034, 2035, 2036]
const hour = 3600

const zones = ['UTC', 'Asia/Tbilisi', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Australia/Lord_Howe']

const period: fc.Arbitrary<Period> = fc.oneof(
  fc.record({ n: fc.integer({ min: 1, max: 45 }), unit: fc.constantFrom('working-days', 'calendar-days') }),
  fc.record({ n: fc.integer({ min: 1, max: 7 }), unit: fc.constant('months') }),
)

type Calendars = NonNullable<Rules['calendars']>

const datesOf = new Map(
  years.map((year) => {
    const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
    return [year, Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }).toString())]
  }),
)

/** Days of a year, drawn towards month ends and the turn of the year. */
const daysOfYear = (maxLength: number) =>
  fc.array(fc.oneof(fc.nat(364), fc.constantFrom(0, 30, 57, 58, 59, 60, 363, 364)), { maxLength })

/** A party's calendars of all years but some; each year's days lie a little later than those of the year before. */
const calendarsOf = (party: string): fc.Arbitrary<Calendars> =>
  fc
    .record({
      restDays: fc.constantFrom([6, 7], [5, 6], [7], []),
      nonWorking: daysOfYear(12),
      workingInstead: daysOfYear(6),
      missing: fc.subarray([...years, 0, 0, 0, 0], { maxLength: 2 }),
    })
    .map(({ restDays, nonWorking, workingInstead, missing }) =>
      years
        .filter((year) => !missing.includes(year))
        .map((year, i) => {
          const dates = (days: readonly number[]) =>
            [...new Set(days)].flatMap((day) => datesOf.get(year)?.[day + i] ?? [])
          return {
            party,
            year,
            restDays: [...restDays],
            nonWorking: dates(nonWorking).map((date) => ({ date })),
            workingInstead: dates(workingInstead),
          }
        }),
    )

const rules = (version: number): fc.Arbitrary<Rules> =>
  fc
    .record({
      zone: fc.constantFrom(...zones),
      reply: period,
      review: fc.option(period, { freq: 2 }),
      ceiling: fc.option(period, { freq: 2 }),
      calendars: fc.tuple(calendarsOf('A'), calendarsOf('B')).map((both) => both.flat()),
      whose: fc.constantFrom('owner', 'both'),
      roll: fc.boolean(),
      cutoff: fc.constantFrom('24:00', '24:00', '18:00', '02:30', '00:00'),
      effect: fc.constantFrom('pause', 'restart'),
    })
    .map(({ zone, reply, review, ceiling, calendars, whose, roll, cutoff, effect }) => ({
      version,
      zone,
      periods: { reply, ...(review ? { review } : {}) },
      calendars,
      count: { whose, roll, cutoff },
      clarification: { effect },
      ...(ceiling ? { review: { ceiling } } : {}),
    }))

/** Times of leaves, ascending: many close together, some far apart, some at the same moment. */
const times = fc
  .tuple(
    fc.integer({ min: 0, max: 500 * 24 }),
    fc.array(
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 20 * hour }),
        fc.integer({ min: hour, max: 20 * 24 * hour }),
        fc.integer({ min: 5 * 24 * hour, max: 60 * 24 * hour }),
      ),
      { minLength: leaves, maxLength: leaves },
    ),
  )
  .map(([begin, deltas]) => {
    let time = Date.UTC(2031, 0, 10) / 1000 + begin * hour
    return deltas.map((delta) => (time += delta))
  })

const span = (from: number) =>
  fc
    .tuple(fc.integer({ min: from, max: leaves - 1 }), fc.integer({ min: 1, max: 5 }), fc.boolean())
    .map(([since, length, open]) => ({ since, ...(open && length > 3 ? {} : { until: since + length }) }))

const standstills = (by: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<readonly Standstill[]> =>
  fc.array(
    fc.tuple(span(0), by).map(([one, who]) => ({ ...one, by: who, statement: `s${one.since}` })),
    { maxLength },
  )

/** Duties whose clocks anything may have happened to, in mechanisms whose rules may have changed and which may have stood still. */
export const clockScenes: fc.Arbitrary<ClockScene> = fc
  .record({
    times,
    kind: fc.constantFrom('reply', 'reply', 'reply', 'review'),
    versions: fc.tuple(rules(1), rules(2), rules(3)),
    second: fc.option(fc.integer({ min: 3, max: leaves - 1 })),
    third: fc.option(fc.integer({ min: 3, max: leaves - 1 })),
    suspensions: standstills(fc.constantFrom('A', 'B', 'M'), 3),
    absences: standstills(fc.constantFrom('A', 'B', 'C'), 2),
    opened: fc.integer({ min: 1, max: 10 }),
    regains: fc.integer({ min: 0, max: 20 }),
    gaps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
    pauses: fc.integer({ min: 0, max: 3 }),
    restarted: fc.nat(7),
    extensions: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
    discharged: fc.option(fc.integer({ min: 1, max: leaves })),
    how: fc.constantFrom('met', 'met', 'ended'),
    stated: fc.option(fc.oneof(fc.nat(200), fc.integer({ min: -5, max: 5 })), { freq: 3 }),
    owner: fc.constantFrom('A', 'B'),
  })
  .map((drawn): ClockScene => {
    const inForce = [0, drawn.second ?? undefined, drawn.third ?? undefined]
    const versions = drawn.versions.map((one, i): VersionInTime => {
      const since = inForce[i]
      const told = { version: one.version, rules: one }
      return since === undefined ? told : { ...told, inForceSince: since }
    })
    const dischargedAt = drawn.discharged === null ? undefined : drawn.opened + drawn.discharged
    // Statements that touch this clock come one after the other, and none after it was discharged.
    let leaf = drawn.opened
    const next = () => (leaf += drawn.gaps[leaf % 12] ?? 1)
    const before = (one: number | undefined) =>
      one !== undefined && one < leaves && (dischargedAt === undefined || one <= dischargedAt)
    const pauses: Pause[] = []
    const extensions: { n: number; askedAt: number; grantedAt: number }[] = []
    const reply = drawn.kind === 'reply'
    for (let i = 0; reply && i < 3; i++) {
      if (i < drawn.pauses) {
        const [since, until] = [next(), next()]
        // As agreed, some begin the count anew: those that a clarification ended, and not an interim answer.
        const restarts = (drawn.restarted >> i) % 2 === 1 && { restarts: true as const }
        if (before(since)) pauses.push(before(until) ? { since, until, ...restarts } : { since })
      }
      const n = drawn.extensions[i]
      if (n !== undefined) {
        const [askedAt, grantedAt] = [next(), next()]
        if (before(grantedAt)) extensions.push({ n, askedAt, grantedAt })
      }
    }
    const countsFrom = drawn.regains < drawn.opened ? drawn.regains : undefined
    const date = Temporal.Instant.fromEpochMilliseconds((drawn.times[drawn.opened] ?? 0) * 1000)
    const reviewDate =
      !reply && drawn.stated !== null
        ? date.toZonedDateTimeISO('UTC').toPlainDate().add({ days: drawn.stated }).toString()
        : undefined
    const duty: Duty = {
      owner: drawn.owner,
      towards: drawn.owner === 'A' ? 'B' : 'A',
      kind: drawn.kind,
      about: 'r',
      openedAt: drawn.opened,
      openedBy: 'o',
      rulesVersion: 1,
      ...(reviewDate === undefined ? {} : { reviewDate }),
      ...(countsFrom === undefined ? {} : { countsFrom }),
      ...(pauses.length > 0 ? { pauses } : {}),
      ...(extensions.length > 0 ? { extensions } : {}),
      ...(dischargedAt === undefined || dischargedAt >= leaves
        ? {}
        : { dischargedAt, dischargedBy: 'd', how: drawn.how }),
    }
    return {
      duty,
      mechanism: { rules: versions, suspensions: drawn.suspensions, absences: drawn.absences },
      times: drawn.times,
      timeOf: (of) => drawn.times[Math.min(of, leaves - 1)] ?? 0,
    }
  })

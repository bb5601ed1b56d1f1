import type { Period, Rules } from '@tidings/statement'
import { type Duty, pausesOf } from '../duty.ts'
import { dayOfDate, monthsAfter } from './almanac.ts'
import type { NoDate } from './clock.ts'
import type { Arrived, DayMap, Excluded } from './day-map.ts'
import { type Stretch, stretch, union } from './excluded-days.ts'
import type { Covered } from './working-days.ts'

/**
 * Which days a map counts: working days; all days, in years whose calendars are agreed, so that it is known whether the last may move; or all days, where
 * nothing can move it but suspension.
 */
export type MapKind = 'working' | 'calendar' | 'plain'

/** What the duties of a version, of the same sides and at the same state of the mechanism have in common. */
export interface Maps {
  readonly version: number
  /** Whose calendars count. */
  readonly parties: readonly string[]
  /** What excludes days for all of these duties. */
  readonly stretches: readonly Stretch[]
  /** The day that a statement counts as of, and the day on which it was covered in the zone, where the cutoff makes them differ. */
  dayOf(leaf: number): number
  civilDayOf(leaf: number): number
  coverage(party: string, year: number): Covered | undefined
  of(kind: MapKind): DayMap
}

/** What happened to the length of a count or to its beginning, in the order of statements. */
export type Turn =
  | {
      readonly turn: 'extension' | 'extension-too-late'
      readonly n: number
      readonly askedAt: number
      readonly grantedAt: number
    }
  | {
      readonly turn: 'restart' | 'restart-too-late'
      readonly since: number
      readonly until: number
      readonly dayZero: number
    }

/** A due date that something sets: a period, or a date that the owner stated. */
export interface Limit {
  readonly by: 'period' | 'stated-date' | 'stated-date-passed' | 'ceiling'
  /** As agreed, without extensions. */
  readonly period?: Period
  readonly kind: MapKind
  /** How many days of the map lead to it. */
  readonly length: number
  /** For dates that are set by day number: the date without any excluded day. */
  readonly nominal?: number
  readonly arrived: Arrived
}

/** How a duty's date was found. */
export interface Count {
  readonly maps: Maps
  /** Leaf and day of day zero. */
  readonly origin: number
  readonly dayZero: number
  readonly turns: readonly Turn[]
  readonly pauses: readonly Stretch[]
  readonly excluded: Excluded
  /** What was counted; for a review the limit that holds comes first. */
  readonly limits: readonly [Limit, ...Limit[]]
  /** The due date, last day moved. */
  readonly arrived: Arrived
}

/**
 * Counts a duty's period as known at a leaf. Whether something was asked for too late is decided by what was known when it was asked for: calendars that
 * were agreed later put nobody in the wrong.
 */
export function countDuty(
  duty: Duty,
  rules: Rules,
  mapsAt: (leaf: number) => Maps,
  leaf: number,
): Count | { readonly noDate: NoDate; readonly dayZero: number } {
  const maps = mapsAt(leaf)
  if (duty.kind === 'review') return countReview(duty, rules, maps)
  const period = rules.periods[duty.kind]
  const first = firstOrigin(duty)
  if (!period) return { noDate: 'no-period', dayZero: maps.dayOf(first) }

  const pauses = pausesOf(duty).flatMap((one) => stretch('pause', one, { leaf, dayOf: maps.dayOf }))
  const excluded = union(pauses)
  const roll = rules.count?.roll ?? true
  const turns: Turn[] = []
  let origin = first
  let dayZero = maps.dayOf(origin)
  let extended = 0

  function reach(agreed: Period, maps: Maps): { readonly limit: Limit; readonly arrived: Arrived } {
    const limit = limitOf('period', lengthened(agreed, extended), dayZero, maps, excluded, roll)
    return { limit: { ...limit, period: agreed }, arrived: roll ? rolled(limit, maps, excluded) : limit.arrived }
  }
  function isPast(agreed: Period, since: number): boolean {
    const { arrived } = reach(agreed, mapsAt(since))
    return 'day' in arrived && maps.dayOf(since) > arrived.day
  }

  for (const event of eventsOf(duty, leaf)) {
    if ('n' in event) {
      const late = isPast(period, event.askedAt)
      if (!late) extended += event.n
      turns.push({ turn: late ? 'extension-too-late' : 'extension', ...event })
    } else {
      const late = isPast(period, event.since)
      turns.push({ turn: late ? 'restart-too-late' : 'restart', ...event, dayZero })
      if (!late) {
        origin = event.until
        dayZero = maps.dayOf(origin)
      }
    }
  }
  const { limit, arrived } = reach(period, maps)
  return { maps, origin, dayZero, turns, pauses, excluded, limits: [limit], arrived }
}

type Extension = NonNullable<Duty['extensions']>[number]
interface Restart {
  readonly since: number
  readonly until: number
}

/** The leaf that a duty first counted from: its opening, or that of the duty which it regains. */
function firstOrigin({ openedAt, countsFrom = openedAt }: Duty): number {
  return countsFrom
}

/** Extensions granted and restarts known at a leaf, in the order in which they were asked for. */
function eventsOf(duty: Duty, leaf: number): readonly (Extension | Restart)[] {
  const { extensions } = duty
  const pauses = pausesOf(duty)
  if (!extensions && pauses.length === 0) return []
  const granted = (extensions ?? []).filter(({ grantedAt }) => grantedAt <= leaf)
  const restarted = pauses.flatMap(({ since, until, restarts }) =>
    restarts && until !== undefined && until <= leaf ? [{ since, until }] : [],
  )
  const beganAt = (event: Extension | Restart) => ('n' in event ? event.askedAt : event.since)
  return [...granted, ...restarted].toSorted((one, other) => beganAt(one) - beganAt(other))
}

function lengthened({ n, unit }: Period, by: number): Period {
  return { n: n + by, unit }
}

/** Where a period leads from a day zero, its last day not moved. */
function limitOf(
  by: 'period' | 'ceiling',
  period: Period,
  dayZero: number,
  maps: Maps,
  pauses: Excluded,
  roll: boolean,
): Limit {
  const kind = period.unit === 'working-days' ? 'working' : roll ? 'calendar' : 'plain'
  const nominal = period.unit === 'months' ? monthsAfter(dayZero, period.n) : undefined
  const length = nominal === undefined ? period.n : nominal - dayZero
  const arrived = maps.of(kind).nth(dayZero, length, pauses)
  return { by, period, kind, length, arrived, ...(nominal === undefined ? {} : { nominal }) }
}

/** The last day, moved forward to one that is a working day and not excluded. */
function rolled({ kind, arrived }: Limit, maps: Maps, pauses: Excluded): Arrived {
  if (kind === 'working' || !('day' in arrived)) return arrived
  return maps.of('working').nth(arrived.day - 1, 1, pauses)
}

/**
 * A review: due on the earliest of the date that its owner stated, the ceiling, and the period for reviews if the rules have one. Suspension moves each of
 * them; nothing else does, so that no last day moves and no calendar is asked, unless the ceiling is in working days.
 */
function countReview(
  duty: Duty,
  rules: Rules,
  maps: Maps,
): Count | { readonly noDate: NoDate; readonly dayZero: number } {
  const origin = firstOrigin(duty)
  const dayZero = maps.dayOf(origin)
  const limits: Limit[] = []
  if (duty.reviewDate !== undefined) limits.push(statedLimit(dayOfDate(duty.reviewDate), dayZero, maps))
  if (rules.review?.ceiling) limits.push(limitOf('ceiling', rules.review.ceiling, dayZero, maps, [], false))
  if (rules.periods.review) limits.push(limitOf('period', rules.periods.review, dayZero, maps, [], false))
  const [first, ...rest] = limits.toSorted(
    (one, other) => dayOf(one) - dayOf(other) || Number('stop' in other.arrived) - Number('stop' in one.arrived),
  )
  if (!first) return { noDate: 'no-period', dayZero }
  return {
    maps,
    origin,
    dayZero,
    turns: [],
    pauses: [],
    excluded: [],
    limits: [first, ...rest],
    arrived: first.arrived,
  }
}

/** The day of a limit, or the earliest that it could still be: where its count stands or enters an uncovered year. */
function dayOf({ arrived }: Limit): number {
  return 'day' in arrived ? arrived.day : arrived.at
}

function statedLimit(stated: number, dayZero: number, maps: Maps): Limit {
  const by = stated < dayZero ? 'stated-date-passed' : 'stated-date'
  const length = Math.max(0, stated - dayZero)
  const plain = maps.of('plain')
  // A date that is day zero itself, or was before, is day zero, unless that day is excluded.
  const arrived = length === 0 ? plain.nth(dayZero - 1, 1, []) : plain.nth(dayZero, length, [])
  return { by, kind: 'plain', length, nominal: stated, arrived }
}

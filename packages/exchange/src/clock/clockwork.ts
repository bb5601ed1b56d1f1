import type { Duty } from '../duty.ts'
import { suspensionsOf } from '../mechanism.ts'
import { dateOfDay, dayOfDate } from './almanac.ts'
import {
  type Asked,
  type Clock,
  ClockError,
  type MechanismInTime,
  type NoDate,
  type Reading,
  type TimeOf,
  type VersionInTime,
} from './clock.ts'
import { type Count, countDuty, type MapKind, type Maps } from './count-duty.ts'
import { type DayMap, dayMap } from './day-map.ts'
import { type Stretch, stretch, union } from './excluded-days.ts'
import { explain, explainWithoutCount } from './explain.ts'
import { daysIn } from './local-day.ts'
import { coverage, speaking } from './working-days.ts'

/**
 * The clocks of one mechanism as it is in one state. It keeps, per version of the rules, unit, calendars and what was known of the mechanism at a leaf,
 * one map from ordinals of countable days to dates; a duty's clock is a few reads in it. A suspension gives another state of the mechanism, hence another
 * clockwork with another map; no duty changes.
 */
export interface Clockwork {
  /** The clock of a duty with its explanation. Throws ClockError when the duty opened after the leaf, or under rules that the mechanism never had in force. */
  clockOf(duty: Duty, asked: Asked): Clock
  /** What the clock shows, for lists: no explanation is made. Throws as `clockOf` does. */
  readingOf(duty: Duty, asked: Asked): Reading
  /**
   * The earliest day, numbered from 1970-01-01, that a duty can still be due on, by what is known at a leaf: its due date, or where its count cannot
   * go on. Undefined where none is agreed for it. Throws as `clockOf` does.
   */
  earliestDue(duty: Duty, atLeaf: number): number | undefined
  /** How many events of the mechanism that clocks depend on lie at or before a leaf: what was known of it at two leaves with the same number was the same. */
  epochOf(leaf: number): number
}

/** Makes the clocks of a mechanism. Keep it as long as the state of the mechanism: it holds what has been worked out once. */
export function clockwork(mechanism: MechanismInTime, timeOf: TimeOf): Clockwork {
  const events = leavesThatMatter(mechanism)
  const epochs = new Map<string, Maps>()

  /** The maps for a duty's version and sides, as the mechanism was known at a leaf: the same for all leaves between two of its events. */
  function mapsFor(own: VersionInTime, { owner, towards }: Duty, leaf: number): Maps {
    const both = own.rules.count?.whose === 'both'
    const away = (party: string) => (mechanism.absences?.some(({ by }) => by === party) ? party : '')
    const key = `${own.version} ${lowerBound(events, leaf)} ${owner} ${both ? towards : ''} ${away(owner)} ${away(towards)}`
    const before = epochs.get(key)
    if (before) return before
    // By what they are to the duty, not by their names: an explanation is the same for either side.
    const parties = both ? [owner, towards] : [owner]
    const made = makeMaps(mechanism, own, parties, [owner, towards], leaf, timeOf)
    epochs.set(key, made)
    return made
  }

  function countOf(duty: Duty, atLeaf: number): Count | { readonly noDate: NoDate; readonly dayZero?: number } {
    if (duty.openedAt > atLeaf)
      throw new ClockError('clock/opened-later', `the duty opened at leaf ${duty.openedAt}, after leaf ${atLeaf}`)
    // What comes after a duty was discharged moves its date no more.
    const leaf = Math.min(atLeaf, duty.dischargedAt ?? atLeaf)
    const own = rulesOf(mechanism, duty)
    if (!own) return { noDate: 'no-rules' }
    return countDuty(duty, own.rules, (known) => mapsFor(own, duty, known), leaf)
  }

  function read(duty: Duty, asked: Asked, discharged: number | undefined, count: ReturnType<typeof countOf>): Reading {
    if (!('maps' in count)) {
      const { noDate, dayZero } = count
      const state = discharged === undefined ? 'no-date' : duty.how === 'ended' ? 'ended' : 'met'
      return { state, noDate, ...(dayZero === undefined ? {} : { dayZero: dateOfDay(dayZero) }) }
    }
    const { maps, arrived } = count
    const today = asked.on === undefined ? maps.dayOf(asked.atLeaf) : dayOfDate(asked.on)
    const due = 'day' in arrived ? arrived.day : undefined
    return {
      ...standing(duty, due, discharged === undefined ? undefined : maps.dayOf(discharged), today, arrived),
      dayZero: dateOfDay(count.dayZero),
      ...(due === undefined ? {} : { due: dateOfDay(due) }),
      ...('stop' in arrived && arrived.stop === 'no-calendar' ? { noDate: 'no-calendar' as const } : {}),
    }
  }

  return {
    clockOf(duty, asked) {
      const count = countOf(duty, asked.atLeaf)
      const discharged = dischargedBy(duty, asked.atLeaf)
      const steps = 'maps' in count ? explain(duty, count, discharged) : explainWithoutCount(duty, count)
      return { ...read(duty, asked, discharged, count), steps }
    },
    readingOf(duty, asked) {
      return read(duty, asked, dischargedBy(duty, asked.atLeaf), countOf(duty, asked.atLeaf))
    },
    earliestDue(duty, atLeaf) {
      const count = countOf(duty, atLeaf)
      if (!('maps' in count)) return undefined
      return 'day' in count.arrived ? count.arrived.day : count.arrived.at
    },
    epochOf: (leaf) => lowerBound(events, leaf),
  }
}

/** The leaf that discharged a duty, if it was by then. */
function dischargedBy({ dischargedAt }: Duty, leaf: number): number | undefined {
  return dischargedAt !== undefined && dischargedAt <= leaf ? dischargedAt : undefined
}

function standing(
  { how }: Duty,
  due: number | undefined,
  discharged: number | undefined,
  today: number,
  arrived: Count['arrived'],
): Pick<Reading, 'state' | 'daysLeft' | 'daysBeyond'> {
  if (discharged !== undefined) {
    if (how === 'ended') return { state: 'ended' }
    return due === undefined || discharged <= due
      ? { state: 'met' }
      : { state: 'met-after', daysBeyond: discharged - due }
  }
  if (due === undefined) return { state: 'stop' in arrived && arrived.stop === 'standing' ? 'paused' : 'no-date' }
  return today <= due ? { state: 'running', daysLeft: due - today } : { state: 'open-beyond', daysBeyond: today - due }
}

const works = new WeakMap<MechanismInTime, WeakMap<TimeOf, Clockwork>>()

/**
 * The clock of a duty: a pure function of what the fold says, of checkpoint times and of the agreed rules, asked at a leaf and on a day. Throws ClockError when
 * the duty opened after the leaf, or under rules that the mechanism never had in force.
 *
 * What has been worked out for a mechanism's state is kept with that state and with `timeOf`: hand over the same function each time, or hold a
 * `clockwork` of your own.
 */
export function clockOf(duty: Duty, mechanism: MechanismInTime, timeOf: TimeOf, asked: Asked): Clock {
  return keptWork(mechanism, timeOf).clockOf(duty, asked)
}

/** What the clock of a duty shows, without its explanation: for lists. As `clockOf` in all else. */
export function readingOf(duty: Duty, mechanism: MechanismInTime, timeOf: TimeOf, asked: Asked): Reading {
  return keptWork(mechanism, timeOf).readingOf(duty, asked)
}

/** {@link Clockwork.earliestDue} of the clockwork that is kept with a mechanism's state. */
export function earliestDue(
  duty: Duty,
  mechanism: MechanismInTime,
  timeOf: TimeOf,
  atLeaf: number,
): number | undefined {
  return keptWork(mechanism, timeOf).earliestDue(duty, atLeaf)
}

/** {@link Clockwork.epochOf} of the clockwork that is kept with a mechanism's state. */
export function epochOf(mechanism: MechanismInTime, timeOf: TimeOf, leaf: number): number {
  return keptWork(mechanism, timeOf).epochOf(leaf)
}

function keptWork(mechanism: MechanismInTime, timeOf: TimeOf): Clockwork {
  const of = works.get(mechanism) ?? new WeakMap<TimeOf, Clockwork>()
  works.set(mechanism, of)
  const work = of.get(timeOf) ?? clockwork(mechanism, timeOf)
  of.set(timeOf, work)
  return work
}

/** The version of the rules under which a duty opened, once in force. Throws ClockError when it never was. */
export function rulesOf(mechanism: MechanismInTime, duty: Duty): VersionInTime | undefined {
  if (duty.rulesVersion === undefined) return undefined
  const own = mechanism.rules?.find((one) => one.version === duty.rulesVersion && one.inForceSince !== undefined)
  if (!own) throw new ClockError('clock/unknown-rules', `version ${duty.rulesVersion} of the rules was never in force`)
  return own
}

/** The leaves at which something changed that clocks depend on, ascending. */
function leavesThatMatter(mechanism: MechanismInTime): readonly number[] {
  const { rules = [], absences = [] } = mechanism
  return [
    ...rules.map(({ inForceSince }) => inForceSince),
    ...[...suspensionsOf(mechanism), ...absences].flatMap(({ since, until }) => [since, until]),
  ]
    .filter((leaf) => leaf !== undefined)
    .toSorted((one, other) => one - other)
}

/** How many of ascending leaves lie at or before one. */
function lowerBound(leaves: readonly number[], leaf: number): number {
  let low = 0
  let high = leaves.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((leaves[middle] ?? Infinity) <= leaf) low = middle + 1
    else high = middle
  }
  return low
}

function makeMaps(
  mechanism: MechanismInTime,
  own: VersionInTime,
  parties: readonly string[],
  sides: readonly string[],
  leaf: number,
  timeOf: TimeOf,
): Maps {
  const { zone, count } = own.rules
  const dayAt = daysIn(zone, count?.cutoff)
  const civilDayAt = daysIn(zone)
  const dayOf = (of: number) => dayAt(timeOf(of))
  const stretches: readonly Stretch[] = [
    ...suspensionsOf(mechanism).flatMap((one) => stretch('suspension', one, { leaf, dayOf })),
    ...(mechanism.absences ?? [])
      .filter(({ by }) => sides.includes(by))
      .flatMap((one) => stretch('absence', one, { leaf, dayOf })),
  ]
  const excluded = union(stretches)
  const versions = speaking(mechanism, own, leaf)
  const cover = (party: string, year: number) => coverage(versions, party, year)
  const made = new Map<MapKind, DayMap>()
  return {
    version: own.version,
    parties,
    stretches,
    dayOf,
    civilDayOf: (of) => civilDayAt(timeOf(of)),
    coverage: cover,
    of(kind) {
      const before = made.get(kind)
      if (before) return before
      const map = dayMap({
        working: kind === 'working',
        parties: kind === 'plain' ? [] : parties,
        excluded,
        coverage: cover,
      })
      made.set(kind, map)
      return map
    },
  }
}

import type { Rules } from '@tidings/statement'
import type { Duty } from '../../duty.ts'
import type { Clock, MechanismInTime, TimeOf, VersionInTime } from '../clock.ts'

type Answer = Pick<Clock, 'state' | 'due' | 'dayZero' | 'daysLeft' | 'daysBeyond'>
type Found = Temporal.PlainDate | 'standing' | 'no-calendar'

type Stretches = readonly { readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate | undefined }[]

const { compare } = Temporal.PlainDate

/**
 * The same answer as `clockOf`, found by walking from day to day and asking of each, with dates and sets only, whether it counts. Slow, and written from the text
 * of the agreed rules without a look at how `clockOf` does it.
 */
export function naiveClock(
  duty: Duty,
  mechanism: MechanismInTime,
  timeOf: TimeOf,
  { atLeaf, on }: { readonly atLeaf: number; readonly on?: string },
): Answer {
  const version = mechanism.rules?.find((one) => one.version === duty.rulesVersion)
  const discharged = duty.dischargedAt !== undefined && duty.dischargedAt <= atLeaf ? duty.dischargedAt : undefined
  const ending = duty.how === 'ended' ? 'ended' : 'met'
  if (!version) return { state: discharged === undefined ? 'no-date' : ending }
  const walk = new Walk(duty, mechanism, version, timeOf, discharged ?? atLeaf)
  const { dayZero, due } = walk.answer()
  const today = on === undefined ? walk.dayOf(atLeaf) : Temporal.PlainDate.from(on)
  const said = { dayZero: dayZero.toString(), ...(due instanceof Temporal.PlainDate ? { due: due.toString() } : {}) }
  if (discharged !== undefined) {
    if (ending === 'ended' || !(due instanceof Temporal.PlainDate)) return { ...said, state: ending }
    const beyond = due.until(walk.dayOf(discharged)).days
    return beyond > 0 ? { ...said, state: 'met-after', daysBeyond: beyond } : { ...said, state: 'met' }
  }
  if (due === 'standing') return { ...said, state: 'paused' }
  if (!(due instanceof Temporal.PlainDate)) return { ...said, state: 'no-date' }
  const left = today.until(due).days
  return left >= 0
    ? { ...said, state: 'running', daysLeft: left }
    : { ...said, state: 'open-beyond', daysBeyond: -left }
}

class Walk {
  readonly duty: Duty
  readonly mechanism: MechanismInTime
  readonly own: VersionInTime
  readonly rules: Rules
  readonly timeOf: TimeOf
  readonly leaf: number

  constructor(duty: Duty, mechanism: MechanismInTime, own: VersionInTime, timeOf: TimeOf, leaf: number) {
    this.duty = duty
    this.mechanism = mechanism
    this.own = own
    this.rules = own.rules
    this.timeOf = timeOf
    this.leaf = leaf
    this.#known = leaf
  }

  #known: number
  #ofAll: Stretches | undefined
  #ofDuty: Stretches | undefined
  readonly #days = new Map<number, Temporal.PlainDate>()
  readonly #calendars = new Map<string, NonNullable<Rules['calendars']>[number] | undefined>()

  dayOf(leaf: number): Temporal.PlainDate {
    const day = this.#days.get(leaf) ?? this.#dayOf(leaf)
    this.#days.set(leaf, day)
    return day
  }

  #dayOf(leaf: number): Temporal.PlainDate {
    const local = Temporal.Instant.fromEpochMilliseconds(this.timeOf(leaf) * 1000).toZonedDateTimeISO(this.rules.zone)
    const cutoff = this.rules.count?.cutoff ?? '24:00'
    const date = local.toPlainDate()
    if (cutoff === '24:00') return date
    const ends = date.toZonedDateTime({ timeZone: this.rules.zone, plainTime: cutoff })
    return Temporal.ZonedDateTime.compare(local, ends) >= 0 ? date.add({ days: 1 }) : date
  }

  /** First and last day of all that excludes days of this duty; no last day while it has not ended. */
  #stretches(all: readonly { readonly since: number; readonly until?: number }[]) {
    return all
      .filter(({ since }) => since <= this.leaf)
      .map(({ since, until }) => ({
        from: this.dayOf(since),
        to: until === undefined || until > this.leaf ? undefined : this.dayOf(until),
      }))
  }

  #excluded(day: Temporal.PlainDate, pauses: boolean): 'no' | 'yes' | 'open' {
    this.#ofAll ??= this.#stretches([
      ...(this.mechanism.suspensions ?? []),
      ...(this.mechanism.absences ?? []).filter(({ by }) => by === this.duty.owner || by === this.duty.towards),
    ])
    this.#ofDuty ??= this.#stretches(this.duty.pauses ?? [])
    const covers = ({ from, to }: Stretches[number]) =>
      compare(from, day) <= 0 && (to === undefined || compare(day, to) <= 0)
    const around = this.#ofAll.filter(covers).concat(pauses ? this.#ofDuty.filter(covers) : [])
    if (around.length === 0) return 'no'
    return around.some(({ to }) => to === undefined) ? 'open' : 'yes'
  }

  #sides(): readonly string[] {
    return this.rules.count?.whose === 'both' ? [this.duty.owner, this.duty.towards] : [this.duty.owner]
  }

  /** From now on only rules in force by this leaf are known. */
  #knows(leaf: number): void {
    this.#known = leaf
    this.#calendars.clear()
  }

  /** A party's calendar of a year: of the duty's own version, or of the first in force since then that has one. */
  #calendar(party: string, year: number): NonNullable<Rules['calendars']>[number] | undefined {
    const key = `${party} ${year}`
    if (this.#calendars.has(key)) return this.#calendars.get(key)
    const since = this.own.inForceSince ?? 0
    const inForce = (this.mechanism.rules ?? [])
      .filter((one) => one.inForceSince !== undefined && one.inForceSince >= since && one.inForceSince <= this.#known)
      .toSorted((one, other) => (one.inForceSince ?? 0) - (other.inForceSince ?? 0))
    const found = inForce
      .flatMap(({ rules }) => rules.calendars ?? [])
      .find((one) => one.party === party && one.year === year)
    this.#calendars.set(key, found)
    return found
  }

  #working(day: Temporal.PlainDate): boolean {
    const date = day.toString()
    return this.#sides().every((party) => {
      const calendar = this.#calendar(party, day.year)
      if (calendar?.workingInstead?.includes(date)) return true
      if (calendar?.nonWorking?.some((one) => one.date === date)) return false
      return !calendar?.restDays?.includes(day.dayOfWeek)
    })
  }

  #covered(day: Temporal.PlainDate): boolean {
    return this.#sides().every((party) => this.#calendar(party, day.year) !== undefined)
  }

  /** The nth day after a day that is not excluded and, if wanted, is a working day. */
  #nth(dayZero: Temporal.PlainDate, n: number, how: { working: boolean; calendars: boolean; pauses: boolean }): Found {
    let day = dayZero
    for (let counted = 0; counted < n; ) {
      day = day.add({ days: 1 })
      const excluded = this.#excluded(day, how.pauses)
      if (excluded === 'open') return 'standing'
      if (excluded === 'yes') continue
      if (how.calendars && !this.#covered(day)) return 'no-calendar'
      if (how.working && !this.#working(day)) continue
      counted++
    }
    return day
  }

  #period(dayZero: Temporal.PlainDate, n: number, unit: string, review: boolean): Found {
    const roll = !review && (this.rules.count?.roll ?? true)
    const working = unit === 'working-days'
    const days = unit === 'months' ? dayZero.until(dayZero.add({ months: n })).days : n
    const last = this.#nth(dayZero, days, { working, calendars: working || roll, pauses: !review })
    if (!roll || !(last instanceof Temporal.PlainDate)) return last
    return this.#nth(last.subtract({ days: 1 }), 1, { working: true, calendars: true, pauses: !review })
  }

  answer(): { readonly dayZero: Temporal.PlainDate; readonly due: Found | 'no-period' } {
    const { duty, rules } = this
    let origin = duty.countsFrom ?? duty.openedAt
    if (duty.kind === 'review') return { dayZero: this.dayOf(origin), due: this.#review(this.dayOf(origin)) }
    const period = rules.periods[duty.kind]
    if (!period) return { dayZero: this.dayOf(origin), due: 'no-period' }

    let n = period.n
    const isLate = (leaf: number) => {
      // By the calendars that were agreed when it was asked for.
      this.#knows(leaf)
      const due = this.#period(this.dayOf(origin), n, period.unit, false)
      this.#knows(this.leaf)
      return due instanceof Temporal.PlainDate && compare(this.dayOf(leaf), due) > 0
    }
    for (let leaf = 0; leaf <= this.leaf; leaf++) {
      const extension = duty.extensions?.find(({ askedAt }) => askedAt === leaf)
      if (extension && extension.grantedAt <= this.leaf && !isLate(leaf)) n += extension.n
      const pause = duty.pauses?.find(({ since }) => since === leaf)
      const clarified = pause?.until
      if (pause?.restarts && clarified !== undefined && clarified <= this.leaf && !isLate(leaf)) origin = clarified
    }
    return { dayZero: this.dayOf(origin), due: this.#period(this.dayOf(origin), n, period.unit, false) }
  }

  #review(dayZero: Temporal.PlainDate): Found | 'no-period' {
    const { reviewDate } = this.duty
    const limits: Found[] = []
    if (reviewDate !== undefined) {
      const away = Math.max(0, dayZero.until(reviewDate).days)
      const [from, n] = away === 0 ? [dayZero.subtract({ days: 1 }), 1] : [dayZero, away]
      limits.push(this.#nth(from, n, { working: false, calendars: false, pauses: false }))
    }
    for (const period of [this.rules.review?.ceiling, this.rules.periods.review])
      if (period) limits.push(this.#period(dayZero, period.n, period.unit, true))
    if (limits.length === 0) return 'no-period'
    const [first] = limits.filter((one) => one instanceof Temporal.PlainDate).toSorted(compare)
    const unknown = limits.filter((one) => !(one instanceof Temporal.PlainDate))
    if (unknown.length === 0 && first) return first
    // A limit whose count cannot be finished is later than every day that it has counted: is the known one among those?
    for (let day = dayZero; first && compare(day, first) <= 0; day = day.add({ days: 1 })) {
      const stands = compare(day, dayZero) > 0 && this.#excluded(day, false) === 'open'
      const blank =
        compare(day, dayZero) > 0 &&
        unknown.includes('no-calendar') &&
        this.#excluded(day, false) === 'no' &&
        !this.#covered(day)
      if (stands || blank) return stands ? 'standing' : 'no-calendar'
    }
    return first ?? (new Set(unknown).size === 1 ? (unknown[0] ?? 'no-period') : this.#firstStop(dayZero))
  }

  #firstStop(dayZero: Temporal.PlainDate): Found {
    for (let day = dayZero.add({ days: 1 }); ; day = day.add({ days: 1 })) {
      const excluded = this.#excluded(day, false)
      if (excluded === 'open') return 'standing'
      if (excluded === 'no' && !this.#covered(day)) return 'no-calendar'
    }
  }
}

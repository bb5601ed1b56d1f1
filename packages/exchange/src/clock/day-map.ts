import { lastDay, yearNamed, yearOfDay } from './almanac.ts'
import { type Covered, works } from './working-days.ts'

/** Ascending days, each stretch inclusive, none touching the next; the last may be without end. */
export type Excluded = readonly (readonly [from: number, to: number])[]

/** Where a count arrived: at a day, or at the day on which it could not go on, and why. */
export type Arrived =
  | { readonly day: number }
  | { readonly stop: 'standing'; readonly at: number }
  /** Without a party where there is no calendar at all: after the last day that has a date. */
  | { readonly stop: 'no-calendar'; readonly at: number; readonly party?: string; readonly year: number }

/** A year of the map. */
interface Block {
  readonly first: number
  readonly length: number
  /** How many countable days lie before each day of the year, and in the whole year at the end. */
  readonly before: Uint16Array
  /** The countable days, as days of the year. */
  readonly days: Uint16Array
  /** A party whose calendar of this year is wanted and missing: then no day of the year is countable. */
  readonly uncovered?: string
}

/** What makes a day countable. */
export interface MapOf {
  /** Whether only working days count. */
  readonly working: boolean
  /** Parties whose calendars must cover a year before anything is counted in it. */
  readonly parties: readonly string[]
  readonly excluded: Excluded
  coverage(party: string, year: number): Covered | undefined
}

/**
 * The map from ordinals of countable days to dates, built by the year when a count first enters it. Whatever stops the whole mechanism is in here and
 * nowhere else: a suspension makes another map, and leaves every duty as it is.
 */
export interface DayMap {
  /** The nth countable day after a day, leaving out further excluded days: those of the duty's own pauses. */
  nth(after: number, n: number, pauses: Excluded): Arrived
}

/** Makes the map for one version of the rules, unit and choice of calendars. */
export function dayMap(of: MapOf): DayMap {
  const blocks = new Map<number, Block>()
  const last = of.excluded.at(-1)
  const standsFrom = last?.[1] === Infinity ? last[0] : Infinity

  function blockOf(year: number): Block {
    const before = blocks.get(year)
    if (before) return before
    const made = build(year, of)
    blocks.set(year, made)
    return made
  }

  /** Counts up to n days in (after, through]: the nth, or how many are still wanted. */
  const within = of.parties.length === 0 ? withinAny : withinYears

  /** No year is a hole in it: only what is excluded is stepped over, however far the days lie. */
  function withinAny(after: number, through: number, n: number): Arrived | number {
    let wanted = n
    let from = after + 1
    for (let next = firstEnding(from); from <= through; next++) {
      const [begin, end] = of.excluded[next] ?? [Infinity, Infinity]
      const here = Math.max(0, Math.min(begin - 1, through) - from + 1)
      if (here >= wanted) return { day: from + wanted - 1 }
      wanted -= here
      if (begin > through) break
      if (end === Infinity) return { stop: 'standing', at: begin }
      from = Math.max(from, end + 1)
    }
    return wanted
  }

  function withinYears(after: number, through: number, n: number): Arrived | number {
    let wanted = n
    let from = after + 1
    while (from <= through) {
      if (from >= standsFrom) return { stop: 'standing', at: standsFrom }
      const [begin = Infinity, end = Infinity] = of.excluded[firstEnding(from)] ?? []
      if (begin <= from) {
        // Years that are excluded as a whole are not entered.
        from = end + 1
        continue
      }
      const { year } = yearOfDay(from)
      const block = blockOf(year)
      const passed = block.before[from - block.first] ?? 0
      const until = Math.min(through - block.first + 1, block.length)
      if (block.uncovered !== undefined) {
        const unknown = firstUnknown(block, from)
        if (unknown !== undefined && unknown < block.first + until)
          return { stop: 'no-calendar', at: unknown, party: block.uncovered, year }
      }
      const here = (block.before[until] ?? 0) - passed
      if (here >= wanted) return { day: block.first + (block.days[passed + wanted - 1] ?? 0) }
      wanted -= here
      from = block.first + block.length
    }
    return wanted
  }

  /** Which of the excluded stretches is the first that has not ended before a day. */
  function firstEnding(day: number): number {
    let low = 0
    let high = of.excluded.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((of.excluded[middle]?.[1] ?? Infinity) < day) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The first day at or after a day, in a year that is not covered, that is not excluded anyway. */
  function firstUnknown(block: Block, from: number): number | undefined {
    let day = Math.max(from, block.first)
    for (const [begin, end] of of.excluded) if (begin <= day && day <= end) day = end + 1
    return day < block.first + block.length ? day : undefined
  }

  function nth(after: number, n: number, pauses: Excluded): Arrived {
    let wanted = n
    let cursor = after
    for (const [from, to] of pauses) {
      if (to <= cursor) continue
      const found = within(cursor, from - 1, wanted)
      if (typeof found === 'object') return found
      if (to === Infinity) return { stop: 'standing', at: Math.max(from, cursor + 1) }
      wanted = found
      cursor = to
    }
    const found = within(cursor, Infinity, wanted)
    if (typeof found === 'number') throw new RangeError('internal error: a count without end has ended')
    return found
  }

  return {
    nth(after, n, pauses) {
      const found = nth(after, n, pauses)
      const reached = 'day' in found ? found.day : found.at
      return reached > lastDay ? { stop: 'no-calendar', at: lastDay, year: yearOfDay(lastDay + 1).year } : found
    },
  }
}

function build(year: number, { working, parties, excluded, coverage }: MapOf): Block {
  const { first, length } = yearNamed(year)
  const covered = parties.map((party) => coverage(party, year))
  const missing = covered.indexOf(undefined)
  const uncovered = parties[missing]

  const countable = new Uint8Array(length).fill(uncovered === undefined ? 1 : 0)
  if (working)
    for (const one of covered) if (one) for (let i = 0; i < length; i++) if (!works(one.faces[i] ?? 0)) countable[i] = 0
  for (const [from, to] of excluded) {
    const begin = Math.min(Math.max(from - first, 0), length)
    countable.fill(0, begin, Math.min(Math.max(to - first + 1, begin), length))
  }

  const before = new Uint16Array(length + 1)
  for (let i = 0; i < length; i++) before[i + 1] = (before[i] ?? 0) + (countable[i] ?? 0)
  const days = new Uint16Array(before[length] ?? 0)
  for (let i = 0; i < length; i++) if (countable[i]) days[before[i] ?? 0] = i
  return { first, length, before, days, ...(uncovered === undefined ? {} : { uncovered }) }
}

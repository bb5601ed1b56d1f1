import type { Participant } from '@tidings/exchange'
import { type Act, type Cast, type Side, thingId } from './act.ts'
import { isWorkingDay } from './calendars.ts'
import { type Days, daysTold } from './days.ts'

/** How large a world is told. */
export interface Size {
  readonly cases: Readonly<Record<Side, number>>
  /** Requests of each state of life, as a part of what a first visitor finds; at least one of each. */
  readonly part: number
}

/** What a first visitor finds. */
export const fullSize: Size = { cases: { A: 4200, B: 1300 }, part: 1 }

/** An act on a day of the demonstration. */
export interface Dated {
  readonly day: number
  readonly act: Act
  /** Where in its day: what others rest on comes first, what is counted in order comes last. */
  readonly when: 'first' | 'then' | 'meanwhile' | 'in-order'
}

/** What every act of a demonstration stands on. */
export interface World {
  readonly cast: Cast
  readonly days: Days
  readonly size: Size
  /** Year of the first start: events lie so many years before it. */
  readonly year: number
  readonly mechanism: string
  readonly participants: readonly Participant[]
  /** Days on which the mechanism is suspended and resumed. */
  readonly standstill: { readonly from: number; readonly until: number }
  /** Whether both sides work on a day, and the mechanism does not stand still. */
  isActive(day: number): boolean
  /** The day, or the next on which both sides work and the mechanism does not stand still. */
  next(day: number): number
  /** The day, or the last before it of that kind. */
  last(day: number): number
  /** Date of the day that lies so many days after another. */
  later(day: number, by: number): string
  /** Id of the i-th thing of a side. */
  thing(side: Side, name: 'case' | 'site' | 'list' | 'request', i: number): string
}

export const sides = ['A', 'B'] as const

export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** A world in which these parties play, told up to the first start that the days know of. */
export function worldOf(cast: Cast, days: Days, size: Size): World {
  const works = upTo(daysTold).map((day) => isWorkingDay(days.date(day)))
  const working = (day: number) => works.indexOf(true, day)
  const from = working(58)
  const until = working(from + 8)
  const isActive = (day: number) => works[day] === true && (day < from || day > until)
  return {
    cast,
    days,
    size,
    year: days.date(daysTold).year,
    mechanism: thingId('mechanism', days.at(0, 0)),
    participants: [
      { party: cast.A, role: 'commission', code: 'A' },
      { party: cast.B, role: 'commission', code: 'B' },
      { party: cast.M, role: 'mediator', code: 'M' },
    ],
    standstill: { from, until },
    isActive,
    next(day) {
      let at = day
      while (at < daysTold && !isActive(at)) at++
      if (at >= daysTold) throw new TypeError('internal error: something is told beyond the day before the first start')
      return at
    },
    last(day) {
      let at = day
      while (at >= 0 && !isActive(at)) at--
      if (at < 0) throw new TypeError('internal error: something is told before the first day')
      return at
    },
    later: (day, by) => days.date(day + by).toString(),
    thing: (side, name, i) => thingId(`${side} ${name} ${i}`, days.at(0, i)),
  }
}

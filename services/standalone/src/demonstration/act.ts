import type { Unsigned } from '@tidings/client'
import { type Statement, sha256, utf8 } from '@tidings/statement'
import { v7 } from 'uuid'

/** Who speaks in a demonstration: two commissions and the mediator. */
export type Voice = 'A' | 'B' | 'M'

/** The side that asks, or that has something to tell. */
export type Side = 'A' | 'B'

/** The other side: both do alike. */
export const otherSide = { A: 'B', B: 'A' } as const

/** Party ids by who speaks. */
export type Cast = Readonly<Record<Voice, string>>

/** What was stated before, by the keys of acts. */
export interface Told {
  /** Identity of the statement. */
  id(key: string): string
  statement(key: string): Statement
}

/** A statement of a demonstration. */
export interface Act {
  /** Says what it is, and which: stated once under it, however often the demonstration is begun. */
  readonly key: string
  readonly by: Voice
  /** Under an officer's draft key: held until it is released. */
  readonly drafted?: true
  make(told: Told): Unsigned
}

/** Acts that need not wait for each other, on a day. */
export interface Round {
  /** Milliseconds since the epoch: by the clock of the log, and of the authors. */
  readonly at: number
  readonly acts: readonly Act[]
  /** Each party's acts are recorded in this order: references count them. */
  readonly inOrder?: boolean
}

/** The id of an invented thing, made at a time: the same in every demonstration of that day. */
export function thingId(name: string, at: number): string {
  return v7({ msecs: at, random: sha256(utf8(`tidings demonstration/thing/${name}`)).slice(0, 16) })
}

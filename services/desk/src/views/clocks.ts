import type { ClockView, DutyInTime } from '@tidings/client/contract'
import {
  type Asked,
  type Clock,
  clockOf,
  type Duty,
  describeStep,
  rulesOfVersion,
  type TimeOf,
} from '@tidings/exchange'
import type { Present } from '../projection/present.ts'

/**
 * The clocks of duties. Nothing of them is stored: what is worked out for one state of a mechanism (its calendars and standstills as maps from ordinals to dates)
 * is kept as long as that state, and each duty reads in it. A suspension makes another state, hence another map, and rewrites no duty.
 */
export interface Clocks {
  /** Where a duty stands today, without the explanation. */
  standing(duty: Duty, mechanism: string): Pick<DutyInTime, 'state' | 'due' | 'noDate' | 'daysLeft' | 'daysBeyond'>
  /**
   * A duty's clock as it was known at a leaf and is seen on a day. Without either it is asked today, as everything is known; without a day only, on the day
   * of that leaf.
   *
   * @throws {ClockError} the duty opened after that leaf
   */
  clock(duty: Duty, mechanism: string, asked: Partial<Asked>): ClockView
}

/** What clocks go by. */
export interface ClocksOptions {
  readonly present: Present
  /** How many leaves the views know. */
  readonly size: () => number
  /** Unix time, in seconds, of the first checkpoint that covers a leaf. */
  readonly secondsOf: TimeOf
  /** Time of day in milliseconds: what today is. */
  readonly now: () => number
}

/** Opens the clocks of a desk. */
export function openClocks({ present, size, secondsOf, now }: ClocksOptions): Clocks {
  function mechanismOf(id: string) {
    const mechanism = present.mechanism(id)
    if (!mechanism) throw new TypeError('internal error: a duty stands in a mechanism that is not known')
    return mechanism
  }

  /** The day that a moment counts as in the zone of a duty's rules; none where no rules apply. Never earlier than what is recorded. */
  function dayAt(duty: Duty, mechanism: string, milliseconds: number): string | undefined {
    if (duty.rulesVersion === undefined) return undefined
    const agreed = rulesOfVersion(mechanismOf(mechanism), duty.rulesVersion)?.rules
    if (!agreed) return undefined
    const moment = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(agreed.zone)
    const cutoff = agreed.count?.cutoff ?? '24:00'
    const isLate = cutoff !== '24:00' && Temporal.PlainTime.compare(moment.toPlainTime(), cutoff) >= 0
    return moment
      .toPlainDate()
      .add({ days: isLate ? 1 : 0 })
      .toString()
  }

  /** What is asked: everything that is known, today, unless told. */
  function askedOf(duty: Duty, mechanism: string, asked: Partial<Asked>): Asked {
    const last = size() - 1
    const { atLeaf = last } = asked
    const clock = asked.atLeaf === undefined ? Math.max(now(), secondsOf(last) * 1000) : secondsOf(atLeaf) * 1000
    const on = asked.on ?? dayAt(duty, mechanism, clock)
    return { atLeaf, ...(on !== undefined && { on }) }
  }

  const ask = (duty: Duty, mechanism: string, asked: Asked) => clockOf(duty, mechanismOf(mechanism), secondsOf, asked)

  return {
    standing(duty, mechanism) {
      return standingOf(ask(duty, mechanism, askedOf(duty, mechanism, {})))
    },
    clock(duty, mechanism, partly) {
      const asked = askedOf(duty, mechanism, partly)
      const clock = ask(duty, mechanism, asked)
      const codes = codesOf(mechanism)
      return {
        ...standingOf(clock),
        ...(clock.dayZero !== undefined && { dayZero: clock.dayZero }),
        ...asked,
        ...(duty.rulesVersion !== undefined && { rulesVersion: duty.rulesVersion }),
        steps: clock.steps.map((step) => {
          const { parties, ...because } = step.because
          return {
            ...step,
            because: { ...because, ...(parties && { parties: [...parties] }) },
            text: describeStep(step, (party) => (codes.has(party) ? `Party ${codes.get(party)}` : party)),
          }
        }),
      }
    },
  }

  /** Codes by party, as the latest proposal that names it gives them. */
  function codesOf(mechanism: string): ReadonlyMap<string, string> {
    return new Map(
      mechanismOf(mechanism).proposals.flatMap(({ participants }) =>
        participants.map(({ party, code }) => [party, code] as const),
      ),
    )
  }
}

function standingOf({ state, due, noDate, daysLeft, daysBeyond }: Clock): ReturnType<Clocks['standing']> {
  return {
    state,
    ...(due !== undefined && { due }),
    ...(noDate !== undefined && { noDate }),
    ...(daysLeft !== undefined && { daysLeft }),
    ...(daysBeyond !== undefined && { daysBeyond }),
  }
}

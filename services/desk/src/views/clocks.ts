import type { CalculationView, ClockView, DutyInTime, ReminderView } from '@tidings/client/contract'
import {
  type Asked,
  type Assumption,
  type Clock,
  calculate,
  clockOf,
  type Duty,
  dateUnder,
  describeStep,
  type Reading,
  readingOf,
  reminderDue,
  remindersStand,
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
  /** The due date alone, as everything is known. */
  due(duty: Duty, mechanism: string): string | undefined
  /** The reminder of a duty that is due on a day, today unless told, with where the duty stands then. */
  reminder(
    duty: Duty,
    mechanism: string,
    on?: string,
  ): (ReturnType<Clocks['standing']> & Pick<ReminderView, 'reminder'>) | undefined
  /** Whether nobody may remind of what one side owes the other just now: the mechanism, or one side's part in it, stands still. */
  remindersStand(sides: Pick<Duty, 'owner' | 'towards'>, mechanism: string): boolean
  /**
   * What would become of a duty's dates, seen today: nothing is stated by it.
   *
   * @throws {ClockError} the assumption ends before it begins, or begins before what is recorded
   */
  calculate(duty: Duty, mechanism: string, assumption: Assumption): CalculationView
  /** Today where a duty's rules say what a day is, else in UTC. */
  today(duty: Duty, mechanism: string): string
  /** Which days today is, under any rules of these mechanisms: while none of them changes, no reading changes by itself. */
  days(mechanisms: readonly string[]): readonly string[]
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

  /** The day that a moment, in Unix seconds, counts as under a duty's rules; none where no rules apply. */
  function dayAt(duty: Duty, mechanism: string, seconds: number): string | undefined {
    if (duty.rulesVersion === undefined) return undefined
    const agreed = rulesOfVersion(mechanismOf(mechanism), duty.rulesVersion)?.rules
    return agreed && dateUnder(agreed, seconds)
  }

  /** What is asked: everything that is known, today, unless told. Today is never earlier than what is recorded. */
  function askedOf(duty: Duty, mechanism: string, asked: Partial<Asked>): Asked {
    const last = size() - 1
    const { atLeaf = last } = asked
    const seconds = asked.atLeaf === undefined ? Math.max(now() / 1000, secondsOf(last)) : secondsOf(atLeaf)
    const on = asked.on ?? dayAt(duty, mechanism, seconds)
    return { atLeaf, ...(on !== undefined && { on }) }
  }

  const read = (duty: Duty, mechanism: string, asked: Asked) =>
    readingOf(duty, mechanismOf(mechanism), secondsOf, asked)

  function shown(clock: Clock, { rulesVersion }: Duty, mechanism: string, asked: Asked): ClockView {
    const codes = codesOf(mechanism)
    const words = {
      nameOf: (party: string) => (codes.has(party) ? `Party ${codes.get(party)}` : party),
      lastLeaf: asked.atLeaf,
    }
    return {
      ...standingOf(clock),
      ...(clock.dayZero !== undefined && { dayZero: clock.dayZero }),
      ...asked,
      ...(rulesVersion !== undefined && { rulesVersion }),
      steps: clock.steps.map((step) => {
        const { parties, statement, ...because } = step.because
        // What lies beyond what is known is assumed: no statement says it, and nobody.
        const isStated = (because.leaf ?? 0) <= asked.atLeaf
        return {
          ...step,
          because: {
            ...because,
            ...(isStated && statement !== undefined && { statement }),
            ...(isStated && parties && { parties: [...parties] }),
          },
          text: describeStep(step, words),
        }
      }),
    }
  }

  return {
    standing(duty, mechanism) {
      return standingOf(read(duty, mechanism, askedOf(duty, mechanism, {})))
    },
    clock(duty, mechanism, partly) {
      const asked = askedOf(duty, mechanism, partly)
      return shown(clockOf(duty, mechanismOf(mechanism), secondsOf, asked), duty, mechanism, asked)
    },
    reminder(duty, mechanism, on) {
      const asked = askedOf(duty, mechanism, on === undefined ? {} : { on })
      const found = reminderDue(duty, mechanismOf(mechanism), secondsOf, asked)
      if (!found) return undefined
      const { reading, ...reminder } = found
      return { ...standingOf(reading), reminder }
    },
    remindersStand: (sides, mechanism) => remindersStand(mechanismOf(mechanism), sides, size() - 1),
    due: (duty, mechanism) => read(duty, mechanism, { atLeaf: size() - 1 }).due,
    calculate(duty, mechanism, assumption) {
      const asked = askedOf(duty, mechanism, {})
      const { now, would, movedBy } = calculate(duty, mechanismOf(mechanism), secondsOf, asked, assumption)
      return {
        now: shown(now, duty, mechanism, asked),
        would: shown(would, duty, mechanism, asked),
        ...(movedBy !== undefined && { movedBy }),
      }
    },
    days(mechanisms) {
      if (mechanisms.length === 0) return []
      const seconds = Math.max(now() / 1000, secondsOf(size() - 1))
      const agreed = mechanisms.flatMap((id) => present.mechanism(id)?.rules ?? [])
      return [...new Set(agreed.map(({ rules }) => dateUnder(rules, seconds)))].sort()
    },
    today: (duty, mechanism) => askedOf(duty, mechanism, {}).on ?? new Date(now()).toISOString().slice(0, 10),
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

function standingOf({ state, due, noDate, daysLeft, daysBeyond }: Reading): ReturnType<Clocks['standing']> {
  return {
    state,
    ...(due !== undefined && { due }),
    ...(noDate !== undefined && { noDate }),
    ...(daysLeft !== undefined && { daysLeft }),
    ...(daysBeyond !== undefined && { daysBeyond }),
  }
}

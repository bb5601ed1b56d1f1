import type { CalculationView, ClockView, DutyInTime } from '@tidings/client/contract'
import {
  type Asked,
  type Assumption,
  type Clock,
  type Clockwork,
  calculate,
  clockwork,
  type Duty,
  describeStep,
  type MechanismThing,
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
  /**
   * What would become of a duty's dates, seen today: nothing is stated by it.
   *
   * @throws {ClockError} the assumption ends before it begins, or begins before what is recorded
   */
  calculate(duty: Duty, mechanism: string, assumption: Assumption): CalculationView
  /** Today where a duty's rules say what a day is, else in UTC. */
  today(duty: Duty, mechanism: string): string
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
  const works = new WeakMap<MechanismThing, Clockwork>()

  function workOf(mechanism: MechanismThing): Clockwork {
    const work = works.get(mechanism) ?? clockwork(mechanism, secondsOf)
    works.set(mechanism, work)
    return work
  }

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

  const ask = (duty: Duty, mechanism: string, asked: Asked) => workOf(mechanismOf(mechanism)).clockOf(duty, asked)

  function shown(clock: Clock, { rulesVersion }: Duty, mechanism: string, asked: Asked): ClockView {
    const codes = codesOf(mechanism)
    return {
      ...standingOf(clock),
      ...(clock.dayZero !== undefined && { dayZero: clock.dayZero }),
      ...asked,
      ...(rulesVersion !== undefined && { rulesVersion }),
      steps: clock.steps.map((step) => {
        const { parties, statement, ...because } = step.because
        // What lies beyond what is known is assumed: no statement says it.
        const isStated = statement !== undefined && (because.leaf ?? 0) <= asked.atLeaf
        return {
          ...step,
          because: { ...because, ...(isStated && { statement }), ...(parties && { parties: [...parties] }) },
          text: describeStep(step, (party) => (codes.has(party) ? `Party ${codes.get(party)}` : party)),
        }
      }),
    }
  }

  return {
    standing(duty, mechanism) {
      return standingOf(ask(duty, mechanism, askedOf(duty, mechanism, {})))
    },
    clock(duty, mechanism, partly) {
      const asked = askedOf(duty, mechanism, partly)
      return shown(ask(duty, mechanism, asked), duty, mechanism, asked)
    },
    due: (duty, mechanism) => ask(duty, mechanism, { atLeaf: size() - 1 }).due,
    calculate(duty, mechanism, assumption) {
      const asked = askedOf(duty, mechanism, {})
      const { now, would, movedBy } = calculate(duty, mechanismOf(mechanism), secondsOf, asked, assumption)
      return {
        now: shown(now, duty, mechanism, asked),
        would: shown(would, duty, mechanism, asked),
        ...(movedBy !== undefined && { movedBy }),
      }
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

function standingOf({ state, due, noDate, daysLeft, daysBeyond }: Clock): ReturnType<Clocks['standing']> {
  return {
    state,
    ...(due !== undefined && { due }),
    ...(noDate !== undefined && { noDate }),
    ...(daysLeft !== undefined && { daysLeft }),
    ...(daysBeyond !== undefined && { daysBeyond }),
  }
}

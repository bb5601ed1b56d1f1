import { type Duty, pausesOf, resumed } from '../duty.ts'
import { suspensionsOf } from '../mechanism.ts'
import { dayOfDate } from './almanac.ts'
import type { Asked, Clock, MechanismInTime, TimeOf } from './clock.ts'
import { ClockError, lastDateAsked } from './clock.ts'
import { clockwork } from './clockwork.ts'
import { type DayRules, dateUnder, startOfDate } from './local-day.ts'

/** Something that has not been stated, on days that are assumed. Dates are `YYYY-MM-DD` in the agreed zone. */
export type Assumption =
  /** Nothing more is said: what will the clock show on a day? */
  | { readonly assume: 'nothing' }
  /** Clarification is asked for on a day, and given on a later one or the same. */
  | { readonly assume: 'clarification'; readonly from: string; readonly until: string }
  /** An extension by n of the duty's unit is asked for on a day, and granted. */
  | { readonly assume: 'extension'; readonly from: string; readonly n: number; readonly until?: string }
  /** The mechanism is suspended on a day, and resumed on a later one or the same. */
  | { readonly assume: 'suspension'; readonly from: string; readonly until: string }
  /** Whatever stands ends on a day: clarification is given, suspensions are resumed, absent parties rejoin. */
  | { readonly assume: 'continuation'; readonly from: string }

/** A clock as it is, as it would be, and by how many calendar days its date would have moved. */
export interface Calculated {
  readonly now: Clock
  readonly would: Clock
  readonly movedBy?: number
}

/**
 * What would become of a duty's dates. Nothing is signed, judged or kept, and it is not asked whether the rules would let it be said: whoever wants to know that
 * forks the fold with the unsigned statement, hands the fold's duty and mechanism to `clockOf`, and times from `assumingTimes`.
 *
 * `asked.on` is the day on which both clocks are seen. Throws ClockError as `clockOf` does, and when an assumption ends before it begins or after
 * `lastDateAsked`, or begins before the day of the leaf that is asked about: what has been recorded is not assumed away.
 */
export function calculate(
  duty: Duty,
  mechanism: MechanismInTime,
  timeOf: TimeOf,
  asked: Asked,
  assumption: Assumption,
): Calculated {
  const now = clockwork(mechanism, timeOf).clockOf(duty, asked)
  const rules = mechanism.rules?.find(
    ({ version, inForceSince }) => version === duty.rulesVersion && inForceSince !== undefined,
  )?.rules
  if (assumption.assume === 'nothing' || !rules) return { now, would: now }

  const begins = asked.atLeaf + 1
  const ends = asked.atLeaf + 2
  const { from } = assumption
  const until = ('until' in assumption ? assumption.until : undefined) ?? from
  const today = dateUnder(rules, timeOf(asked.atLeaf))
  if (from < today || until < from)
    throw new ClockError('clock/impossible-assumption', `cannot assume ${from} to ${until} from ${today} on`)
  if (until > lastDateAsked)
    throw new ClockError('clock/impossible-assumption', `cannot assume ${until}: ${lastDateAsked} is the last date`)
  const times = assumingTimes(
    timeOf,
    rules,
    new Map([
      [begins, from],
      [ends, until],
    ]),
  )
  const known = { duty: dutyAt(duty, asked.atLeaf), mechanism: mechanismAt(mechanism, asked.atLeaf) }
  const effect = rules.clarification?.effect ?? 'pause'
  const supposed = suppose(known, assumption, effect, begins, ends)
  const seen = { atLeaf: ends, on: asked.on ?? today }
  const would = clockwork(supposed.mechanism, times).clockOf(supposed.duty, seen)
  return now.due === undefined || would.due === undefined
    ? { now, would }
    : { now, would, movedBy: dayOfDate(would.due) - dayOfDate(now.due) }
}

/**
 * Checkpoint times for leaves that do not exist yet: each of those given counts as of its assumed day, in the zone and with the cutoff of the rules; for all others
 * `timeOf` answers. The door for whoever forks the fold with an unsigned statement.
 */
export function assumingTimes(timeOf: TimeOf, rules: DayRules, days: ReadonlyMap<number, string>): TimeOf {
  const begins = new Map(
    [...days].map(([leaf, date]) => [leaf, startOfDate(date, rules.zone, rules.count?.cutoff)] as const),
  )
  return (leaf) => begins.get(leaf) ?? timeOf(leaf)
}

/** A duty and its mechanism. */
interface Known {
  readonly duty: Duty
  readonly mechanism: MechanismInTime
}

function suppose(
  { duty, mechanism }: Known,
  assumption: Assumption,
  effect: string,
  begins: number,
  ends: number,
): Known {
  const restarting = effect === 'restart' ? { restarts: true as const } : {}
  const { pauses = [], extensions = [] } = duty
  switch (assumption.assume) {
    case 'extension': {
      const granted = { n: assumption.n, askedAt: begins, grantedAt: ends }
      return { mechanism, duty: { ...duty, extensions: [...extensions, granted] } }
    }
    case 'clarification':
      return { mechanism, duty: { ...duty, pauses: [...pauses, { since: begins, until: ends, ...restarting }] } }
    case 'suspension': {
      const suspension = { statement: 'assumed', by: 'assumed', since: begins, until: ends }
      return { duty, mechanism: { ...mechanism, suspensions: [...(mechanism.suspensions ?? []), suspension] } }
    }
    case 'continuation': {
      return {
        duty: resumed(duty, ends, effect === 'restart'),
        mechanism: {
          ...mechanism,
          suspensions: ended(mechanism.suspensions ?? [], ends),
          absences: ended(mechanism.absences ?? [], ends),
        },
      }
    }
    case 'nothing':
      return { duty, mechanism }
  }
}

interface Standing {
  readonly since: number
  readonly until?: number
}

function ended<T extends Standing>(all: readonly T[], until: number): readonly T[] {
  return all.map((one) => (one.until === undefined ? { ...one, until } : one))
}

/** What of it was known at a leaf: the leaves after it are free for what is assumed. */
function begunBy<T extends Standing>(all: readonly T[], leaf: number): readonly T[] {
  return all
    .filter(({ since }) => since <= leaf)
    .map((one) => {
      if (one.until === undefined || one.until <= leaf) return one
      const { until: _, ...standing } = one
      return standing as T
    })
}

function dutyAt(duty: Duty, leaf: number): Duty {
  const { dischargedAt, dischargedBy, how, pausesOver: _, extensions = [], ...rest } = duty
  const discharged = dischargedAt !== undefined && dischargedAt <= leaf
  return {
    ...rest,
    pauses: begunBy(pausesOf(duty), leaf),
    extensions: extensions.filter(({ grantedAt }) => grantedAt <= leaf),
    ...(discharged ? { dischargedAt, ...(dischargedBy && { dischargedBy }), ...(how && { how }) } : {}),
  }
}

function mechanismAt(mechanism: MechanismInTime, leaf: number): MechanismInTime {
  const { rules = [], absences = [] } = mechanism
  return {
    rules: rules.filter(({ inForceSince }) => inForceSince !== undefined && inForceSince <= leaf),
    suspensions: begunBy(suspensionsOf(mechanism), leaf),
    absences: begunBy(absences, leaf),
  }
}

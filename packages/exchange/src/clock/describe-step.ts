import type { Step, StepCode } from './clock.ts'

/** How a party is called; its id unless told. */
export type NameOf = (party: string) => string

/** How steps are told. */
export interface StepWords {
  readonly nameOf?: NameOf
  /** The last leaf of the record, where an explanation may rest on statements that are only assumed to follow it. */
  readonly lastLeaf?: number
}

/** One step of an explanation in neutral, plain English: one sentence without a full stop. Dates stay `YYYY-MM-DD`. */
export function describeStep(step: Step, words: StepWords = {}): string {
  const { nameOf = (party) => party, lastLeaf = Infinity } = words
  const isAssumed = (leaf = 0) => leaf > lastLeaf
  return wording[step.step](step, {
    nameOf,
    isAssumed,
    statement: (leaf) => (isAssumed(leaf) ? 'a statement that is assumed' : `statement ${leaf}`),
  })
}

interface Words {
  readonly nameOf: NameOf
  isAssumed(leaf: number | undefined): boolean
  /** A statement by its leaf. */
  statement(leaf: number | undefined): string
}

const wording: Readonly<Record<StepCode, (step: Step, words: Words) => string>> = {
  'after-cutoff': ({ from, to, because }, { statement }) =>
    `${statement(because.leaf)} came on ${from} at or after the agreed end of day: it counts as of ${to}`,
  'day-zero': ({ from, because }, { statement }) =>
    `${from} is day zero and is not counted: ${statement(because.leaf)} was covered that day`,
  restart: ({ from, to, because }, { statement }) =>
    `the count from ${from} begins anew on ${to}: clarification was asked for in ${statement(because.leaf)} and given in ${statement(because.until)}`,
  'restart-too-late': ({ from, because }, { statement }) =>
    `clarification was asked for in ${statement(because.leaf)} on ${from}, after the due date: the count does not begin anew`,
  period: ({ because, to }) =>
    `the agreed period is ${amount(because.n, because.unit)} (rules version ${because.version})${to === undefined ? '' : `: to ${to}`}`,
  extension: ({ from, because }, { statement }) =>
    `an extension asked for on ${from} in ${statement(because.leaf)} and granted in ${statement(because.until)} lengthens the period by ${amount(because.n, because.unit)}`,
  'extension-too-late': ({ from, because }, { statement }) =>
    `an extension was asked for on ${from} in ${statement(because.leaf)}, after the due date: it moves nothing`,
  'stated-date': ({ to }) => `the review date that was stated is ${to ?? 'not yet known'}, days of suspension added`,
  'stated-date-passed': ({ to }) =>
    `the review date that was stated lies before day zero: it counts as ${to ?? 'not yet known'}`,
  ceiling: ({ to, because }) =>
    `a review is due no later than after ${amount(because.n, because.unit)} (rules version ${because.version})${to === undefined ? '' : `: by ${to}`}`,
  counted: (step) => `${span(step)}: ${daysOf(step)} counted`,
  'working-instead': (step, { nameOf }) =>
    `${span(step)}: ${daysOf(step)} counted, a working day instead of another in the calendar of ${parties(step, nameOf)}`,
  'rest-day': (step, { nameOf }) =>
    `${span(step)}: ${daysOf(step)} of rest in the calendar of ${parties(step, nameOf)}, not counted`,
  'non-working': (step, { nameOf }) =>
    `${span(step)}: ${daysOf(step)} named as non-working in the calendar of ${parties(step, nameOf)}, not counted`,
  pause: (step, { statement }) =>
    `${span(step)}: clarification awaited since ${statement(step.because.leaf)}, not counted`,
  'pause-too-late': ({ from, because }, { statement }) =>
    `clarification was asked for on ${from} in ${statement(because.leaf)}, after the due date: it moves nothing`,
  suspension: (step, { nameOf, statement, isAssumed }) =>
    isAssumed(step.because.leaf)
      ? `${span(step)}: the mechanism suspended, as is assumed, not counted`
      : `${span(step)}: the mechanism suspended by ${parties(step, nameOf)} in ${statement(step.because.leaf)}, not counted`,
  absence: (step, { nameOf, statement }) =>
    `${span(step)}: ${parties(step, nameOf)} not taking part since ${statement(step.because.leaf)}, not counted`,
  'later-calendar': ({ because }, { nameOf }) =>
    `the calendar of ${because.parties?.map(nameOf).join(' and ')} for ${because.year} comes from version ${because.version} of the rules, the first in force that has it`,
  rolled: ({ from, to }) => `the last day, ${from}, is not a working day or is excluded: it moves to ${to}`,
  due: ({ from }) => `due on ${from}`,
  'no-rules': () => 'no rules were in force when this duty opened: there is no date',
  'no-period': ({ because }) =>
    `version ${because.version} of the rules agrees no period for this kind of duty: there is no date`,
  'no-calendar': ({ from, because }, { nameOf }) =>
    because.parties === undefined
      ? `after ${from} there is no calendar: there is no date`
      : `from ${from} no calendar of ${because.parties.map(nameOf).join(' and ')} for ${because.year} is agreed: there is no date until one is`,
  discharged: ({ from, because }, { statement }) => `discharged on ${from} by ${statement(because.leaf)}`,
}

const units = { 'working-days': 'working day', 'calendar-days': 'calendar day', months: 'month' } as const

function amount(n = 0, unit: keyof typeof units = 'calendar-days'): string {
  return `${n} ${units[unit]}${n === 1 ? '' : 's'}`
}

function span({ from, to }: Step): string {
  if (to === undefined) return `from ${from} on`
  return from === to ? `${from}` : `${from} to ${to}`
}

function daysOf({ days }: Step): string {
  return days === 1 ? '1 day' : `${days} days`
}

function parties({ because }: Step, nameOf: NameOf): string {
  return because.parties?.map(nameOf).join(' and ') ?? ''
}

import type { Duty } from '../duty.ts'
import { dateOfDay, lastDay, yearOfDay } from './almanac.ts'
import type { Because, NoDate, Step, StepCode } from './clock.ts'
import type { Count, Limit, MapKind } from './count-duty.ts'
import type { Stretch } from './excluded-days.ts'
import { face, works } from './working-days.ts'

/** The explanation of a duty that no period can be counted for. */
export function explainWithoutCount(
  duty: Duty,
  { noDate, dayZero }: { readonly noDate: NoDate; readonly dayZero?: number },
): readonly Step[] {
  const because = duty.rulesVersion === undefined ? {} : { version: duty.rulesVersion }
  const why: Step = { step: noDate, days: 0, because }
  if (dayZero === undefined) return [why]
  return [dayStep('day-zero', dayZero, origin(duty, duty.countsFrom ?? duty.openedAt)), why]
}

/** The explanation of a count: where it begins, how long it is, its days, where it leads, and when the duty was discharged. */
export function explain(duty: Duty, count: Count, discharged: number | undefined): readonly Step[] {
  const [limit] = count.limits
  const steps = [...beginning(duty, count), ...lengths(count), ...days(count, limit)]
  if ('day' in count.arrived) {
    const due = count.arrived.day
    steps.push(dayStep('due', due))
    for (const pause of count.pauses)
      if (pause.from > due && !count.turns.some((turn) => 'since' in turn && turn.since === pause.since))
        steps.push(stretchStep('pause-too-late', pause, pause.from))
  }
  if (discharged !== undefined) {
    steps.push(...cutoff(count, discharged))
    const { dischargedBy: statement } = duty
    const because = { leaf: discharged, ...(statement === undefined ? {} : { statement }) }
    steps.push(dayStep('discharged', count.maps.dayOf(discharged), because))
  }
  return steps
}

function dayStep(step: StepCode, day: number, because: Because = {}): Step {
  const date = dateOfDay(day)
  return { step, from: date, to: date, days: 0, because }
}

function origin({ openedAt, openedBy: statement }: Duty, leaf: number): Because {
  return leaf === openedAt ? { leaf, statement } : { leaf }
}

/** Says that a statement came at or after the cutoff, if it did. */
function cutoff({ maps }: Count, leaf: number): readonly Step[] {
  const [came, counts] = [maps.civilDayOf(leaf), maps.dayOf(leaf)]
  if (came === counts) return []
  return [
    { step: 'after-cutoff', from: dateOfDay(came), to: dateOfDay(counts), days: counts - came, because: { leaf } },
  ]
}

function beginning(duty: Duty, count: Count): readonly Step[] {
  const steps: Step[] = []
  for (const turn of count.turns) {
    if (turn.turn !== 'restart' && turn.turn !== 'restart-too-late') continue
    const { since, until, dayZero } = turn
    const from = turn.turn === 'restart' ? dayZero : count.maps.dayOf(since)
    const because = { leaf: since, until }
    steps.push({ step: turn.turn, from: dateOfDay(from), to: dateOfDay(count.maps.dayOf(until)), days: 0, because })
  }
  return [...steps, ...cutoff(count, count.origin), dayStep('day-zero', count.dayZero, origin(duty, count.origin))]
}

function lengths({ turns, limits, maps, dayZero }: Count): readonly Step[] {
  const from = dateOfDay(dayZero)
  const steps: Step[] = limits.map(({ by, period, nominal, length, arrived }) => {
    // For a limit that is one of several, the date that it leads to; for a period, the one that day numbers give.
    const led = by === 'period' && limits.length === 1 ? undefined : 'day' in arrived ? arrived.day : undefined
    // An agreed number of months may lead beyond the last day that has a date.
    const to = (led ?? nominal ?? Infinity) > lastDay ? undefined : (led ?? nominal)
    const because = { version: maps.version, ...period }
    return { step: by, from, ...(to === undefined ? {} : { to: dateOfDay(to) }), days: length, because }
  })
  for (const turn of turns) {
    if (turn.turn !== 'extension' && turn.turn !== 'extension-too-late') continue
    const { askedAt, grantedAt, n } = turn
    const because = { leaf: askedAt, until: grantedAt, n, ...(limits[0].period && { unit: limits[0].period.unit }) }
    const [asked, granted] = [maps.dayOf(askedAt), maps.dayOf(grantedAt)]
    steps.push({ step: turn.turn, from: dateOfDay(asked), to: dateOfDay(granted), days: 0, because })
  }
  return steps
}

/** The days after day zero up to the last of the period, then those by which it moved; up to where the count stands or no calendar covers the year. */
function days(count: Count, { kind, arrived: last, length }: Limit): readonly Step[] {
  const { arrived, dayZero } = count
  const steps: Step[] = []
  const end = 'day' in last ? last.day : last.at - 1
  // A length of nothing is a stated date that day zero has reached: nothing is counted, only what keeps it from being due is told.
  if (length > 0) steps.push(...runs(count, kind, dayZero + 1, end))
  else steps.push(...runs(count, kind, dayZero, end - 1))
  if ('day' in last) {
    const moved = 'day' in arrived ? arrived.day : arrived.at
    if (moved > last.day) steps.push(...runs(count, 'working', last.day, moved - 1))
    if ('day' in arrived && moved > last.day)
      steps.push({
        step: 'rolled',
        from: dateOfDay(last.day),
        to: dateOfDay(moved),
        days: moved - last.day,
        because: {},
      })
  }
  if ('day' in arrived) return steps
  if (arrived.stop === 'no-calendar') {
    const { party, year } = arrived
    const because = { ...(party === undefined ? {} : { parties: [party] }), year }
    return [...steps, { step: 'no-calendar', from: dateOfDay(arrived.at), days: 0, because }]
  }
  const open = [...count.maps.stretches, ...count.pauses].filter(({ to }) => to === Infinity)
  return [...steps, ...open.map((one) => stretchStep(one.why, one, Math.max(one.from, dayZero + 1)))]
}

function stretchStep(step: StepCode, one: Stretch, from: number, to = one.to): Step {
  const { since: leaf, until, statement, party } = one
  const because = {
    leaf,
    ...(until === undefined ? {} : { until }),
    ...(statement === undefined ? {} : { statement }),
    ...(party === undefined ? {} : { parties: [party] }),
  }
  if (to === Infinity) return { step, from: dateOfDay(from), days: 0, because }
  return { step, from: dateOfDay(from), to: dateOfDay(to), days: to - from + 1, because }
}

/** What one day is to a count. */
interface Told {
  readonly step: StepCode
  readonly parties: readonly string[]
  readonly stretch?: Stretch
}

const counted: Told = { step: 'counted', parties: [] }
const nobody: readonly string[] = []

/** Days in ascending order, those that are the same for the same reason together; before the first of a year that a later version covers, that version. */
function runs(count: Count, kind: MapKind, from: number, to: number): readonly Step[] {
  const steps: Step[] = []
  let run: { readonly told: Told; readonly from: number; readonly to: number } | undefined
  // A step is made once it has ended: it may go on over many years.
  function close(): void {
    if (run) steps.push(runStep(run.told, run.from, run.to))
    run = undefined
  }
  for (let begin = from; begin <= to; ) {
    // Where no calendar is asked, years are all the same, and there may be thousands of them.
    const { year, first, length } =
      kind === 'plain' ? { year: 0, first: from, length: to - from + 1 } : yearOfDay(begin)
    const end = Math.min(to, first + length - 1)
    const covers = kind === 'plain' ? [] : count.maps.parties.map((party) => count.maps.coverage(party, year))
    for (const one of covers) {
      if (!one || one.version === count.maps.version) continue
      const because = { version: one.version, parties: [one.party], year }
      if (steps.some((step) => step.because.year === year && step.because.parties?.[0] === one.party)) continue
      close()
      steps.push({ step: 'later-calendar', days: 0, because })
    }
    const tell = (day: number): Told => {
      const stretch = stretchOn(count, day)
      if (stretch) return { step: stretch.why, parties: nobody, stretch }
      if (kind !== 'working') return counted
      const showing = (which: number) => covers.flatMap((one) => (one?.faces[day - first] === which ? [one.party] : []))
      if (covers.every((one) => works(one?.faces[day - first] ?? 0))) {
        const instead = showing(face.workingInstead)
        return instead.length === 0 ? counted : { step: 'working-instead', parties: instead }
      }
      const named = showing(face.nonWorking)
      return named.length > 0
        ? { step: 'non-working', parties: named }
        : { step: 'rest-day', parties: showing(face.restDay) }
    }
    for (let day = begin; day <= end; ) {
      const told = tell(day)
      // Only what a calendar says has to be asked of each day.
      const through = (one: number) =>
        kind === 'working' && !told.stretch ? one : Math.min(end, beforeNextTurn(count, one))
      let last = through(day)
      while (last < end && same(tell(last + 1), told)) last = through(last + 1)
      // What goes on over the turn of the year is one step, unless another version of the rules begins to speak there.
      if (run && same(run.told, told)) run = { ...run, to: last }
      else {
        close()
        run = { told, from: day, to: last }
      }
      day = last + 1
    }
    begin = end + 1
  }
  close()
  return steps
}

function runStep({ step, parties, stretch }: Told, from: number, to: number): Step {
  if (stretch) return stretchStep(step, stretch, from, to)
  const because = parties.length === 0 ? {} : { parties }
  return { step, from: dateOfDay(from), to: dateOfDay(to), days: to - from + 1, because }
}

function same(one: Told, other: Told): boolean {
  return one.step === other.step && one.stretch === other.stretch && one.parties.join() === other.parties.join()
}

/** What excludes a day: a suspension before an absence before a pause, each day told once. */
function stretchOn({ maps, pauses }: Count, day: number): Stretch | undefined {
  const covers = ({ from, to }: Stretch) => from <= day && day <= to
  return maps.stretches.find(covers) ?? pauses.find(covers)
}

/** The last day before what excludes days can change. */
function beforeNextTurn({ maps, pauses }: Count, day: number): number {
  const turns = [...maps.stretches, ...pauses].map(({ from, to }) =>
    day < from ? from - 1 : day <= to ? to : Infinity,
  )
  return Math.min(...turns)
}

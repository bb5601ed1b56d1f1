import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Duty } from '../duty.ts'
import {
  clockOf,
  clockStates,
  clockwork,
  describeStep,
  type MechanismInTime,
  noDateReasons,
  readingOf,
  type Step,
  stepCodes,
  type TimeOf,
} from './index.ts'
import { type ClockScene, clockScenes } from './spec/clock-scenes.ts'
import { naiveClock } from './spec/naive-clock.ts'

const dueOf = ({ duty, mechanism, timeOf }: ClockScene, atLeaf: number) =>
  readingOf(duty, mechanism, timeOf, { atLeaf }).due

/** Leaves of a scene at which the duty is known. */
const moments = ({ duty }: ClockScene): readonly number[] => Array.from({ length: 20 }, (_, i) => duty.openedAt + i)

const dateAt = ({ timeOf }: ClockScene, leaf: number, days: number) =>
  Temporal.Instant.fromEpochMilliseconds(timeOf(leaf) * 1000)
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
    .add({ days })
    .toString()

/** Checks scenes at each of their leaves. */
function always(name: string, numRuns: number, check: (scene: ClockScene, atLeaf: number, days: number) => void) {
  it(name, { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(clockScenes, fc.nat(300), (scene, days) => {
        for (const atLeaf of moments(scene)) check(scene, atLeaf, days)
      }),
      { numRuns },
    )
  })
}

describe('the clock of any duty', () => {
  const states = new Set<string>()
  const reasons = new Set<string>()
  const steps = new Set<string>()

  always('agrees with a walk from day to day', 750, (scene, atLeaf, days) => {
    const { duty, mechanism, timeOf } = scene
    const on = dateAt(scene, atLeaf, atLeaf % 3 === 0 ? days : 0)
    const { steps: told, noDate, ...clock } = clockOf(duty, mechanism, timeOf, { atLeaf, on })
    states.add(clock.state)
    if (noDate) reasons.add(noDate)
    for (const { step } of told) steps.add(step)
    expect(clock).toEqual(naiveClock(duty, mechanism, timeOf, { atLeaf, on }))
  })

  it('shows every state, gives every reason and takes every step somewhere in these', () => {
    const byHand = ['no-rules']
    expect([...states].toSorted()).toEqual([...clockStates].toSorted())
    expect([...reasons, ...byHand].toSorted()).toEqual([...noDateReasons].toSorted())
    expect([...steps, ...byHand].toSorted()).toEqual([...stepCodes].toSorted())
  })

  always('reads the same without the explanation', 100, ({ duty, mechanism, timeOf }, atLeaf) => {
    const { steps: _, ...clock } = clockOf(duty, mechanism, timeOf, { atLeaf })
    expect(readingOf(duty, mechanism, timeOf, { atLeaf })).toEqual(clock)
  })

  always(
    'its days are told one by one: as many counted as the period is long, none twice, none left out',
    200,
    (scene, atLeaf) => {
      const { dayZero, due, steps: told } = clockOf(scene.duty, scene.mechanism, scene.timeOf, { atLeaf })
      if (dayZero === undefined || due === undefined || due <= dayZero) return
      const [length] = told.filter(({ step }) =>
        ['period', 'ceiling', 'stated-date', 'stated-date-passed'].includes(step),
      )
      const days = told.filter(({ step }) => daily.has(step))
      const counted = days.filter(({ step }) => step === 'counted' || step === 'working-instead')
      if (length?.days === 0) return
      expect(counted.reduce((sum, { days: n }) => sum + n, 0)).toBe(length?.days)

      // A last day that moves is told twice: as the last that was counted, and as one that cannot be the last.
      const rolled = told.find(({ step }) => step === 'rolled')
      const all = days.flatMap(daysOf)
      const last = rolled?.from
      const until = all.toSpliced(all.lastIndexOf(last ?? ''), last === undefined ? 0 : 1)
      const expected = daysOf({ step: 'counted', from: dayZero, to: due, days: 0, because: {} }).slice(1)
      expect(until).toEqual(last === undefined ? expected : expected.slice(0, -1))
    },
  )

  always('can be told in words', 100, ({ duty, mechanism, timeOf }, atLeaf) => {
    for (const step of clockOf(duty, mechanism, timeOf, { atLeaf }).steps) {
      const words = describeStep(step)
      expect(words).not.toMatch(/undefined|NaN|Infinity|\.$/)
      expect(words).not.toMatch(/violat|refus|late\b|overdue|fail/)
    }
  })

  it('a later version of the rules moves no earlier date', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(clockScenes, (scene) => {
        const { rules = [], ...rest } = scene.mechanism
        const alone = { ...scene, mechanism: { ...rest, rules: rules.slice(0, 1) } }
        const later = Math.min(...rules.slice(1).flatMap(({ inForceSince }) => inForceSince ?? []))
        // Where there was no date before, the later version makes one, and what is asked for after that is late by it. (A duty opens under the latest
        // version, so that no other is in force before it.)
        if (Number.isFinite(later) && (later <= scene.duty.openedAt || dueOf(alone, later - 1) === undefined)) return
        for (const atLeaf of moments(scene)) {
          const before = dueOf(alone, atLeaf)
          if (before !== undefined) expect(dueOf(scene, atLeaf)).toBe(before)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('excluding days never brings a date forward', { timeout: 600_000 }, () => {
    const more = fc.record({
      since: fc.integer({ min: 0, max: 25 }),
      length: fc.integer({ min: 0, max: 6 }),
      what: fc.constantFrom('suspension', 'absence', 'pause'),
    })
    fc.assert(
      fc.property(clockScenes, more, (scene, { since, length, what }) => {
        const atLeaf = scene.duty.openedAt + 19
        const one = { since, until: since + length, by: 'A', statement: 'more' }
        const { mechanism, duty } = scene
        // A restart follows from its pause: one more pause without it would be no duty that the fold makes.
        if (what === 'pause' && duty.pauses?.some(({ restarts }) => restarts)) return
        const excluding: ClockScene =
          what === 'pause'
            ? { ...scene, duty: { ...duty, pauses: [...(duty.pauses ?? []), one] } }
            : what === 'absence'
              ? { ...scene, mechanism: { ...mechanism, absences: [...(mechanism.absences ?? []), one] } }
              : { ...scene, mechanism: { ...mechanism, suspensions: [...(mechanism.suspensions ?? []), one] } }
        const [before, after] = [dueOf(scene, atLeaf), dueOf(excluding, atLeaf)]
        if (before !== undefined && after !== undefined) expect(after >= before).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('is the same for either side: parties exchanged, calendars included, swap the names and change nothing else', {
    timeout: 600_000,
  }, () => {
    fc.assert(
      fc.property(clockScenes, (scene) => {
        const exchanged = exchange(scene)
        for (const atLeaf of moments(scene)) {
          const one = clockOf(scene.duty, scene.mechanism, scene.timeOf, { atLeaf })
          const other = clockOf(exchanged.duty, exchanged.mechanism, exchanged.timeOf, { atLeaf })
          expect({ ...other, steps: [] }).toEqual({ ...one, steps: [] })
          expect(other.steps).toEqual(one.steps.map(ofOther))
        }
      }),
      { numRuns: 200 },
    )
  })

  always('what was known at a leaf gives the same clock to whoever knows more by now', 200, (scene, atLeaf) => {
    const { duty, mechanism, timeOf } = scene
    const known = mechanismBy(mechanism, atLeaf)
    expect(clockOf(duty, known, timeOf, { atLeaf })).toEqual(clockOf(duty, mechanism, timeOf, { atLeaf }))
  })
})

describe('the clocks of a mechanism', () => {
  it('share what they have in common and nothing else: whoever is asked first changes no answer', {
    timeout: 600_000,
  }, () => {
    const sides = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('A', 'B', 'C')), { minLength: 5 })
    fc.assert(
      fc.property(clockScenes, sides, fc.nat(19), ({ duty, mechanism, timeOf }, drawn, more) => {
        const atLeaf = duty.openedAt + more
        const shared = clockwork(mechanism, timeOf)
        for (const [owner, towards] of drawn) {
          const one = { ...duty, owner, towards }
          expect(shared.clockOf(one, { atLeaf })).toEqual(clockwork(mechanism, timeOf).clockOf(one, { atLeaf }))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a clock', () => {
  const rules = {
    version: 1,
    zone: 'UTC',
    periods: { reply: { n: 10, unit: 'calendar-days' } },
    count: { roll: false },
  } as const
  const mechanism: MechanismInTime = { rules: [{ version: 1, rules, inForceSince: 0 }] }
  const duty: Duty = {
    owner: 'A',
    towards: 'B',
    kind: 'reply',
    about: 'r',
    openedAt: 2,
    openedBy: 's',
    rulesVersion: 1,
  }
  const timeOf: TimeOf = (leaf) => Date.UTC(2031, 2, 1 + leaf, 12) / 1000

  it('is asked on the day of the leaf unless told', () => {
    expect(clockOf(duty, mechanism, timeOf, { atLeaf: 5 })).toMatchObject({
      state: 'running',
      due: '2031-03-13',
      daysLeft: 7,
    })
    expect(clockOf(duty, mechanism, timeOf, { atLeaf: 5, on: '2031-03-20' })).toMatchObject({
      state: 'open-beyond',
      daysBeyond: 7,
    })
  })

  it('cannot be asked before the duty opened', () => {
    expect(() => clockOf(duty, mechanism, timeOf, { atLeaf: 1 })).toThrow(
      expect.objectContaining({ code: 'clock/opened-later' }),
    )
  })

  it('cannot go by rules that were never in force', () => {
    const proposed: MechanismInTime = { rules: [{ version: 1, rules }] }
    expect(() => clockOf(duty, proposed, timeOf, { atLeaf: 5 })).toThrow(
      expect.objectContaining({ code: 'clock/unknown-rules' }),
    )
  })
})

const daily = new Set<string>([
  'counted',
  'working-instead',
  'rest-day',
  'non-working',
  'pause',
  'suspension',
  'absence',
])

function daysOf({ from, to }: Step): readonly string[] {
  if (from === undefined || to === undefined) return []
  const days: string[] = []
  for (let day = Temporal.PlainDate.from(from); day.toString() <= to; day = day.add({ days: 1 }))
    days.push(day.toString())
  return days
}

function exchange(scene: ClockScene): ClockScene {
  const { duty, mechanism } = scene
  const standstill = <T extends { readonly by: string }>(all: readonly T[] = []) =>
    all.map((one) => ({ ...one, by: otherThan(one.by) }))
  return {
    ...scene,
    duty: { ...duty, owner: otherThan(duty.owner), towards: otherThan(duty.towards) },
    mechanism: {
      rules: (mechanism.rules ?? []).map((one) => ({
        ...one,
        rules: {
          ...one.rules,
          calendars: (one.rules.calendars ?? []).map((calendar) => ({ ...calendar, party: otherThan(calendar.party) })),
        },
      })),
      suspensions: standstill(mechanism.suspensions),
      absences: standstill(mechanism.absences),
    },
  }
}

/** The step as it is told of the other side. */
function ofOther({ because, ...step }: Step): Step {
  const { parties } = because
  return { ...step, because: { ...because, ...(parties && { parties: parties.map(otherThan) }) } }
}

function otherThan(party: string): string {
  return party === 'A' ? 'B' : party === 'B' ? 'A' : party
}

/** A mechanism as it was when a leaf was the last. */
function mechanismBy({ rules = [], suspensions = [], absences = [] }: MechanismInTime, leaf: number): MechanismInTime {
  const known = <T extends { readonly since: number; readonly until?: number }>(all: readonly T[]) =>
    all
      .filter(({ since }) => since <= leaf)
      .map(({ until, ...one }) => (until === undefined || until > leaf ? one : { ...one, until }) as T)
  return {
    rules: rules.filter(({ inForceSince }) => inForceSince !== undefined && inForceSince <= leaf),
    suspensions: known(suspensions),
    absences: known(absences),
  }
}

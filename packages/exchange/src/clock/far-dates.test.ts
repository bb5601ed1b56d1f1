import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Duty } from '../duty.ts'
import { dateOfDay, dayOfDate } from './almanac.ts'
import { clockOf, describeStep, type MechanismInTime, reminderDates, type TimeOf } from './index.ts'

/** Leaf n is covered at noon of the nth of March 2031; what is not given now is to be looked at again on a day that its owner states. */
const timeOf: TimeOf = (leaf) => Date.UTC(2031, 2, leaf, 12) / 1000
const rules = { version: 1, zone: 'UTC', periods: { reply: { n: 10, unit: 'working-days' } } } as const
const agreed: MechanismInTime = { rules: [{ version: 1, rules, inForceSince: 0 }] }
const reviewBy = (reviewDate: string): Duty => ({
  owner: 'A',
  towards: 'B',
  kind: 'review',
  about: 'r',
  openedAt: 3,
  openedBy: 's',
  rulesVersion: 1,
  reviewDate,
})
/** Stood still from the fourth to the fifth, two days. */
const suspended: MechanismInTime = { ...agreed, suspensions: [{ statement: 's4', by: 'M', since: 4, until: 5 }] }

/** How often dates are asked of Temporal: what a far date could cost. */
function asks(of: () => unknown): number {
  const { prototype } = Temporal.PlainDate
  const spies = [vi.spyOn(prototype, 'add'), vi.spyOn(prototype, 'until'), vi.spyOn(Temporal.PlainDate, 'from')]
  of()
  return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

afterEach(() => vi.restoreAllMocks())

describe('a date that lies thousands of years away', () => {
  // A year's dates are written out when the first of them is shown.
  const oneYear = 400

  it('costs no more than one of the next years', () => {
    const asked = { atLeaf: 10 }
    expect(asks(() => clockOf(reviewBy('9990-06-30'), suspended, timeOf, asked))).toBeLessThan(3 * oneYear)
    vi.restoreAllMocks()
    expect(asks(() => reminderDates(reviewBy('9989-06-30'), suspended, timeOf, 10))).toBeLessThan(3 * oneYear)
  })

  it('is told in as few steps, each day once', () => {
    const { due, steps } = clockOf(reviewBy('9990-06-30'), suspended, timeOf, { atLeaf: 10 })
    expect(due).toBe('9990-07-02')
    expect(steps.map(({ step, from, to }) => [step, from, to])).toEqual([
      ['day-zero', '2031-03-03', '2031-03-03'],
      ['stated-date', '2031-03-03', '9990-07-02'],
      ['suspension', '2031-03-04', '2031-03-05'],
      ['counted', '2031-03-06', '9990-07-02'],
      ['due', '9990-07-02', '9990-07-02'],
    ])
  })

  it('leaves nothing behind once many others have been asked for', () => {
    const march = dayOfDate('4031-03-01')
    dateOfDay(march)
    expect(asks(() => dateOfDay(march))).toBe(0)
    vi.restoreAllMocks()
    for (let year = 5000; year < 5500; year++) dateOfDay(dayOfDate(`${year}-01-01`))
    expect(asks(() => dateOfDay(march))).toBeGreaterThan(300)
  })
})

describe('the days of the calendar', () => {
  it('are numbered from 1970-01-01, whatever the century', () => {
    const firstDay = Temporal.PlainDate.from('1970-01-01')
    for (let year = 0; year < 10_000; year += 7)
      for (const monthDay of ['01-01', '12-31']) {
        const date = `${String(year).padStart(4, '0')}-${monthDay}`
        expect(dayOfDate(date)).toBe(firstDay.until(date).days)
        expect(dateOfDay(dayOfDate(date))).toBe(date)
      }
  })
})

describe('the last date', () => {
  it('is 9999-12-31', () => {
    expect(clockOf(reviewBy('9999-12-31'), agreed, timeOf, { atLeaf: 10 })).toMatchObject({
      state: 'running',
      due: '9999-12-31',
    })
  })

  it('is followed by none: what a suspension moves beyond it has no date, and says so', () => {
    const { steps, ...clock } = clockOf(reviewBy('9999-12-31'), suspended, timeOf, { atLeaf: 10 })
    expect(clock).toEqual({ state: 'no-date', dayZero: '2031-03-03', noDate: 'no-calendar' })
    expect(JSON.stringify(steps)).not.toContain('10000-')
    expect(steps.map((step) => describeStep(step)).at(-1)).toBe(
      'after 9999-12-31 there is no calendar: there is no date',
    )
  })
})

import type { Rules } from '@tidings/statement'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Duty } from '../duty.ts'
import { dayOfDate, type MechanismInTime, readingOf, reminderDates, reminderDue } from './index.ts'
import { clockScenes } from './spec/clock-scenes.ts'

const rules: Rules = {
  version: 1,
  zone: 'Asia/Tbilisi',
  periods: { reply: { n: 10, unit: 'calendar-days' } },
  count: { roll: false },
}
const under = (agreed: Rules): MechanismInTime => ({ rules: [{ version: 1, rules: agreed, inForceSince: 0 }] })

/** Leaf n is covered at noon of the nth day from 1 March 2031; the duty opens on the third and is due on the thirteenth. */
const timeOf = (leaf: number) => Date.UTC(2031, 2, leaf, 8) / 1000
const duty: Duty = {
  owner: 'A',
  towards: 'B',
  kind: 'reply',
  about: 'request',
  openedAt: 3,
  openedBy: 'submission',
  rulesVersion: 1,
}

// biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter; rules are data that nobody awaits.
const refer = { then: 'refer' } as const

/** A leaf whose time is the beginning of time: what was stated then was stated before anything was due. */
const longBefore = -1

/** What is due on a day: number and day since which, or nothing. */
function due(on: string, of: Partial<Duty> = {}, mechanism = under(rules)) {
  const found = reminderDue({ ...duty, ...of }, mechanism, timeOf, { atLeaf: 200, on })
  return found && `${found.number} since ${found.since}`
}

describe('a reminder', () => {
  it('is due fourteen days past due where the rules do not say otherwise, and not a day sooner', () => {
    expect(due('2031-03-13')).toBeUndefined()
    expect(due('2031-03-26')).toBeUndefined()
    expect(due('2031-03-27')).toBe('1 since 2031-03-27')
    expect(due('2031-05-30')).toBe('1 since 2031-03-27')
  })

  it('follows the one before after as many days again, and the third is the last', () => {
    expect(due('2031-04-09', { reminders: 1, remindedAt: 27 })).toBeUndefined()
    expect(due('2031-04-10', { reminders: 1, remindedAt: 27 })).toBe('2 since 2031-04-10')
    expect(due('2031-04-24', { reminders: 2, remindedAt: 41 })).toBe('3 since 2031-04-24')
    expect(due('2031-12-31', { reminders: 3, remindedAt: 55 })).toBeUndefined()
  })

  it('is not made up for: of those that were missed one is due, the next when the next span of days has passed', () => {
    // Nothing was stated until 20 April: that was the first, though a third could have been due on the 24th.
    expect(due('2031-04-23', { reminders: 1, remindedAt: 51 })).toBeUndefined()
    expect(due('2031-04-24', { reminders: 1, remindedAt: 51 })).toBe('2 since 2031-04-24')
  })

  it('that was stated before it was due leaves the next where it is', () => {
    expect(due('2031-04-09', { reminders: 1, remindedAt: 14 })).toBeUndefined()
    expect(due('2031-04-10', { reminders: 1, remindedAt: 14 })).toBe('2 since 2031-04-10')
  })

  it('is due as often as the rules of the duty say, and tells what follows the third by them', () => {
    const agreed = under({ ...rules, reminders: { every: 5, ...refer } })
    expect(due('2031-03-17', {}, agreed)).toBeUndefined()
    expect(due('2031-03-18', {}, agreed)).toBe('1 since 2031-03-18')
    const asked = { atLeaf: 200, on: '2031-03-18' }
    expect(reminderDue(duty, agreed, timeOf, asked)).toMatchObject({ every: 5, afterThird: 'refer' })
    expect(reminderDue(duty, under(rules), timeOf, { ...asked, on: '2031-03-27' })).toMatchObject({
      every: 14,
      afterThird: 'nothing',
    })
  })

  it('is not referred after the third where no answer is owed', () => {
    const agreed = under({
      ...rules,
      periods: { assess: { n: 10, unit: 'calendar-days' } },
      reminders: refer,
    })
    const found = reminderDue({ ...duty, kind: 'assess' }, agreed, timeOf, { atLeaf: 200, on: '2031-04-01' })
    expect(found).toMatchObject({ number: 1, afterThird: 'nothing' })
  })

  it('is never due of what has no date, is paused, was met, or cannot be reminded of', () => {
    const late = '2031-12-31'
    expect(due(late, { kind: 'acknowledge' })).toBeUndefined()
    expect(due(late, { pauses: [{ since: 5 }] })).toBeUndefined()
    expect(due(late, { dischargedAt: 100, dischargedBy: 'reply', how: 'met' })).toBeUndefined()
    const { rulesVersion: _, ...unruled } = duty
    expect(reminderDue(unruled, under(rules), timeOf, { atLeaf: 200, on: late })).toBeUndefined()
    const accepting = under({ ...rules, periods: { 'accept-rules': { n: 10, unit: 'calendar-days' } } })
    expect(due(late, { kind: 'accept-rules' }, accepting)).toBeUndefined()
  })

  it('is not due while the mechanism stands still, unless the rules let it be stated, nor while a side has left', () => {
    const stood = { statement: 'stop', since: 60 }
    const on = '2031-12-31'
    const agreed = under(rules)
    expect(due(on, {}, { ...agreed, suspensions: [{ ...stood, by: 'B' }] })).toBeUndefined()
    expect(due(on, {}, { ...agreed, suspensions: [{ ...stood, by: 'B', until: 70 }] })).toBe('1 since 2031-03-27')
    const allowing = under({ ...rules, suspension: { allows: ['request.remind'] } })
    expect(due(on, {}, { ...allowing, suspensions: [{ ...stood, by: 'B' }] })).toBe('1 since 2031-03-27')
    for (const by of ['A', 'B']) expect(due(on, {}, { ...agreed, absences: [{ ...stood, by }] })).toBeUndefined()
    expect(due(on, {}, { ...agreed, absences: [{ ...stood, by: 'C' }] })).toBe('1 since 2031-03-27')
  })

  it('stays due until it is stated, follows the due date wherever it moves, and is due of nothing else', () => {
    fc.assert(
      fc.property(clockScenes, fc.nat(200), fc.nat(2), (scene, days, reminders) => {
        const { mechanism, timeOf: times } = scene
        const atLeaf = scene.duty.openedAt + 19
        const on = (more: number) =>
          Temporal.Instant.fromEpochMilliseconds(times(atLeaf) * 1000)
            .toZonedDateTimeISO('UTC')
            .toPlainDate()
            .add({ days: days + more })
            .toString()
        const reminded = {
          ...scene.duty,
          ...(reminders > 0 && { reminders, remindedAt: longBefore }),
        }
        const found = reminderDue(reminded, mechanism, times, { atLeaf, on: on(0) })
        const reading = readingOf(scene.duty, mechanism, times, { atLeaf, on: on(0) })
        const standing = [...(mechanism.suspensions ?? []), ...(mechanism.absences ?? [])]
        fc.pre(standing.every(({ since, until }) => since > atLeaf || (until !== undefined && until <= atLeaf)))
        expect(found !== undefined).toBe(
          (reading.daysBeyond ?? 0) >= 14 * (reminders + 1) && reading.state === 'open-beyond',
        )
        if (!found) return
        const since = Temporal.PlainDate.from(reading.due ?? '').add({ days: 14 * (reminders + 1) })
        expect(found.since).toBe(since.toString())
        expect(reminderDue(reminded, mechanism, times, { atLeaf, on: on(1) })).toMatchObject({ since: found.since })
      }),
      { numRuns: 500 },
    )
  })
})

describe('what reminders go by', () => {
  /** The leaves that a duty's own changes came with. */
  const leavesOf = ({ openedAt, countsFrom = openedAt, pauses = [], extensions = [] }: Duty) => [
    openedAt,
    countsFrom,
    ...pauses.flatMap(({ since, until = since }) => [since, until]),
    ...extensions.flatMap(({ askedAt, grantedAt }) => [askedAt, grantedAt]),
  ]
  const open = ({ dischargedAt: _, dischargedBy: __, how: ___, ...rest }: Duty): Duty => rest
  const dayAfter = (day: number, days: number) =>
    Temporal.PlainDate.from('1970-01-01')
      .add({ days: day + days })
      .toString()

  it('is nothing where none will ever be due: no rules, no period, three reminders, kinds that nobody is reminded of', () => {
    const { rulesVersion: _, ...unruled } = duty
    const none = (of: Duty) => expect(reminderDates(of, under(rules), timeOf, 200)).toBeUndefined()
    none(unruled)
    none({ ...duty, kind: 'acknowledge' })
    none({ ...duty, reminders: 3, remindedAt: 55 })
    none({ ...duty, kind: 'accept-rules' })
    expect(reminderDates(duty, under(rules), timeOf, 200)?.notBefore).toBe(dayOfDate('2031-03-27'))
  })

  it('tells a day before which none is due, whatever becomes of the mechanism later', () => {
    let due = 0
    fc.assert(
      fc.property(clockScenes, fc.nat(20), fc.nat(200), fc.nat(2), (scene, later, days, reminders) => {
        const { mechanism, timeOf: times } = scene
        const own = open(scene.duty)
        const last = Math.max(...leavesOf(own))
        const reminded = { ...own, ...(reminders > 0 && { reminders, remindedAt: last }) }
        const dates = reminderDates(reminded, mechanism, times, last)
        const asked = { atLeaf: last + later, on: dayAfter(dates?.notBefore ?? 0, days - 100) }
        const found = reminderDue(reminded, mechanism, times, asked)
        if (!found) return
        due++
        expect(dates?.notBefore).toBeLessThanOrEqual(dayOfDate(found.since))
      }),
      { numRuns: 3000 },
    )
    expect(due).toBeGreaterThan(300)
  })

  it('is alike for duties that have the same reminders at every leaf and on every day', () => {
    let alike = 0
    fc.assert(
      fc.property(clockScenes, fc.nat(20), fc.nat(200), fc.nat(2), (scene, later, days, reminders) => {
        const { mechanism, timeOf: times } = scene
        /** The same with every leaf one later: often the same days, and the same events of the mechanism before them. */
        const next = ({ openedAt, countsFrom, pauses, extensions, ...rest }: Duty): Duty => ({
          ...rest,
          openedAt: openedAt + 1,
          ...(countsFrom !== undefined && { countsFrom: countsFrom + 1 }),
          ...(pauses && {
            pauses: pauses.map(({ since, until, ...more }) => ({
              since: since + 1,
              ...(until !== undefined && { until: until + 1 }),
              ...more,
            })),
          }),
          ...(extensions && {
            extensions: extensions.map(({ n, askedAt, grantedAt }) => ({
              n,
              askedAt: askedAt + 1,
              grantedAt: grantedAt + 1,
            })),
          }),
        })
        const last = Math.max(...leavesOf(scene.duty)) + 1
        const one = {
          ...open(scene.duty),
          ...(reminders > 0 && { reminders, remindedAt: last }),
        }
        const other = next(one)
        const of = (which: Duty) => reminderDates(which, mechanism, times, last)
        const asked = { atLeaf: last + later, on: dayAfter(of(one)?.notBefore ?? 0, days - 20) }
        const told = (which: Duty) => reminderDue(which, mechanism, times, asked)
        if (of(one)?.alike !== of(other)?.alike) return
        if (told(one)) alike++
        expect(told(other)).toEqual(told(one))
      }),
      { numRuns: 20_000 },
    )
    expect(alike).toBeGreaterThan(300)
  })

  it('tells apart what was asked for on one day, before a calendar was agreed and after: only then could it be too late', () => {
    const agreed: Rules = { ...rules, periods: { reply: { n: 2, unit: 'working-days' } } }
    const calendars = [{ party: 'A', year: 2031, restDays: [6, 7] }]
    const mechanism: MechanismInTime = {
      rules: [
        { version: 1, rules: agreed, inForceSince: 0 },
        { version: 2, rules: { ...agreed, version: 2, calendars }, inForceSince: 20 },
      ],
    }
    const sameDay = (leaf: number) => timeOf(Math.min(leaf, 19))
    const extended = (askedAt: number): Duty => ({ ...duty, extensions: [{ n: 30, askedAt, grantedAt: 22 }] })
    const [before, after] = [extended(19), extended(21)]
    const asked = { atLeaf: 200, on: '2031-04-10' }
    expect(reminderDue(before, mechanism, sameDay, asked)).toBeUndefined()
    expect(reminderDue(after, mechanism, sameDay, asked)).toMatchObject({ number: 1 })
    const of = (which: Duty) => reminderDates(which, mechanism, sameDay, 200)?.alike
    expect(of(before)).not.toBe(of(after))
    expect(of(extended(22))).toBe(of(after))
  })
})

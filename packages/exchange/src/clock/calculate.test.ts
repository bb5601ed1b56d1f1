import type { Rules } from '@tidings/statement'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Duty } from '../duty.ts'
import { type Assumption, assumingTimes, calculate, clockOf, type MechanismInTime } from './index.ts'
import { clockScenes } from './spec/clock-scenes.ts'

const rules: Rules = {
  version: 1,
  zone: 'Asia/Tbilisi',
  periods: { reply: { n: 10, unit: 'calendar-days' } },
  count: { roll: false, cutoff: '17:00' },
}
const under = (agreed: Rules): MechanismInTime => ({ rules: [{ version: 1, rules: agreed, inForceSince: 0 }] })
const mechanism = under(rules)

/** Leaf n is covered at noon of the nth of March 2031; the duty opens on the third and is due on the thirteenth. */
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

function calculated(assumption: Assumption, of: { duty?: Duty; mechanism?: MechanismInTime; atLeaf?: number } = {}) {
  const { now, would, movedBy } = calculate(
    of.duty ?? duty,
    of.mechanism ?? mechanism,
    timeOf,
    { atLeaf: of.atLeaf ?? 5 },
    assumption,
  )
  return { now: now.due, would: would.due, movedBy }
}

describe('what would become of a date', () => {
  it('if clarification were asked for on the sixth and given on the eighth: three days more', () => {
    const assumption = { assume: 'clarification', from: '2031-03-06', until: '2031-03-08' } as const
    expect(calculated(assumption)).toEqual({ now: '2031-03-13', would: '2031-03-16', movedBy: 3 })
  })

  it('if that restarted the period: ten days from the eighth', () => {
    const assumption = { assume: 'clarification', from: '2031-03-06', until: '2031-03-08' } as const
    const restart = under({ ...rules, clarification: { effect: 'restart' } })
    expect(calculated(assumption, { mechanism: restart })).toEqual({
      now: '2031-03-13',
      would: '2031-03-18',
      movedBy: 5,
    })
  })

  it('if an extension by five days were granted', () => {
    expect(calculated({ assume: 'extension', from: '2031-03-13', n: 5 })).toEqual({
      now: '2031-03-13',
      would: '2031-03-18',
      movedBy: 5,
    })
  })

  it('if an extension were asked for after the due date: nothing', () => {
    expect(calculated({ assume: 'extension', from: '2031-03-14', n: 5 })).toMatchObject({ movedBy: 0 })
  })

  it('if the mechanism were suspended for forty days', () => {
    expect(calculated({ assume: 'suspension', from: '2031-03-10', until: '2031-04-18' })).toEqual({
      now: '2031-03-13',
      would: '2031-04-22',
      movedBy: 40,
    })
  })

  it('if what stands ended on the ninth: a date where there was none', () => {
    const paused = { ...duty, pauses: [{ since: 5 }] }
    expect(calculated({ assume: 'continuation', from: '2031-03-09' }, { duty: paused })).toEqual({
      now: undefined,
      would: '2031-03-18',
      movedBy: undefined,
    })
    const suspended = { ...mechanism, suspensions: [{ statement: 's', by: 'M', since: 5 }] }
    expect(calculated({ assume: 'continuation', from: '2031-03-09' }, { mechanism: suspended }).would).toBe(
      '2031-03-18',
    )
  })

  it('up to the last year that calendars may be agreed for, and no further', () => {
    expect(calculated({ assume: 'suspension', from: '2031-03-10', until: '2200-12-31' }).would).toBe('2201-01-04')
    for (const assumption of [
      { assume: 'suspension', from: '2031-03-10', until: '2201-01-01' },
      { assume: 'clarification', from: '2031-03-10', until: '9999-12-31' },
      { assume: 'extension', from: '9999-12-31', n: 1 },
    ] as const)
      expect(() => calculated(assumption)).toThrow(expect.objectContaining({ code: 'clock/impossible-assumption' }))
  })

  it('if nothing more were said until a day', () => {
    const asked = { atLeaf: 5, on: '2031-03-20' }
    expect(calculate(duty, mechanism, timeOf, asked, { assume: 'nothing' }).would).toMatchObject({
      state: 'open-beyond',
      daysBeyond: 7,
    })
  })

  it('is calculated from what was known at the leaf: what came later is not mixed in', () => {
    const later = { ...duty, pauses: [{ since: 6, until: 9 }], dischargedAt: 7, dischargedBy: 'reply' }
    const assumption = { assume: 'extension', from: '2031-03-06', n: 2 } as const
    expect(calculated(assumption, { duty: later })).toEqual(calculated(assumption))
  })

  it('cannot assume away what has been recorded, nor an end before a beginning', () => {
    const impossible = expect.objectContaining({ code: 'clock/impossible-assumption' })
    const suspension = (from: string, until: string) => () => calculated({ assume: 'suspension', from, until })
    expect(suspension('2031-03-04', '2031-03-09')).toThrow(impossible)
    expect(suspension('2031-03-09', '2031-03-08')).toThrow(impossible)
  })

  it('is what the clock shows when it comes to pass', () => {
    const drawn = fc.record({
      assume: fc.constantFrom('clarification', 'suspension'),
      begin: fc.nat(40),
      length: fc.nat(40),
      more: fc.nat(15),
    })
    fc.assert(
      fc.property(clockScenes, drawn, (scene, { assume, begin, length, more }) => {
        const atLeaf = scene.duty.openedAt + more
        const own: Rules = scene.mechanism.rules?.[0]?.rules ?? rules
        const dayAfter = (days: number) =>
          Temporal.Instant.fromEpochMilliseconds(scene.timeOf(atLeaf) * 1000)
            .toZonedDateTimeISO(own.zone)
            .toPlainDate()
            .add({ days: days + 1 })
            .toString()
        const [from, until] = [dayAfter(begin), dayAfter(begin + length)]
        if (scene.duty.dischargedAt !== undefined || (scene.duty.pauses ?? []).length > 0) return
        const assumption = { assume, from, until }
        const { would } = calculate(scene.duty, scene.mechanism, scene.timeOf, { atLeaf }, assumption)

        // The same, stated and covered on those days.
        const days = new Map([
          [atLeaf + 1, from],
          [atLeaf + 2, until],
        ])
        const stands = { statement: 's', by: 'M', since: atLeaf + 1, until: atLeaf + 2 }
        const known = { ...scene.mechanism, ...cut(scene.mechanism, atLeaf) }
        const extensions = (scene.duty.extensions ?? []).filter(({ grantedAt }) => grantedAt <= atLeaf)
        const restart = own.clarification?.effect === 'restart' ? { restarts: true as const } : {}
        const said = { ...scene.duty, extensions }
        const clock = clockOf(
          assume === 'clarification' ? { ...said, pauses: [{ ...stands, ...restart }] } : said,
          assume === 'suspension' ? { ...known, suspensions: [...known.suspensions, stands] } : known,
          assumingTimes(scene.timeOf, own, days),
          { atLeaf: atLeaf + 2 },
        )
        expect(would.due).toBe(clock.due)
      }),
      { numRuns: 500 },
    )
  })
})

function cut({ rules: versions = [], suspensions = [], absences = [] }: MechanismInTime, leaf: number) {
  const known = <T extends { readonly since: number; readonly until?: number }>(all: readonly T[]) =>
    all
      .filter(({ since }) => since <= leaf)
      .map(({ until, ...one }) => (until === undefined || until > leaf ? one : { ...one, until }) as T)
  return {
    rules: versions.filter(({ inForceSince }) => inForceSince !== undefined && inForceSince <= leaf),
    suspensions: known(suspensions),
    absences: known(absences),
  }
}

describe('assumed times', () => {
  it('count as of the assumed day, whatever the zone and the end of day', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Tbilisi')
    const cutoffs = fc.constantFrom('24:00', '17:00', '00:00')
    const days = fc
      .integer({ min: 0, max: 700 })
      .map((n) => Temporal.PlainDate.from('2031-01-01').add({ days: n }).toString())
    fc.assert(
      fc.property(zones, cutoffs, days, (zone, cutoff, day) => {
        const agreed = { ...rules, zone, count: { roll: false, cutoff } }
        const times = assumingTimes(timeOf, agreed, new Map([[9, day]]))
        expect(times(3)).toBe(timeOf(3))
        const opened = { ...duty, openedAt: 9 }
        expect(
          clockOf(opened, { rules: [{ version: 1, rules: agreed, inForceSince: 0 }] }, times, { atLeaf: 9 }).dayZero,
        ).toBe(day)
      }),
    )
  })
})

import { rules as document } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import type { Duty } from '../duty.ts'
import { calendar30, clockOf, urgent14, working2040 } from './index.ts'

const partyA = 'A'.repeat(43)
const partyB = 'B'.repeat(42).concat('E')
const weekends = [partyA, partyB].map((party) => ({ party, year: 2031, restDays: [6, 7] }))
const by = { version: 1, zone: 'Asia/Tbilisi' }
const presets = [
  // Monday 3 March 2031 and 30 calendar days: Wednesday 2 April; 20 working days: Monday 31 March; 14 calendar days: Monday 17 March.
  { name: 'calendar-30', preset: calendar30, due: '2031-04-02', without: '2031-04-02' },
  { name: 'working-20-40', preset: working2040, due: '2031-03-31', without: undefined },
  { name: 'urgent-14', preset: urgent14, due: '2031-03-17', without: '2031-03-17' },
]

describe.each(presets)('the preset $name', ({ name, preset, due, without }) => {
  const dueUnder = (rules: ReturnType<typeof preset>) => {
    const duty: Duty = {
      owner: partyA,
      towards: partyB,
      kind: 'reply',
      about: 'request',
      openedAt: 1,
      openedBy: 'submission',
      rulesVersion: 1,
    }
    const timeOf = () => Date.UTC(2031, 2, 3, 8) / 1000
    return clockOf(duty, { rules: [{ version: 1, rules, inForceSince: 0 }] }, timeOf, { atLeaf: 1 }).due
  }

  it('is a rules document, under its name', () => {
    const made = preset({ ...by, calendars: weekends })
    expect(document.schema.parse(made)).toEqual(made)
    expect(made.title).toEqual({ en: name })
    expect(document.schema.parse(preset(by))).toEqual(preset(by))
  })

  it(`has a reply to a request of 3 March 2031 due on ${due}`, () => {
    expect(dueUnder(preset({ ...by, calendars: weekends }))).toBe(due)
  })

  it(`without calendars ${without === undefined ? 'has no date: nobody has said what a working day is' : 'has a date, and no last day moves'}`, () => {
    expect(dueUnder(preset(by))).toBe(without)
  })

  it('treats both sides alike', () => {
    expect(JSON.stringify(preset(by))).not.toMatch(new RegExp(`${partyA}|${partyB}`))
  })
})

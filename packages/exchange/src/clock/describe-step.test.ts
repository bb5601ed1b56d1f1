import { describe, expect, it } from 'vitest'
import type { Duty } from '../duty.ts'
import { clockOf, describeStep, type MechanismInTime } from './index.ts'

describe('the explanation of a date', () => {
  it('reads from day zero to the due date, each step on its own', () => {
    const calendar = { party: 'a', year: 2031, restDays: [6, 7], nonWorking: [{ date: '2031-03-20' }] }
    const rules = {
      version: 2,
      zone: 'Asia/Tbilisi',
      periods: { reply: { n: 10, unit: 'working-days' } },
      calendars: [calendar],
    } as const
    const mechanism: MechanismInTime = {
      rules: [{ version: 2, rules: { ...rules, calendars: [calendar] }, inForceSince: 1 }],
      suspensions: [{ statement: 's', by: 'm', since: 13, until: 14 }],
    }
    const duty: Duty = {
      owner: 'a',
      towards: 'b',
      kind: 'reply',
      about: 'request',
      openedAt: 3,
      openedBy: 'o',
      rulesVersion: 2,
      pauses: [{ since: 5, until: 6 }],
      extensions: [{ n: 2, askedAt: 7, grantedAt: 8 }],
      dischargedAt: 21,
      dischargedBy: 'd',
    }
    const timeOf = (leaf: number) => Date.UTC(2031, 2, leaf, 8) / 1000
    const nameOf = (party: string) => `Party ${party.toUpperCase()}`
    const { steps, state } = clockOf(duty, mechanism, timeOf, { atLeaf: 21 })
    expect(state).toBe('met')
    expect(steps.map((step) => describeStep(step, { nameOf }))).toEqual([
      '2031-03-03 is day zero and is not counted: statement 3 was covered that day',
      'the agreed period is 10 working days (rules version 2)',
      'an extension asked for on 2031-03-07 in statement 7 and granted in statement 8 lengthens the period by 2 working days',
      '2031-03-04: 1 day counted',
      '2031-03-05 to 2031-03-06: clarification awaited since statement 5, not counted',
      '2031-03-07: 1 day counted',
      '2031-03-08 to 2031-03-09: 2 days of rest in the calendar of Party A, not counted',
      '2031-03-10 to 2031-03-12: 3 days counted',
      '2031-03-13 to 2031-03-14: the mechanism suspended by Party M in statement 13, not counted',
      '2031-03-15 to 2031-03-16: 2 days of rest in the calendar of Party A, not counted',
      '2031-03-17 to 2031-03-19: 3 days counted',
      '2031-03-20: 1 day named as non-working in the calendar of Party A, not counted',
      '2031-03-21: 1 day counted',
      '2031-03-22 to 2031-03-23: 2 days of rest in the calendar of Party A, not counted',
      '2031-03-24 to 2031-03-26: 3 days counted',
      'due on 2031-03-26',
      'discharged on 2031-03-21 by statement 21',
    ])
    const beyond = steps.map((step) => describeStep(step, { nameOf, lastLeaf: 4 }))
    expect(beyond.filter((text) => text.includes('assumed'))).toEqual([
      'an extension asked for on 2031-03-07 in a statement that is assumed and granted in a statement that is assumed lengthens the period by 2 working days',
      '2031-03-05 to 2031-03-06: clarification awaited since a statement that is assumed, not counted',
      '2031-03-13 to 2031-03-14: the mechanism suspended, as is assumed, not counted',
      'discharged on 2031-03-21 by a statement that is assumed',
    ])
  })
})

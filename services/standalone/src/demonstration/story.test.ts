import { describe, expect, it } from 'vitest'
import { daysBefore, daysTold } from './days.ts'
import { lives } from './lives.ts'
import { storyOf } from './story.ts'
import { type Owed, type Standing, type ToldInMemory, tellInMemory } from './tell-in-memory.fixture.ts'
import { fullSize, type Size, worldOf } from './world.ts'

const small: Size = { cases: { A: 60, B: 30 }, part: 0 }
const firstStart = new Date('2031-11-23T10:00:00Z')

describe('the demonstration', { timeout: 60_000 }, () => {
  it('tells the same each time it is told: words, kinds, days and states; only keys and salts differ', async () => {
    const [one, other] = await Promise.all([tellInMemory(firstStart, small), tellInMemory(firstStart, small)])
    expect(one.world.cast.A).not.toBe(other.world.cast.A)
    expect(one.statements).toEqual(other.statements)
    expect(one.requests.map(inWords)).toEqual(other.requests.map(inWords))
  })

  it('tells the same another day, so many days later', async () => {
    const later = new Date('2031-12-17T22:00:00Z')
    const [one, other] = await Promise.all([tellInMemory(firstStart, small), tellInMemory(later, small)])
    const told = ({ statements }: ToldInMemory) => statements.map(({ by, kind }) => `${by} ${kind}`).sort()
    expect(told(other)).toEqual(told(one))
  })

  // Ends of years and of leap years, days of rest and named days of both sides, midnight in the agreed zone.
  it.each([
    '2028-02-29T12:00:00Z',
    '2031-01-01T00:30:00Z',
    '2031-04-30T19:59:59Z',
    '2031-04-30T20:00:01Z',
    '2031-12-31T23:59:59Z',
    '2032-06-21T06:00:00Z',
  ])('first started on %s, everything stated counts or is a draft, and every request is in its state', async (day) => {
    const told = await tellInMemory(new Date(day), small)
    expect(told.verdicts.filter(({ verdict }) => verdict === 'void')).toEqual([])
    expect(told.statements.every(({ at }) => at < new Date(day).getTime())).toBe(true)
    for (const { state, owed } of told.requests) {
      expect(kindsOf(owed), state).toEqual(open[state] ?? [])
      for (const [kind, at] of Object.entries(stands[state] ?? {}))
        expect(
          owed.filter((one) => one.kind === kind).map(({ clock }) => clock.state),
          state,
        ).toContain(at)
    }
  })

  it('can be told on days of four years, each act after what it rests on and before the first start', () => {
    const cast = { A: 'A', B: 'B', M: 'M' }
    // Every fifteenth: one falls on each day of the week after the other.
    for (let n = 0; n < 1461; n += 15) {
      const days = daysBefore(new Date(Date.UTC(2027, 0, 1 + n, 12)))
      const rounds = storyOf(worldOf(cast, days, small))
      const times = rounds.map(({ at }) => at)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
      expect(times.at(-1)).toBeLessThan(days.at(daysTold, 0))
      const keys = rounds.flatMap(({ acts }) => acts.map(({ key }) => key))
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('has both sides ask and answer alike: as many requests in every state, and as much owed', async () => {
    const told = await tellInMemory(firstStart, { ...small, part: 0.2 })
    const [a, b] = [tally(told, 'A'), tally(told, 'B')]
    expect(a).toEqual(b)
    const states = new Set(told.requests.map(({ state }) => state))
    expect([...states].sort()).toEqual(lives.map(({ state }) => state).sort())
  })

  it('tells a first visitor of 4,200 and 1,300 cases, 60 burial places, several hundred requests each way', () => {
    const rounds = storyOf(worldOf({ A: 'A', B: 'B', M: 'M' }, daysBefore(firstStart), fullSize))
    const keys = rounds.flatMap(({ acts }) => acts.map(({ key }) => key))
    const count = (pattern: RegExp) => keys.filter((key) => pattern.test(key)).length
    expect([count(/^A case \d+$/), count(/^B case \d+$/), count(/^[AB] site \d+$/)]).toEqual([4200, 1300, 60])
    expect(count(/^A request \d+$/)).toBe(count(/^B request \d+$/))
    expect(count(/^A request \d+$/)).toBeGreaterThan(300)
    expect(keys.length).toBeGreaterThan(7000)
    expect(keys.length).toBeLessThan(9000)
  })
})

/** Where what is owed stands, each standing once. The mediator's calendar differs from one side's as from the other's: its dates are its own. */
const statesOf = (owed: readonly Owed[]) => [
  ...new Set(
    owed.map(({ owner, towards, kind, clock }) => (owner === 'M' || towards === 'M' ? kind : `${kind} ${clock.state}`)),
  ),
]

const kindsOf = (owed: readonly Owed[]) => [...new Set(owed.map(({ kind }) => kind))].sort()

/** What is owed in the end in each state in which something is. */
const open: Readonly<Record<string, readonly string[]>> = {
  'just asked': ['acknowledge', 'reply'],
  acknowledged: ['reply'],
  'not acknowledged within the period': ['acknowledge', 'reply'],
  'open beyond the period': ['reply'],
  reminded: ['reply'],
  'reminded three times': ['reply'],
  'answered, to be assessed': ['assess'],
  'fate known, remains to be reviewed': ['review'],
  'review open beyond its date': ['review'],
  'answer promised': ['reply'],
  'answer disputed, referred': ['assess', 'decide-referral'],
  'insufficient, to be answered again': ['reply'],
  'insufficient twice, referred': ['decide-referral'],
  'referred and decided: review-by': ['review'],
  'referred and decided: to-meeting': ['review'],
  'paused: clarification awaited': ['clarify', 'reply'],
  clarified: ['reply'],
  'extension asked for': ['decide-extension', 'reply'],
  'extension granted': ['reply'],
  'extension refused': ['reply'],
  'extension asked for after the due date': ['reply'],
  'returned as incomplete': ['clarify'],
  'returned, clarified, owed afresh': ['reply'],
  reopened: ['reply'],
  'reply corrected': ['assess'],
  'reply retracted, owed again': ['reply'],
  'request corrected': ['reply'],
  'not answered, referred': ['decide-referral', 'reply'],
  'reply drafted, to be released': ['reply'],
  'burial place shown, remains in part': ['assess', 'review'],
  'records found in part': ['assess', 'review'],
  'asked of a group': ['reply'],
}

/** Where some of it stands, whatever the day of the first start. */
const stands: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'just asked': { acknowledge: 'running', reply: 'running' },
  acknowledged: { reply: 'running' },
  'not acknowledged within the period': { acknowledge: 'open-beyond' },
  'open beyond the period': { reply: 'open-beyond' },
  'reminded three times': { reply: 'open-beyond' },
  'fate known, remains to be reviewed': { review: 'running' },
  'review open beyond its date': { review: 'open-beyond' },
  'paused: clarification awaited': { reply: 'paused' },
  'extension asked for after the due date': { reply: 'open-beyond' },
}

const inWords = ({ side, state, open, owed }: Standing) => ({
  side,
  state,
  open,
  owed: owed.map(({ owner, kind, question, clock }) => `${owner} ${kind} ${question} ${clock.state} ${clock.due}`),
})

/** How many requests are in which state, with what is open of them. */
function tally({ requests }: ToldInMemory, side?: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { state, open, owed, ...request } of requests) {
    if (side !== undefined && request.side !== side) continue
    const is = `${state}: ${open.join(' ')} · ${statesOf(owed).sort().join(', ')}`
    counts[is] = (counts[is] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort())
}

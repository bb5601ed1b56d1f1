import { clockStates } from '@tidings/exchange'
import { describe, expect, it } from 'vitest'
import { standingText } from './standing-text.ts'

describe('where a duty stands, in words', () => {
  it.each([
    [{ state: 'running', daysLeft: 12 }, '12 days left'],
    [{ state: 'running', daysLeft: 1 }, '1 day left'],
    [{ state: 'running', daysLeft: 0 }, 'due today'],
    [{ state: 'open-beyond', daysBeyond: 3 }, 'outstanding 3 days beyond the agreed period'],
    [{ state: 'met-after', daysBeyond: 1 }, 'met 1 day after the agreed period'],
    [{ state: 'paused' }, 'paused'],
    [{ state: 'no-date', noDate: 'no-rules' }, 'no date agreed'],
    [{ state: 'no-date', noDate: 'no-calendar' }, 'no calendar agreed for its year'],
  ] as const)('%o is "%s"', (clock, words) => {
    expect(standingText(clock)).toBe(words)
  })

  it('blames nobody, in any state', () => {
    for (const state of clockStates) {
      expect(standingText({ state, daysLeft: 5, daysBeyond: 5 })).not.toMatch(/late|overdue|breach|violat|fail|miss/)
    }
  })
})

import { readFileSync } from 'node:fs'
import { serialize } from 'node:v8'
import type { Placed } from '@tidings/exchange'
import { describe, expect, it } from 'vitest'
import { growing, ways } from './fold-histories.ts'

/** What `docs/performance.md` states: at most so many bytes for an open request with two questions, and for each statement more. */
const bytes = { ofOpenRequest: 2048, ofStatement: 600 }

/** Bytes of a stream's state, as written for a snapshot, after so many statements. */
function sizes(how: string, counts: readonly number[]): readonly number[] {
  const { empty, say, fold } = growing(how)
  const measured: number[] = []
  let state = empty
  let before: Placed | undefined
  for (let i = 0; i < Math.max(...counts); i++) {
    before = say(i, state, before).said
    state = fold(state, before).state
    if (counts.includes(i + 1)) measured.push(serialize(state).length)
  }
  return measured
}

it('an open request with two questions takes no more than is stated', () => {
  const [submitted = Number.NaN] = sizes('interim answers', [1])
  expect(submitted).toBeGreaterThan(0)
  expect(submitted).toBeLessThanOrEqual(bytes.ofOpenRequest)
})

describe('a stream of a thousand statements', () => {
  it.each(ways)('grows by the same for each, by no more than is stated: %s', (how) => {
    const [quarter = 0, half = 0, whole = 0] = sizes(how, [250, 500, 1000])
    const [early, late] = [(half - quarter) / 250, (whole - half) / 500]
    expect(early).toBeGreaterThan(0)
    // Numbers of leaves become longer; nothing else does.
    expect(late / early).toBeCloseTo(1, 1)
    expect(late).toBeLessThanOrEqual(bytes.ofStatement)
  })
})

it('what is stated is told where others read it', () => {
  const told = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  for (const limit of Object.values(bytes)) expect(told).toContain(`${limit.toLocaleString('en')} bytes`)
})

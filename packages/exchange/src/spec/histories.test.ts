import { kinds } from '@tidings/statement'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Verdict } from '../index.ts'
import { voidReasons } from '../verdict.ts'
import { histories } from './histories.ts'
import { allHistories } from './properties.ts'

it('histories reach every kind, effective, held and void, and every reason: otherwise what is so of them would say little', () => {
  const reached = { effective: new Set<string>(), held: new Set<string>(), void: new Set<string>() }
  const reasons = new Set<string>()
  const counts: Record<Verdict['verdict'], number> = { effective: 0, held: 0, void: 0 }
  // What a few leave behind is counted and let go: nobody needs them again.
  for (let few = 0; few < 12; few++)
    for (const { happened } of fc.sample(histories, { seed: 20310101 + few, numRuns: allHistories / 12 }))
      for (const { step, placed } of happened) {
        const { verdict } = step
        counts[verdict.verdict]++
        reached[verdict.verdict].add(placed.payload.kind)
        if (verdict.verdict === 'void') reasons.add(verdict.reason)
      }
  expect([...reached.effective].sort()).toEqual(Object.keys(kinds).sort())
  expect([...reached.void].sort()).toEqual(Object.keys(kinds).sort())
  expect(reached.held.size).toBeGreaterThan(0)
  expect(voidReasons.filter((reason) => !reasons.has(reason))).toEqual([])
  const all = counts.effective + counts.held + counts.void
  expect(all).toBeGreaterThan(100_000)
  expect(counts.effective / all).toBeGreaterThan(0.4)
}, 600_000)

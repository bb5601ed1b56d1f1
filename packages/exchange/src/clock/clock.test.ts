import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockOf, clockStates } from './index.ts'
import { type ClockScene, clockScenes } from './spec/clock-scenes.ts'
import { naiveClock } from './spec/naive-clock.ts'

/** What the clock says of a scene at a leaf, and on a day some days after it, without the explanation. */
function said({ duty, mechanism, timeOf }: ClockScene, atLeaf: number, days: number) {
  const on = Temporal.Instant.fromEpochMilliseconds(timeOf(atLeaf) * 1000)
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
    .add({ days })
    .toString()
  const { steps: _, noDate: __, ...clock } = clockOf(duty, mechanism, timeOf, { atLeaf, on })
  return { on, clock }
}

describe('the clock of a duty', () => {
  it('agrees with a walk from day to day, at every leaf from its opening on', () => {
    const reached = new Set<string>()
    fc.assert(
      fc.property(clockScenes, fc.nat(300), (scene, days) => {
        const { duty, mechanism, timeOf } = scene
        for (let atLeaf = duty.openedAt; atLeaf < duty.openedAt + 20; atLeaf++) {
          const { on, clock } = said(scene, atLeaf, atLeaf % 3 === 0 ? days : 0)
          reached.add(clock.state)
          expect(clock).toEqual(naiveClock(duty, mechanism, timeOf, { atLeaf, on }))
        }
      }),
      { numRuns: 1000 },
    )
    expect([...reached].toSorted()).toEqual([...clockStates].toSorted())
  }, 60_000)
})

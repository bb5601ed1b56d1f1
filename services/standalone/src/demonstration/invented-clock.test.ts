import { describe, expect, it } from 'vitest'
import { inventedClock, inventedClockIn } from './invented-clock.ts'

describe('an invented clock', () => {
  it('stands where it is set, in every thread that holds its memory', () => {
    const clock = inventedClock(1000)
    const elsewhere = inventedClockIn(clock.memory)
    expect([clock.now(), elsewhere.now()]).toEqual([1000, 1000])
    elsewhere.set(2000)
    expect(clock.now()).toBe(2000)
  })

  it("is the machine's once it is released, whatever is set afterwards", () => {
    const clock = inventedClock(1000)
    const elsewhere = inventedClockIn(clock.memory)
    clock.release()
    elsewhere.set(2000)
    const before = Date.now()
    expect(clock.now()).toBeGreaterThanOrEqual(before)
    expect(elsewhere.now()).toBeGreaterThanOrEqual(before)
  })
})

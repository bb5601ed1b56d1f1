import { describe, expect, it } from 'vitest'
import { watchClock } from './clock-watch.ts'

const noon = Date.UTC(2031, 0, 2, 12)
const [minute, day] = [60_000, 86_400_000]

describe('the watch over the clock', () => {
  /** A machine on which time passes, and whose clock somebody sets. */
  function machine() {
    let [passed, set, last] = [5 * day, noon - 5 * day, noon]
    const now = () => set + passed
    return {
      now,
      wait: watchClock({ now, passed: () => passed, lastCheckpoint: async () => Math.floor(last / 1000) }),
      passes: (ms: number) => {
        passed += ms
      },
      isSetBy: (ms: number) => {
        set += ms
      },
      signs: () => {
        last = Math.max(last, now())
      },
    }
  }

  it('waits for nothing while time passes, however long nobody asks', async () => {
    const { wait, passes, signs } = machine()
    for (const ms of [1, 30 * minute, 40 * day]) {
      passes(ms)
      expect(await wait()).toBeUndefined()
      signs()
    }
  })

  it('lets a clock be set by a little, again and again', async () => {
    const { wait, isSetBy, passes, signs } = machine()
    for (let i = 0; i < 20; i++) {
      isSetBy(i % 3 === 0 ? -minute : minute)
      passes(minute)
      expect(await wait()).toBeUndefined()
      signs()
    }
  })

  it('waits when the clock stands before the last checkpoint, until it has caught up', async () => {
    const { wait, isSetBy, passes } = machine()
    isSetBy(-day)
    expect(await wait()).toMatch(
      /^the clock says 2031-01-01T12:00:00Z, before the last checkpoint at 2031-01-02T12:00:00Z/,
    )
    passes(day)
    expect(await wait()).toBeUndefined()
  })

  it('waits when the clock goes ahead of the time that has passed, until it is set right', async () => {
    const { wait, isSetBy, passes } = machine()
    isSetBy(365 * day)
    passes(10 * minute)
    expect(await wait()).toMatch(/went ahead by 31536000 s more than has passed, to 2032-01-02T12:10:00Z/)
    passes(day)
    expect(await wait(), 'waiting does not make it right').toMatch(/went ahead/)
    isSetBy(-365 * day)
    expect(await wait()).toBeUndefined()
  })

  it('believes a clock at the start, unless it stands before the last checkpoint', async () => {
    const wait = (now: number) =>
      watchClock({ now: () => now, passed: () => 0, lastCheckpoint: async () => noon / 1000 })()
    expect(await wait(noon + 365 * day)).toBeUndefined()
    expect(await wait(noon - minute)).toBeUndefined()
    expect(await wait(noon - 3 * minute)).toMatch(/before the last checkpoint/)
  })
})

import { createSecretKey, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CheckingInterrupted, type CheckPool, type CheckPoolOptions, startCheckPool } from './check-pool.ts'

const sealing = { wrapping: createSecretKey(randomBytes(32)) }
const script = new URL('./odd-thread.fixture.ts', import.meta.url)
const line = (text: string) => new TextEncoder().encode(text)

describe('threads that check submissions', () => {
  let pool: CheckPool

  function start(options: Omit<CheckPoolOptions, 'sealing'> = {}) {
    pool = startCheckPool({ sealing, script, ...options })
    return pool
  }
  afterEach(() => pool[Symbol.asyncDispose]())

  /** What the odd thread says of each line: the line itself. */
  async function echo(...texts: string[]) {
    const outcomes = await pool.check(texts.map(line))
    return outcomes.map(
      (outcome) => 'refused' in outcome && outcome.refused.why === 'failure' && outcome.refused.message,
    )
  }

  /** Of lines that are asked of one by one, at the same time: with how many each has shared its chunk. */
  async function together(lines: number) {
    const answers = await Promise.all(Array.from({ length: lines }, () => echo('how many')))
    return answers.map(([text]) => Number(String(text).split(' ').at(-1)))
  }

  it('answer each caller in its own order, however many ask at once', async () => {
    start()
    const asked = Array.from({ length: 200 }, (_, i) => [`${i}`, `${i} again`])
    expect(await Promise.all(asked.map((texts) => echo(...texts)))).toEqual(asked)
  })

  it('take together what comes at the same time', async () => {
    start({ threads: 1 })
    await echo('warm')
    expect(Math.max(...(await together(100)))).toBeGreaterThan(10)
  })

  it('take together what comes within five milliseconds of others; whoever comes alone, one after the other, waits for nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      start({ threads: 1 })
      for (let i = 0; i < 3; i++) {
        expect(await echo('how many')).toEqual(['how many 1'])
        vi.advanceTimersByTime(5)
      }
      await echo('alone')
      const asked = [echo('how many')]
      for (let i = 0; i < 3; i++) {
        vi.advanceTimersByTime(1)
        asked.push(echo('how many'))
      }
      vi.advanceTimersByTime(2)
      expect(await Promise.all(asked)).toEqual(Array(4).fill(['how many 4']))
    } finally {
      vi.useRealTimers()
    }
  })

  it('have their share each of what comes together', async () => {
    start({ threads: 2 })
    await echo('warm')
    expect(Math.max(...(await together(40)))).toBeLessThanOrEqual(20)
  })

  it('that end are told apart from those that answer: only what they had is lost, and another takes their place', async () => {
    start({ threads: 1 })
    for (let round = 0; round < 3; round++) {
      const [before, lost] = await Promise.allSettled([echo('before'), echo('end')])
      expect(before.status === 'rejected' || before.value[0] === 'before').toBe(true)
      expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(CheckingInterrupted) })
      expect(await echo('after')).toEqual(['after'])
    }
  })

  it('that throw outside of a check are replaced as well', async () => {
    start({ threads: 2 })
    await expect(echo('throw')).rejects.toThrow(CheckingInterrupted)
    expect(await echo('after')).toEqual(['after'])
  })

  it('that do not come back in time are given up', async () => {
    start({ threads: 1, patience: 3_000 })
    await expect(echo('hang')).rejects.toThrow(CheckingInterrupted)
    expect(await echo('after')).toEqual(['after'])
  })

  it('are asked nothing more once they are closed', async () => {
    start()
    await pool[Symbol.asyncDispose]()
    await expect(echo('late')).rejects.toThrow(CheckingInterrupted)
  })
})

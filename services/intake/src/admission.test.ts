import { describe, expect, it } from 'vitest'
import { Admission } from './admission.ts'

const busy = expect.objectContaining({ problem: 'busy', retryAfter: 1 })

describe('what may be under way at once', () => {
  it('is bounded in bytes: who comes when the house is full is turned away, and let in when somebody has left', () => {
    const admission = new Admission({ bytes: 100, statements: 10 })
    const first = admission.enter(60)
    admission.enter(40)
    expect(() => admission.enter(1)).toThrow(busy)
    first.leave()
    expect(() => admission.enter(61)).toThrow(busy)
    admission.enter(60)
  })

  it('sets nothing aside for who only asks: one that sends slowly keeps nobody out', () => {
    const admission = new Admission({ bytes: 100, statements: 10 })
    for (let i = 0; i < 10; i++) admission.ask(100)
    admission.enter(60)
    expect(() => admission.ask(41)).toThrow(busy)
    admission.ask(40)
  })

  it('is bounded in statements', async () => {
    const admission = new Admission({ bytes: 100, statements: 10 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const working = admission.enter(1).during(8, () => promise)
    await expect(admission.enter(1).during(3, async () => 'work')).rejects.toThrow(busy)
    expect(await admission.enter(1).during(2, async () => 'work')).toBe('work')
    resolve()
    await working
  })

  it('counts a request until its answer has left and its work is done, whichever comes later', async () => {
    const admission = new Admission({ bytes: 10, statements: 10 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const share = admission.enter(10)
    const working = share.during(1, () => promise)
    share.leave()
    expect(() => admission.enter(1)).toThrow(busy)
    resolve()
    await working
    const other = admission.enter(10)
    await other.during(1, async () => {})
    expect(() => admission.enter(1)).toThrow(busy)
    other.leave()
    admission.enter(10)
  })

  it('gives back what failed', async () => {
    const admission = new Admission({ bytes: 10, statements: 10 })
    const share = admission.enter(10)
    await expect(share.during(10, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    share.leave()
    expect(await admission.enter(10).during(10, async () => 'work')).toBe('work')
  })

  it('lets in what is larger than all of it, alone', async () => {
    const admission = new Admission({ bytes: 10, statements: 10 })
    const share = admission.enter(11)
    expect(await share.during(11, async () => 'work')).toBe('work')
    expect(() => admission.enter(1)).toThrow(busy)
  })
})

import { describe, expect, it } from 'vitest'
import { seenOnce } from './seen-once.ts'

describe('what was seen once', () => {
  let time = 0
  const seenFor = (window: number, most = 100) => seenOnce({ window, most, now: () => time })

  it('is remembered for at least its window, whenever in it it came', () => {
    for (const arrival of [0, 1, 500, 999]) {
      time = 0
      const seen = seenFor(1000)
      time = arrival
      expect(seen.use('a')).toBe('new')
      time = arrival + 1000
      expect(seen.use('a')).toBe('seen')
    }
  })

  it('is forgotten after twice its window', () => {
    time = 0
    const seen = seenFor(1000)
    expect(seen.use('a')).toBe('new')
    time = 2000
    expect(seen.use('a')).toBe('new')
  })

  it('is not forgotten early to make room: what comes when there is none is not taken', () => {
    time = 0
    const seen = seenFor(1000, 2)
    expect([seen.use('a'), seen.use('b'), seen.use('c')]).toEqual(['new', 'new', 'full'])
    expect(seen.use('a')).toBe('seen')
    time = 1000
    expect(seen.use('c')).toBe('new')
    expect(seen.use('a')).toBe('seen')
  })
})

import { describe, expect, it } from 'vitest'
import { openPace } from './pace.ts'

describe('the pace of groups', () => {
  it('lets the first begin at once', () => {
    expect(openPace().pause(1, 0)).toBe(0)
  })

  it('lets whoever posts alone, one after the other, go on at once', () => {
    const pace = openPace()
    pace.begins(1, 0, 100)
    expect(pace.pause(1, 101)).toBe(0)
  })

  it('lets many share a group every twenty milliseconds', () => {
    const pace = openPace()
    pace.begins(2, 0, 100)
    const pauses = (...times: number[]) => times.map((time) => pace.pause(3, time))
    expect(pauses(101, 110, 119)).toEqual([19, 10, 1])
    expect(pauses(120, 500)).toEqual([0, 0])
  })

  it('waits for no others where so many wait that they share well what a group costs', () => {
    const pace = openPace()
    pace.begins(2, 0, 100)
    expect([31, 32, 1000].map((waiting) => pace.pause(waiting, 101))).toEqual([19, 0, 0])
    expect([31, 32, 1000].map(pace.isEnough)).toEqual([false, true, true])
  })

  it('keeps nothing back that was there already, nor what is to be looked at again', () => {
    const pace = openPace()
    pace.begins(1000, 500, 100)
    expect(pace.pause(1, 101)).toBe(0)
    pace.begins(500, 0, 110)
    pace.leaves()
    expect(pace.pause(1, 111)).toBe(0)
  })
})

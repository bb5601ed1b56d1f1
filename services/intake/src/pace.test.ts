import { describe, expect, it } from 'vitest'
import { openPace } from './pace.ts'

describe('the pace of groups', () => {
  it('lets the first begin at once', () => {
    expect(openPace().pause(0)).toBe(0)
  })

  it('lets whoever posts alone, one after the other, go on at once', () => {
    const pace = openPace()
    pace.begins(1, 0, 100)
    expect(pace.pause(101)).toBe(0)
  })

  it('lets many share a group every twenty milliseconds', () => {
    const pace = openPace()
    pace.begins(2, 0, 100)
    expect([101, 110, 119].map(pace.pause)).toEqual([19, 10, 1])
    expect([120, 500].map(pace.pause)).toEqual([0, 0])
  })

  it('keeps nothing back that was there already, nor what is to be looked at again', () => {
    const pace = openPace()
    pace.begins(1000, 500, 100)
    expect(pace.pause(101)).toBe(0)
    pace.begins(500, 0, 110)
    pace.leaves()
    expect(pace.pause(111)).toBe(0)
  })
})

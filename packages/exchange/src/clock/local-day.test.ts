import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateUnder } from './index.ts'

const seconds = (instant: string) => Temporal.Instant.from(instant).epochMilliseconds / 1000

describe('the day that a moment counts as', () => {
  it('is the day in the agreed zone', () => {
    expect(dateUnder({ zone: 'Asia/Tbilisi' }, seconds('2031-03-03T19:59:59Z'))).toBe('2031-03-03')
    expect(dateUnder({ zone: 'Asia/Tbilisi' }, seconds('2031-03-03T20:00:00Z'))).toBe('2031-03-04')
  })

  it('is the next one from the agreed end of day on', () => {
    const rules = { zone: 'Asia/Tbilisi', count: { cutoff: '17:00' } }
    expect(dateUnder(rules, seconds('2031-03-03T16:59:59+04:00'))).toBe('2031-03-03')
    expect(dateUnder(rules, seconds('2031-03-03T17:00:00+04:00'))).toBe('2031-03-04')
  })

  it('is never one that the zone left out', () => {
    // Samoa crossed the date line: 29 December 2011 was followed by the 31st.
    expect(dateUnder({ zone: 'Pacific/Apia' }, seconds('2011-12-30T09:59:59Z'))).toBe('2011-12-29')
    expect(dateUnder({ zone: 'Pacific/Apia' }, seconds('2011-12-30T10:00:00Z'))).toBe('2011-12-31')
  })

  it('never goes back, whatever the zone and the end of day', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Atlantic/Azores', 'UTC')
    const cutoff = fc.constantFrom('24:00', '00:00', '00:30', '01:30', '02:30', '17:00')
    // Around the nights on which these zones set their clocks back.
    const night = fc.constantFrom('2031-10-25T12:00Z', '2031-11-01T12:00Z', '2031-04-05T00:00Z', '2031-03-29T12:00Z')
    fc.assert(
      fc.property(zone, cutoff, night, (name, ends, from) => {
        const begin = seconds(from)
        const dates = Array.from({ length: 48 * 4 }, (_, i) =>
          dateUnder({ zone: name, count: { cutoff: ends } }, begin + i * 900),
        )
        expect(dates).toEqual(dates.toSorted())
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { dateOfSerial, textOfCell } from './cell.ts'

const of1900 = (serial: number) => dateOfSerial({ serial, system: 'excel-1900' })?.toString()
const of1904 = (serial: number) => dateOfSerial({ serial, system: 'excel-1904' })?.toString()

describe('a count of days', () => {
  it('of the system of 1900 counts a 29 February 1900 that never was', () => {
    expect(of1900(1)).toBe('1900-01-01')
    expect(of1900(59)).toBe('1900-02-28')
    expect(of1900(60)).toBeUndefined()
    expect(of1900(61)).toBe('1900-03-01')
    expect(of1900(14576)).toBe('1939-11-27')
    expect(of1900(2_958_465)).toBe('9999-12-31')
  })

  it('of the system of 1904 begins with 1 January 1904', () => {
    expect(of1904(0)).toBe('1904-01-01')
    expect(of1904(13114)).toBe('1939-11-27')
    expect(of1904(2_957_003)).toBe('9999-12-31')
  })

  it('names no day before the first, after the last, or when it is no number', () => {
    for (const serial of [-1, 0, 2_958_466, Number.NaN]) expect(of1900(serial)).toBeUndefined()
    for (const serial of [-1, 2_957_004]) expect(of1904(serial)).toBeUndefined()
  })

  it('drops the time of day from the date', () => {
    expect(of1900(14576.75)).toBe('1939-11-27')
  })
})

describe('a cell as text', () => {
  it('loses nothing', () => {
    expect(textOfCell(null)).toBe('')
    expect(textOfCell(' as it stands ')).toBe(' as it stands ')
    expect(textOfCell(32)).toBe('32')
    expect(textOfCell(32.5)).toBe('32.5')
    expect(textOfCell(true)).toBe('TRUE')
    expect(textOfCell({ serial: 14576, system: 'excel-1900' })).toBe('1939-11-27')
    expect(textOfCell({ serial: 14576.75, system: 'excel-1900' })).toBe('1939-11-27T18:00:00')
    expect(textOfCell({ serial: 0.25, system: 'excel-1900' })).toBe('06:00:00')
    expect(textOfCell({ serial: 60, system: 'excel-1900' })).toBe('60')
  })
})

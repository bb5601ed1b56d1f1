import { describe, expect, it } from 'vitest'
import type { Cell } from './cell.ts'
import { type DateForm, readDate } from './date-forms.ts'

const read = (cell: Cell, ...forms: DateForm[]) => {
  const result = readDate(cell, { forms })
  return 'date' in result ? result.date : 'refused'
}

describe('a date', () => {
  it('that the sheet shows as one is told in EDTF alone: it has no text of its own', () => {
    expect(read({ serial: 14576.5, system: 'excel-1900' })).toEqual({ edtf: '1939-11-27' })
  })

  it('written in another form is told in EDTF beside the text as recorded', () => {
    expect(read('27/11/1936', 'day-month-year')).toEqual({ edtf: '1936-11-27', verbatim: '27/11/1936' })
    expect(read('7.2.1992', 'day-month-year')).toEqual({ edtf: '1992-02-07', verbatim: '7.2.1992' })
    expect(read('2/7/1992', 'month-day-year')).toEqual({ edtf: '1992-02-07', verbatim: '2/7/1992' })
    expect(read('2003/06/01', 'year-month-day')).toEqual({ edtf: '2003-06-01', verbatim: '2003/06/01' })
    expect(read(' 1992~ ', 'edtf')).toEqual({ edtf: '1992~' })
    expect(read(1938, 'year')).toEqual({ edtf: '1938' })
    expect(read(14576, 'serial')).toEqual({ edtf: '1939-11-27', verbatim: '14576' })
  })

  it('is as precise as it is written', () => {
    expect(read('1992')).toEqual({ edtf: '1992' })
    expect(read('1992-02')).toEqual({ edtf: '1992-02' })
    expect(read('02/1992', 'day-month-year')).toEqual({ edtf: '1992-02', verbatim: '02/1992' })
    expect(read('02/1992', 'month-day-year')).toEqual({ edtf: '1992-02', verbatim: '02/1992' })
    expect(read('00/02/1992', 'day-month-year')).toEqual({ edtf: '1992-02', verbatim: '00/02/1992' })
    expect(read('00/00/1992', 'day-month-year')).toEqual({ edtf: '1992', verbatim: '00/00/1992' })
  })

  it('in ISO 8601 is always read, so that refused rows can be imported again; a time of day is dropped', () => {
    expect(read('1939-11-27', 'day-month-year')).toEqual({ edtf: '1939-11-27' })
    expect(read('1939-11-27T18:00:00')).toEqual({ edtf: '1939-11-27', verbatim: '1939-11-27T18:00:00' })
  })

  it('that does not exist, or whose form is not named, is refused', () => {
    expect(read('31/02/1992', 'day-month-year')).toBe('refused')
    expect(read('1992-13-01')).toBe('refused')
    expect(read('15/00/1992', 'day-month-year')).toBe('refused')
    expect(read('00/15/1992', 'month-day-year')).toBe('refused')
    expect(read('27/11/36', 'day-month-year')).toBe('refused')
    expect(read('27/11/1936')).toBe('refused')
    expect(read(14576)).toBe('refused')
    expect(read('summer', 'edtf')).toBe('refused')
    expect(read({ serial: 60, system: 'excel-1900' })).toBe('refused')
    expect(read(true, 'serial')).toBe('refused')
  })

  it('outside the dates that make sense is refused; of a month or year, only when all its days are outside', () => {
    const result = (cell: Cell) => readDate(cell, { forms: [], earliest: '1936-07-17', latest: '1975-11-20' })
    expect(result('1936-07-16')).toEqual({ rule: 'must be a date from 1936-07-17' })
    expect(result('2020-07-03')).toEqual({ rule: 'must be a date until 1975-11-20' })
    for (const inside of ['1936', '1936-07', '1936-07-17', '1975-11-20', '1975'])
      expect(result(inside)).toHaveProperty('date')
  })

  it('is counted by the date system that the mapping names, if it names one', () => {
    const cell = { serial: 13114, system: 'excel-1900' } as const
    expect(readDate(cell, { forms: [], system: 'excel-1904' })).toEqual({ date: { edtf: '1939-11-27' } })
  })
})

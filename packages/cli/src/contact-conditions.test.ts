import type { PersonFile } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { fulfils } from './contact-conditions.ts'

const person = (lastContact?: PersonFile['lastContact']): PersonFile => ({
  names: [{ full: 'Person 1' }],
  ...(lastContact && { lastContact }),
})

describe('a condition on the last contact', () => {
  it('of its category holds for that category only', () => {
    expect(fulfils(person({ category: 'captured' }), { category: 'captured' })).toBe(true)
    expect(fulfils(person({ category: 'unknown' }), { category: 'captured' })).toBe(false)
    expect(fulfils(person(), { category: 'captured' })).toBe(false)
  })

  it.each([
    ['1992-02-26', true],
    ['1992-03', true],
    ['1992', true],
    ['1992~', true],
    ['1991-12/1992-01', true],
    ['1992-06/..', true],
    ['199X', true],
    ['1991', false],
    ['1993-01-01', false],
  ])('of its date holds when what is known (%s) may be within: %s', (edtf, holds) => {
    expect(fulfils(person({ date: { edtf } }), { from: '1992-01-01', until: '1992-12-31' })).toBe(holds)
  })

  it('of its date does not hold when the date is known only in words, or not at all', () => {
    expect(fulfils(person({ date: { verbatim: 'in the spring' } }), { from: '1992-01-01' })).toBe(false)
    expect(fulfils(person(), { until: '1992-01-01' })).toBe(false)
  })

  it('of its place holds wherever the text stands, capitals and marks aside', () => {
    const file = person({ place: { locality: 'Ağdam', verbatim: 'near the mill' } })
    expect(fulfils(file, { place: 'AGDAM' })).toBe(true)
    expect(fulfils(file, { place: 'mill' })).toBe(true)
    expect(fulfils(file, { place: 'station' })).toBe(false)
  })

  it('holds together with the others, and none holds for everyone', () => {
    const file = person({ category: 'captured', date: { edtf: '1992' } })
    expect(fulfils(file, { category: 'captured', from: '1993-01-01' })).toBe(false)
    expect(fulfils(person(), {})).toBe(true)
  })
})

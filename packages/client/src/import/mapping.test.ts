import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mappingSchema, readMapping } from './mapping.ts'

const smallest = { v: 1, target: 'cases', columns: { NAME: 'names.0.full' } }

describe('a mapping', () => {
  it('names a target, and a field for each column', () => {
    expect(readMapping(JSON.stringify(smallest))).toEqual(smallest)
  })

  it.each([
    ['is not JSON', '{', 'is not JSON'],
    ['names no such field', { columns: { NAME: 'names.0.nickname' } }, 'columns / NAME'],
    [
      'names what holds fields and is none: those that may be meant are named',
      { columns: { PLACE: 'birth.place' } },
      'columns / PLACE: must name a field, such as birth.place.verbatim or',
    ],
    [
      'names a field by its last word alone',
      { columns: { FATHER: 'given' } },
      'must name a field, such as names.0.given; docs/cli-tables.md lists them',
    ],
    ['has a member too many', { colums: {} }, 'has no member colums'],
    ['names a field of the other target', { target: 'sites', columns: { NAME: 'names.0.full' } }, 'columns / NAME'],
    [
      'fills a field twice that holds one thing',
      { columns: { A: 'age', B: 'age' } },
      'must not fill age a second time',
    ],
    ['ignores a column that it maps', { ignore: ['NAME'] }, 'must not be ignored as well'],
    [
      'gives a word that the vocabulary does not have',
      { columns: { S: { field: 'sex', values: { M: 'man' } } } },
      'columns / S / values / M: must be one of female, male, other, or null',
    ],
    [
      'has forms of dates for what is no date',
      { columns: { A: { field: 'age', dates: ['year'] } } },
      'is for dates only',
    ],
    ['has an unknown form of dates', { columns: { D: { field: 'birth.date', dates: ['roman'] } } }, 'columns / D'],
    ['has a label for what is no text', { columns: { A: { field: 'age', label: 'Age' } } }, 'is for texts only'],
    ['gives a text for a number', { constants: { age: 'old' } }, 'constants / age: must be a number'],
  ])('that %s is refused', (_, part, message) => {
    const json = typeof part === 'string' ? part : { ...smallest, ...part }
    const refusal = expect(() => readMapping(json))
    refusal.toThrow(expect.objectContaining({ code: 'import/mapping' }))
    refusal.toThrow(message)
  })

  it('has a JSON Schema that lists the fields of each target', () => {
    const schema = JSON.stringify(z.toJSONSchema(mappingSchema))
    expect(schema).toContain('names\\\\.\\\\d{1,2}\\\\.given')
    expect(schema).toContain('persons\\\\.exhumed')
  })
})

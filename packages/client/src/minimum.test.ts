import { type PersonFile, type Rules, rules as rulesDocument } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { minimumLacks, minimumLacksOfCase, requestFileOn, unknownMinimumFields } from './minimum.ts'

const rules: Rules = rulesDocument.schema.parse({
  version: 1,
  zone: 'UTC',
  periods: {},
  minimum: [
    { matter: 'case', fields: ['person.names.family', 'person.birth.date'] },
    { matter: 'case', question: 'fate', lastContact: ['captured'], fields: ['lastContact.date', 'lastContact.place'] },
    { matter: 'case', lastContact: ['unknown'], fields: ['note'] },
    { matter: 'burial-place', fields: ['burialPlace.geometry'] },
    { matter: 'group', fields: ['lastContact.circumstances'] },
  ],
})
const person: PersonFile = {
  names: [{ full: 'of one source' }, { given: 'Given', family: 'Family' }],
  birth: { date: { edtf: '1970' } },
  lastContact: { category: 'captured', date: { edtf: '1992-05' } },
}
const ask = (file: PersonFile, ...questions: ('fate' | 'remains')[]) =>
  minimumLacks(rules, { matter: 'case', questions, file: requestFileOn(file) })

describe('the agreed minimum', () => {
  it('asks for what its entries on this matter, question and last contact name, and a request lacks', () => {
    expect(ask(person, 'fate')).toEqual([{ field: 'lastContact.place', missing: 'place' }])
    expect(ask(person, 'remains')).toEqual([])
    expect(ask({ ...person, lastContact: { category: 'other' } }, 'fate')).toEqual([])
    expect(ask({ names: [{ full: 'x' }], lastContact: { category: 'captured' } }, 'fate')).toEqual([
      { field: 'person.names.family', missing: 'identity' },
      { field: 'person.birth.date', missing: 'identity' },
      { field: 'lastContact.date', missing: 'date' },
      { field: 'lastContact.place', missing: 'place' },
    ])
  })

  it('takes a last contact that is not told as unknown, and one in the file on the person as told', () => {
    const { lastContact: _, ...unknown } = person
    expect(ask(unknown, 'fate')).toEqual([{ field: 'note', missing: 'grounds' }])
    const file = { person: { ...person, lastContact: { ...person.lastContact, place: { verbatim: 'a bridge' } } } }
    expect(minimumLacks(rules, { matter: 'case', questions: ['fate'], file })).toEqual([])
  })

  it('asks nothing where no rules are in force, or none of it was agreed', () => {
    const told = { matter: 'group', questions: ['fate'], file: { group: 'four persons' } } as const
    expect(minimumLacks(undefined, told)).toEqual([])
    expect(minimumLacks({}, told)).toEqual([])
    expect(minimumLacks(rules, told)).toEqual([{ field: 'lastContact.circumstances', missing: 'circumstances' }])
  })

  it('asks of a case file whatever may be asked about it', () => {
    expect(minimumLacksOfCase(rules, person)).toEqual([{ field: 'lastContact.place', missing: 'place' }])
  })

  it('names fields that no request can tell', () => {
    expect(unknownMinimumFields(rules)).toEqual([])
    const misspelt = { minimum: [{ matter: 'case' as const, fields: ['birth.date', 'person.name', 'person.names'] }] }
    expect(unknownMinimumFields(misspelt)).toEqual(['birth.date', 'person.name'])
  })
})

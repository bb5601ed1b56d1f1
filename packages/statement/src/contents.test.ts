import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { canonicalForm } from './canonical-form.ts'
import { checkContent, checkContents, contentTypes } from './check-content.ts'
import { newContent } from './commitment.ts'
import { burialPlace } from './contents/burial-place.ts'
import { caseIds, decodeCaseIds, encodeCaseIds } from './contents/case-ids.ts'
import { note } from './contents/note.ts'
import { personFile } from './contents/person-file.ts'
import { replyFile } from './contents/reply-file.ts'
import { requestFile } from './contents/request-file.ts'
import { utf8 } from './encoding.ts'
import { newThingId } from './identifiers.ts'
import type { PayloadOf } from './kinds/index.ts'
import { example, thing } from './spec/examples.ts'

const json = (value: unknown) => canonicalForm(value)
const check = ({ mediaType }: { readonly mediaType: string }, value: unknown) =>
  checkContent({ mediaType }, json(value))
const refusedAt = (field: string) => expect.objectContaining({ code: 'statement/content', field })

const person = { names: [{ full: 'Invented Name', script: 'Latn' }] }
const place = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [10.5, 50.25] },
  properties: { locality: 'X' },
}
const reply = { answers: [{ question: 'burial-place', finding: { burialPlaces: [{ site: thing(3) }] } }] }

/** Per type of content: what it takes, and what it refuses at which field. */
const cases: Readonly<Record<string, { takes: unknown[]; refuses: readonly (readonly [string, unknown])[] }>> = {
  [personFile.mediaType]: {
    takes: [
      person,
      {
        names: [
          { given: 'A', family: 'B' },
          { full: 'C', use: 'transliteration' },
        ],
        lastContact: { category: 'captured' },
      },
      { ...person, birth: { date: { edtf: '1961~' }, place: { verbatim: 'near X' } }, age: 31 },
    ],
    refuses: [
      ['content/names', {}],
      ['content/names', { names: [] }],
      ['content/names/0', { names: [{ script: 'Latn' }] }],
      ['content/names/0/script', { names: [{ full: 'A', script: 'latin' }] }],
      ['content/lastContact', { ...person, lastContact: {} }],
      ['content/age', { ...person, age: -1 }],
      ['content', { ...person, salary: 1 }],
    ],
  },
  [burialPlace.mediaType]: {
    takes: [
      place,
      { ...place, geometry: null },
      { ...place, properties: { persons: { buried: 3 }, coordinatePrecision: 'representative' } },
    ],
    refuses: [
      ['content/type', { ...place, type: 'Point' }],
      ['content/geometry', { type: 'Feature', properties: {} }],
      ['content/geometry/coordinates/1', { ...place, geometry: { type: 'Point', coordinates: [10, 95] } }],
      ['content/properties', { ...place, properties: { name: 'X' } }],
      ['content/properties/persons/buried', { ...place, properties: { persons: { buried: -1 } } }],
    ],
  },
  [requestFile.mediaType]: {
    takes: [
      { person },
      { burialPlace: place, note: 'x' },
      { group: 'twelve persons' },
      { records: 'a body of records' },
    ],
    refuses: [
      ['content', {}],
      ['content', { note: 'x' }],
      ['content/person/names', { person: {} }],
    ],
  },
  [replyFile.mediaType]: {
    takes: [
      reply,
      { answers: [{ question: 'fate', finding: { fate: 'released', date: { verbatim: 'spring' } } }] },
      {
        answers: [
          { question: 'fate', search: { sources: ['register'] } },
          { question: 'remains', ground: 'hazard' },
        ],
      },
    ],
    refuses: [
      ['content/answers', { answers: [] }],
      ['content/answers/0/finding', { answers: [{ question: 'fate', finding: {} }] }],
      ['content/answers/0/search', { answers: [{ question: 'fate', search: {} }] }],
      ['content/answers/0/ground', { answers: [{ question: 'fate', ground: 'because' }] }],
      [
        'content/answers/0/finding/burialPlaces/0/site',
        { answers: [{ question: 'fate', finding: { burialPlaces: [{ site: '12' }] } }] },
      ],
    ],
  },
  [note.mediaType]: {
    takes: [{ text: 'x' }],
    refuses: [
      ['content/text', { text: '' }],
      ['content/text', {}],
    ],
  },
}

describe('every type of content', () => {
  it('has cases below', () => expect(Object.keys(cases)).toEqual(Object.keys(contentTypes)))

  it('has a schema that can be compiled', () => {
    for (const { schema } of Object.values(contentTypes)) {
      expect(() => z.compile(schema, { strict: true })).not.toThrow()
    }
  })
})

describe.each(Object.entries(cases))('%s', (mediaType, { takes, refuses }) => {
  it('takes what fits its schema, as it is', () => {
    for (const value of takes) expect(check({ mediaType }, value)).toEqual(value)
  })

  it.each(refuses)('refuses, naming %s', (field, value) => {
    expect(() => check({ mediaType }, value)).toThrow(refusedAt(field))
  })

  it('is JSON in UTF-8, in its canonical form', () => {
    const refused = (code: string) => expect.objectContaining({ code, field: 'content' })
    for (const data of [utf8('{'), utf8(''), utf8('{ }'), utf8('{"a":1,"a":2}')]) {
      expect(() => checkContent({ mediaType }, data)).toThrow(refused('statement/canonical-form'))
    }
    expect(() => checkContent({ mediaType }, Uint8Array.of(0x22, 0xff, 0x22))).toThrow(refused('statement/encoding'))
  })
})

describe('a content of another type', () => {
  it('is refused', () => {
    expect(() => check({ mediaType: 'text/plain' }, {})).toThrow(refusedAt('content'))
    expect(() => check({ mediaType: '__proto__' }, {})).toThrow(refusedAt('content'))
    expect(() => check({ mediaType: 'constructor' }, {})).toThrow(refusedAt('content'))
  })
})

describe('what is known of a date', () => {
  const taken = (date: unknown) => {
    try {
      check(personFile, { ...person, birth: { date } })
      return true
    } catch {
      return false
    }
  }

  it.each([
    '1992',
    '1992-02',
    '1992-02-29',
    '1992~',
    '1992?',
    '1992-02/1992-04',
    '../1992',
    '1992-XX',
    '{1992,1993}',
    '199X',
  ])('may be %s (EDTF)', (edtf) => expect(taken({ edtf })).toBe(true))

  it.each([
    '',
    '1992-13',
    '1992-02-30',
    '1993-02-29',
    '1992-02-00',
    '31.12.1992',
    'spring 1992',
    'open',
    '1992-02-29T12',
  ])('may not be %s', (edtf) => expect(taken({ edtf })).toBe(false))

  it('may be the text as recorded, alone or beside it; not nothing', () => {
    expect(taken({ verbatim: 'spring 1992' })).toBe(true)
    expect(taken({ verbatim: 'spring 1992', edtf: '1992-21' })).toBe(true)
    expect(taken({})).toBe(false)
  })
})

describe('a place', () => {
  const taken = (residence: unknown) => () => check(personFile, { ...person, residence })

  it('has both coordinates or neither', () => {
    expect(taken({ latitude: 50, longitude: 10, uncertaintyInMeters: 500 })).not.toThrow()
    expect(taken({ latitude: 50 })).toThrow(refusedAt('content/residence'))
    expect(taken({ latitude: 50, longitude: 200 })).toThrow(refusedAt('content/residence/longitude'))
    expect(taken({})).toThrow(refusedAt('content/residence'))
  })
})

describe('the case ids of a list', () => {
  it('are 16 bytes each, ascending, whatever order they came in', () => {
    const ids = fc.uniqueArray(fc.uuid({ version: 7 }), { maxLength: 40 })
    fc.assert(
      fc.property(ids, (some) => {
        const bytes = encodeCaseIds(some)
        expect(bytes).toHaveLength(some.length * 16)
        expect(decodeCaseIds(bytes)).toEqual([...some].sort())
        expect(encodeCaseIds([...some].reverse())).toEqual(bytes)
      }),
    )
  })

  it('are as many as fit 1 MiB', () => {
    const ids = Array.from({ length: 65_536 }, () => newThingId())
    expect(encodeCaseIds(ids)).toHaveLength(1024 * 1024)
    expect(checkContent(caseIds, encodeCaseIds(ids))).toHaveLength(65_536)
  })

  const [one, two] = [encodeCaseIds([thing(1)]), encodeCaseIds([thing(2)])]
  it.each([
    ['not whole', [...one, 0]],
    ['descending', [...two, ...one]],
    ['twice', [...one, ...one]],
    ['no UUID', new Array<number>(16).fill(0xaa)],
    ['no UUIDv7', [...one].with(6, 0x40)],
  ])('are refused when they are %s', (_, bytes) => {
    expect(() => checkContent(caseIds, Uint8Array.from(bytes), '/contents/0/data')).toThrow(
      refusedAt('/contents/0/data'),
    )
  })
})

describe('the contents that travel with a statement', () => {
  const content = newContent(thing(9), personFile.mediaType, json(person))
  const payload = { ...example('case.describe'), content: [content.reference] } as PayloadOf<'case.describe'>

  it('open what the statement commits to, and fit their types', () => {
    expect(() => checkContents(payload, [content])).not.toThrow()
    const { content: _, ...without } = example('request.assess')
    expect(() => checkContents(without as PayloadOf, [])).not.toThrow()
  })

  it('are as many as it names', () => {
    for (const openings of [[], [content, content]]) {
      expect(() => checkContents(payload, openings)).toThrow(
        expect.objectContaining({ code: 'statement/commitment', field: '/contents' }),
      )
    }
  })

  it('open their commitments before they are looked into', () => {
    const other = newContent(thing(9), personFile.mediaType, json({ salary: 1 }))
    expect(() => checkContents(payload, [other])).toThrow(
      expect.objectContaining({ code: 'statement/commitment', field: '/contents/0' }),
    )
    expect(() => checkContents({ ...payload, content: [other.reference] }, [other])).toThrow(
      expect.objectContaining({ code: 'statement/content', field: '/contents/0/data/names' }),
    )
  })
})

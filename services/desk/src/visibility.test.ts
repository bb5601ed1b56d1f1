import { describe, expect, it } from 'vitest'
import type { Present } from './projection/present.ts'
import type { ShownExchange } from './projection/snapshot.ts'
import {
  mayKnowStatement,
  mayReadContent,
  maySeeDuty,
  maySeeMechanism,
  maySeeParty,
  outstandingAccess,
  type StatementAudience,
  thingAccess,
} from './visibility.ts'

/**
 * One mechanism in force: A asks B, the agency stands in the audience, a third commission and an observer take part, a mediator mediates. Its
 * second has ended for the former mediator. The outsider takes part in nothing; the invited party is named in a proposal that waits.
 */
const readers = ['A', 'B', 'mediator', 'agency', 'third', 'observer', 'former', 'invited', 'outsider'] as const
type Reader = (typeof readers)[number]

const taking: Record<string, readonly string[]> = {
  m: ['A', 'B', 'mediator', 'agency', 'third', 'observer'],
  other: ['outsider', 'elsewhere'],
}
const named: Record<string, readonly string[]> = {
  m: [...(taking.m ?? []), 'former', 'invited'],
  other: taking.other ?? [],
}
const of = (index: Record<string, readonly string[]>, party: string) =>
  Object.keys(index).filter((mechanism) => index[mechanism]?.includes(party))

const present: Present = {
  party: () => undefined,
  mechanism: () => undefined,
  participants: () => [],
  mechanismsOf: (party) => of(taking, party),
  mediatedBy: (party) => (party === 'mediator' ? ['m'] : []),
  naming: (party) => of(named, party),
}

type Table = Readonly<
  Record<
    string,
    { readonly statement: StatementAudience; readonly know: readonly Reader[]; readonly read: readonly Reader[] }
  >
>

const exchange = { mechanism: 'm', iss: 'A', aud: ['B', 'agency'], about: 'r' } as const
const entry = { iss: 'A', about: 'c' } as const

/** The table "Who sees what", row by row. */
const table: Table = {
  'an effective request': {
    statement: { prefix: 'request', verdict: 'effective', ...exchange },
    know: ['A', 'B', 'mediator', 'agency'],
    read: ['A', 'B', 'agency'],
  },
  'an effective request without the agency': {
    statement: { prefix: 'request', verdict: 'effective', ...exchange, aud: ['B'] },
    know: ['A', 'B', 'mediator'],
    read: ['A', 'B'],
  },
  'an effective request whose audience names the mediator': {
    statement: { prefix: 'request', verdict: 'effective', ...exchange, aud: ['B', 'mediator'] },
    know: ['A', 'B', 'mediator'],
    read: ['A', 'B', 'mediator'],
  },
  'a held request': { statement: { prefix: 'request', verdict: 'held', ...exchange }, know: ['A'], read: ['A'] },
  'a void request': { statement: { prefix: 'request', verdict: 'void', ...exchange }, know: ['A'], read: ['A'] },
  'an effective disclosure': {
    statement: { prefix: 'disclosure', verdict: 'effective', ...exchange },
    know: ['A', 'B', 'mediator', 'agency'],
    read: ['A', 'B', 'agency'],
  },
  'a held disclosure': { statement: { prefix: 'disclosure', verdict: 'held', ...exchange }, know: ['A'], read: ['A'] },
  'a void disclosure': { statement: { prefix: 'disclosure', verdict: 'void', ...exchange }, know: ['A'], read: ['A'] },
  'a request of another mechanism': {
    statement: {
      prefix: 'request',
      verdict: 'effective',
      ...exchange,
      mechanism: 'other',
      iss: 'outsider',
      aud: ['A'],
    },
    know: ['outsider', 'A'],
    read: ['outsider', 'A'],
  },
  'a case file': { statement: { prefix: 'case', verdict: 'effective', ...entry }, know: ['A'], read: ['A'] },
  'a case file for the agency': {
    statement: { prefix: 'case', verdict: 'effective', ...entry, aud: ['agency'] },
    know: ['A', 'agency'],
    read: ['A', 'agency'],
  },
  'a burial place': { statement: { prefix: 'site', verdict: 'effective', ...entry }, know: ['A'], read: ['A'] },
  'a list under a mechanism': {
    statement: { prefix: 'list', verdict: 'effective', ...entry, mechanism: 'm', aud: ['B'] },
    know: ['A', 'B'],
    read: ['A', 'B'],
  },
  'a void list': {
    statement: { prefix: 'list', verdict: 'void', ...entry, aud: ['B'] },
    know: ['A'],
    read: ['A'],
  },
  'a key statement': {
    statement: { prefix: 'party', verdict: 'effective', iss: 'A', about: 'A' },
    know: ['A', 'B', 'mediator', 'agency', 'third', 'observer'],
    read: ['A'],
  },
  'a void key statement': {
    statement: { prefix: 'party', verdict: 'void', iss: 'A', about: 'A' },
    know: ['A'],
    read: ['A'],
  },
  'a proposal': {
    statement: { prefix: 'mechanism', verdict: 'effective', iss: 'A', about: 'm' },
    know: ['A', 'B', 'mediator', 'agency', 'third', 'observer', 'former', 'invited'],
    read: ['A'],
  },
}

describe('who sees what', () => {
  const rows = Object.entries(table).flatMap(([what, { statement, know, read }]) =>
    readers.map((reader) => ({ reader, what, statement, knows: know.includes(reader), reads: read.includes(reader) })),
  )
  it.each(rows)('$reader: $what: known $knows, content $reads', ({ reader, statement, knows, reads }) => {
    expect({
      knows: mayKnowStatement(reader, statement, present),
      reads: mayReadContent(reader, statement, present),
    }).toEqual({ knows, reads })
  })

  it('never lets anyone read what it may not know of', () => {
    for (const { statement } of Object.values(table)) {
      for (const reader of readers) {
        if (mayReadContent(reader, statement, present)) expect(mayKnowStatement(reader, statement, present)).toBe(true)
      }
    }
  })

  const request = {
    mechanism: 'm',
    asker: 'A',
    addressee: 'B',
    matter: { type: 'records' },
    submitted: { statement: 's', leaf: 1 },
    questions: [],
    owed: [],

    latest: {},
  } as const
  const disclosure = {
    mechanism: 'm',
    author: 'A',
    addressees: ['B', 'third'],
    matter: { type: 'case', case: 'c' },
    made: { statement: 's', leaf: 1 },
    latest: {
      statement: 's',
      leaf: 1,
      by: 'A',
      re: [],
      body: { matter: { type: 'case', case: 'c' } },
      versions: { entries: ['s'], length: 1 },
    },
    owed: [],
  } as const
  const shown: ShownExchange = { readers: ['A', 'agency'] }

  it.each([
    ['A', 'whole', 'whole'],
    ['agency', 'whole', 'whole'],
    ['mediator', 'whole', 'whole'],
    ['B', 'own-side', 'own-side'],
    ['third', 'none', 'own-side'],
    ['observer', 'none', 'none'],
    ['former', 'none', 'none'],
    ['outsider', 'none', 'none'],
  ] as const)('%s: of a request %s, of a disclosure to B and the third %s', (reader, ofRequest, ofDisclosure) => {
    expect(thingAccess(reader, request, shown, present)).toBe(ofRequest)
    expect(thingAccess(reader, disclosure, shown, present)).toBe(ofDisclosure)
  })

  it('shows a duty to its owner, to whom it is owed, and to whoever sees the whole', () => {
    const duty = { owner: 'B', towards: 'A' }
    expect(maySeeDuty('third', duty, 'own-side')).toBe(false)
    expect(maySeeDuty('B', duty, 'own-side')).toBe(true)
    expect(maySeeDuty('A', duty, 'own-side')).toBe(true)
    expect(maySeeDuty('agency', duty, 'whole')).toBe(true)
    expect(maySeeDuty('B', duty, 'none')).toBe(false)
  })

  it('shows parties to those who take part with them, mechanisms to those who are named', () => {
    const seeing = (may: (reader: string) => boolean) => readers.filter(may)
    expect(seeing((reader) => maySeeParty(reader, 'A', present))).toEqual(taking.m)
    expect(seeing((reader) => maySeeParty(reader, 'invited', present))).toEqual(['invited'])
    expect(seeing((reader) => maySeeMechanism(reader, 'm', present))).toEqual(named.m)
  })

  it('shows what is outstanding to the party itself, and to a mediator within its mechanisms', () => {
    expect(outstandingAccess('A', 'A', present)).toEqual({ mechanisms: 'all' })
    expect(outstandingAccess('mediator', 'A', present)).toEqual({ mechanisms: ['m'] })
    expect(outstandingAccess('mediator', 'former', present)).toEqual({ mechanisms: ['m'] })
    expect(outstandingAccess('mediator', 'outsider', present)).toBeUndefined()
    for (const reader of ['B', 'agency', 'observer']) expect(outstandingAccess(reader, 'A', present)).toBeUndefined()
  })
})

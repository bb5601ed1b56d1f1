import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { canonicalForm } from './canonical-form.ts'
import { checkDocument, documentTypes, largestDocument } from './check-document.ts'
import { listManifest } from './documents/list-manifest.ts'
import { mechanismTerms } from './documents/mechanism-terms.ts'
import { partyDescription } from './documents/party-description.ts'
import { rules } from './documents/rules.ts'
import { toBase64url, utf8 } from './encoding.ts'
import { sha256 } from './hash.ts'
import type { PayloadOf } from './kinds/index.ts'
import { example, invented } from './spec/examples.ts'

const refused = (code: string, field: string) => expect.objectContaining({ code: `statement/${code}`, field })
const binding = (mediaType: string, document: Uint8Array) =>
  ({ ...example('party.describe'), document: { sha256: toBase64url(sha256(document)), mediaType } }) as PayloadOf

/** Checks a document that a statement binds. */
function bound({ mediaType }: { readonly mediaType: string }, value: unknown) {
  const document = canonicalForm(value)
  return checkDocument(binding(mediaType, document), document)
}

const description = { name: { en: 'Party A', fr: 'Partie A' } }
const agreed = { version: 1, zone: 'Asia/Tbilisi', periods: { reply: { n: 30, unit: 'calendar-days' } } }
const calendar = { party: invented('A'), year: 2031, restDays: [6, 7], nonWorking: [{ date: '2031-01-01' }] }
const manifest = { version: 1, asOf: '2031-01-01', count: 2, root: invented('root') }

/** Per type of document: what it takes, and what it refuses at which field. */
const cases: Readonly<Record<string, { takes: unknown[]; refuses: readonly (readonly [string, unknown])[] }>> = {
  [partyDescription.mediaType]: {
    takes: [description, { ...description, website: 'https://party.example/', about: { 'sr-Latn': 'Opis' } }],
    refuses: [
      ['/document/name', {}],
      ['/document/name', { name: {} }],
      ['/document/name/English', { name: { English: 'Party A' } }],
      ['/document/name/en', { name: { en: '' } }],
      ['/document/website', { ...description, website: 'javascript:alert(1)' }],
      ['/document/website', { ...description, website: 'http://party.example/' }],
      ['/document', { ...description, officer: 'x' }],
    ],
  },
  [mechanismTerms.mediaType]: {
    takes: [{ title: { en: 'Working group' } }, { title: { en: 'Working group' }, scope: { en: 'All' } }],
    refuses: [
      ['/document/title', { scope: { en: 'All' } }],
      ['/document', { title: { en: 'x' }, rules: 1 }],
    ],
  },
  [listManifest.mediaType]: {
    takes: [manifest, { ...manifest, count: 65_536 }],
    refuses: [
      ['/document/version', { ...manifest, version: 0 }],
      ['/document/asOf', { ...manifest, asOf: '2031-02-29' }],
      ['/document/count', { ...manifest, count: 65_537 }],
      ['/document/root', { ...manifest, root: 'x' }],
      ['/document', { ...manifest, ids: [] }],
    ],
  },
  [rules.mediaType]: {
    takes: [agreed, { ...agreed, calendars: [calendar], release: { 'request.reply': 'two' } }],
    refuses: [
      ['/document/version', { ...agreed, version: 0 }],
      ['/document/zone', { ...agreed, zone: 'Somewhere/Else' }],
      ['/document/periods', { version: 1, zone: 'UTC' }],
      ['/document/periods/reply/n', { ...agreed, periods: { reply: { n: 0, unit: 'months' } } }],
      ['/document/periods/reply/unit', { ...agreed, periods: { reply: { n: 1, unit: 'weeks' } } }],
      ['/document/periods', { ...agreed, periods: { submit: { n: 1, unit: 'months' } } }],
      ['/document/calendars/0', { ...agreed, calendars: [{ ...calendar, nonWorking: [{ date: '2032-01-01' }] }] }],
      ['/document/count/cutoff', { ...agreed, count: { cutoff: '25:00' } }],
      ['/document/suspension/by', { ...agreed, suspension: { by: [] } }],
      ['/document', { ...agreed, penalty: 1 }],
    ],
  },
}

describe('every type of document', () => {
  it('has cases below', () => expect(Object.keys(cases)).toEqual(Object.keys(documentTypes)))

  it('has a schema that can be compiled', () => {
    for (const { schema } of Object.values(documentTypes)) {
      expect(() => z.compile(schema, { strict: true })).not.toThrow()
    }
  })
})

describe.each(Object.entries(cases))('%s', (mediaType, { takes, refuses }) => {
  it('takes what fits its schema, and tells what it says', () => {
    for (const value of takes) expect(bound({ mediaType }, value)).toEqual(value)
  })

  it.each(refuses)('refuses, naming %s', (field, value) => {
    expect(() => bound({ mediaType }, value)).toThrow(refused('document', field))
  })
})

describe('a public document', () => {
  const document = canonicalForm(description)
  const payload = binding(partyDescription.mediaType, document)

  it('stands beside a statement exactly if that binds one', () => {
    const { document: _, ...without } = payload
    expect(checkDocument(without as PayloadOf, undefined)).toBeUndefined()
    expect(() => checkDocument(without as PayloadOf, document)).toThrow(refused('document', 'document'))
    expect(() => checkDocument(payload, undefined)).toThrow(refused('document', 'document'))
  })

  it('is the one that was bound, to the byte', () => {
    expect(() => checkDocument(payload, document.with(12, 0x5a))).toThrow(refused('document', 'document'))
    expect(() => checkDocument(payload, document.subarray(1))).toThrow(refused('document', 'document'))
    expect(() => checkDocument(payload, new Uint8Array())).toThrow(refused('document', 'document'))
  })

  it('is in its canonical form, even if another was bound', () => {
    for (const text of [JSON.stringify(description, null, 1), `${JSON.stringify(description)}\n`, '{', '']) {
      const other = utf8(text)
      const run = () => checkDocument(binding(partyDescription.mediaType, other), other)
      expect(run).toThrow(refused('canonical-form', 'document'))
    }
    const notText = Uint8Array.of(0x22, 0xff, 0x22)
    expect(() => checkDocument(binding(partyDescription.mediaType, notText), notText)).toThrow(
      refused('encoding', 'document'),
    )
  })

  it('has at most 256 KiB, to the byte', () => {
    const ofLength = (length: number) => utf8(`"${'x'.repeat(length - 2)}"`)
    const [largest, tooLarge] = [ofLength(largestDocument), ofLength(largestDocument + 1)]
    // What is just small enough goes on to the next check.
    expect(() => checkDocument(binding(partyDescription.mediaType, largest), largest)).toThrow(
      refused('document', '/document'),
    )
    expect(() => checkDocument(binding(partyDescription.mediaType, tooLarge), tooLarge)).toThrow(
      refused('too-large', 'document'),
    )
  })

  it('is of a known type', () => {
    for (const mediaType of ['text/html', 'constructor']) {
      expect(() => checkDocument(binding(mediaType, document), document)).toThrow(
        refused('document', '/document/mediaType'),
      )
    }
  })
})

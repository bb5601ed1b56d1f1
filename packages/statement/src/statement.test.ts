import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalForm } from './canonical-form.ts'
import { concatBytes, toBase64url, utf8 } from './encoding.ts'
import { StatementError } from './errors.ts'
import { sha256 } from './hash.ts'
import { isKind, kinds, type PayloadOf } from './kinds/index.ts'
import { example, invented, thing } from './spec/examples.ts'
import {
  checkPayload,
  headerOf,
  isOfKind,
  largestPayload,
  leafEntry,
  payloadBytesOf,
  prefixOf,
  readStatement,
  streamOf,
} from './statement.ts'

const kid = invented('kid')
const header = headerOf('Ed25519', kid)
const signature = new Uint8Array(64).fill(7)
const compact = (headerText: string, payload: Uint8Array | string, signed: Uint8Array = signature) =>
  [utf8(headerText), typeof payload === 'string' ? utf8(payload) : payload, signed].map(toBase64url).join('.')

const payload = example('request.submit')
const text = new TextDecoder().decode(canonicalForm(payload))
const jws = compact(header, text)
const [headerPart = '', payloadPart = '', signaturePart = ''] = jws.split('.')

/** The error of the gate, or nothing. */
function refusal(statement: string): Pick<StatementError, 'code' | 'field' | 'rule'> | undefined {
  try {
    readStatement(statement)
    return undefined
  } catch (error) {
    if (error instanceof StatementError) return { code: error.code, field: error.field, rule: error.rule }
    throw error
  }
}
const refused = (statement: string) => expect(refusal(statement))

describe('the gate', () => {
  it('takes a statement of each kind and tells what it says', () => {
    for (const kind of Object.keys(kinds).filter(isKind)) {
      const read = readStatement(compact(header, canonicalForm(example(kind))))
      expect(read.payload).toEqual(example(kind))
      expect(isOfKind(read, kind)).toBe(true)
      expect(payloadBytesOf(read)).toEqual(canonicalForm(example(kind)))
    }
  })

  it('identifies it by its signing input: a second signature is no second statement', () => {
    const read = readStatement(jws)
    expect(read).toEqual({
      jws,
      id: toBase64url(sha256(utf8(`${headerPart}.${payloadPart}`))),
      alg: 'Ed25519',
      kid,
      payload,
    })
    expect(readStatement(compact(header, text, new Uint8Array(64))).id).toBe(read.id)
  })
})

describe('the gate takes one spelling of each part', () => {
  const parts = [
    ['header', 0],
    ['payload', 1],
    ['signature', 2],
  ] as const
  const respelt = (part: number, change: (text: string) => string) =>
    [headerPart, payloadPart, signaturePart].map((text, i) => (i === part ? change(text) : text)).join('.')

  it.each(parts)('%s: no padding', (field, part) => {
    for (const padding of ['=', '==']) {
      refused(respelt(part, (text) => text + padding)).toMatchObject({ code: 'statement/encoding', field })
    }
  })

  it.each(parts)('%s: no white space, before, inside or after', (field, part) => {
    for (const space of [' ', '\n', '\t', '\r\n', '\f', '\u00a0']) {
      for (const change of [
        (text: string) => space + text,
        (text: string) => text.slice(0, 8) + space + text.slice(8),
        (text: string) => text + space,
      ]) {
        refused(respelt(part, change)).toMatchObject({ code: 'statement/encoding', field })
      }
    }
  })

  it.each(parts)('%s: no other alphabet', (field, part) => {
    for (const stray of ['+', '/', '*', 'é', '\0']) {
      refused(respelt(part, (text) => `${text.slice(0, 4)}${stray}${text.slice(5)}`)).toMatchObject({
        code: 'statement/encoding',
        field,
      })
    }
  })

  it('no stray bits after the last byte', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 64 bytes are 86 characters: the last carries four bits that mean nothing.
    const last = alphabet.indexOf(signaturePart.at(-1) ?? '')
    for (let stray = 1; stray < 16; stray++) {
      refused(respelt(2, (text) => text.slice(0, -1) + alphabet[last + stray])).toMatchObject({
        code: 'statement/encoding',
        field: 'signature',
      })
    }
    // Whatever its length, some payload ends in stray bits: one with a space more has another remainder.
    for (const spaces of ['', ' ', '  ']) {
      const part = toBase64url(utf8(text + spaces))
      const end = alphabet.indexOf(part.at(-1) ?? '')
      if (part.length % 4 === 0) continue
      refused(`${headerPart}.${part.slice(0, -1)}${alphabet[end + 1]}.${signaturePart}`).toMatchObject({
        code: 'statement/encoding',
        field: 'payload',
      })
    }
  })

  it('three parts, no more, no fewer, none empty', () => {
    for (const parts of [
      '',
      '.',
      '..',
      `${headerPart}.${payloadPart}`,
      `${jws}.`,
      `${jws}.${signaturePart}`,
      `.${jws}`,
    ]) {
      refused(parts).toMatchObject({ code: 'statement/encoding' })
    }
    refused(`${headerPart}.${payloadPart}.`).toMatchObject({ code: 'statement/encoding', field: 'signature' })
    refused(`.${payloadPart}.${signaturePart}`).toMatchObject({ code: 'statement/header', field: 'header' })
    refused(`${headerPart}..${signaturePart}`).toMatchObject({ code: 'statement/canonical-form', field: 'payload' })
  })

  it('a signature of 64 bytes', () => {
    for (const length of [0, 63, 65, 72, 128]) {
      refused(compact(header, text, new Uint8Array(length))).toMatchObject({
        code: 'statement/encoding',
        field: 'signature',
      })
    }
  })

  it('no second spelling at all: whatever character is changed, it is another statement or none', () => {
    const { id } = readStatement(jws)
    const signingInput = `${headerPart}.${payloadPart}`
    fc.assert(
      fc.property(fc.nat(signingInput.length - 1), fc.integer({ min: 0, max: 0x7f }), (at, code) => {
        const changed = signingInput.slice(0, at) + String.fromCharCode(code) + signingInput.slice(at + 1)
        fc.pre(changed !== signingInput)
        try {
          expect(readStatement(`${changed}.${signaturePart}`).id).not.toBe(id)
        } catch (error) {
          expect(error).toBeInstanceOf(StatementError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the header', () => {
  const typ = 'tidings-statement+jws'
  it.each([
    ['another order', `{"kid":"${kid}","alg":"Ed25519","typ":"${typ}"}`],
    ['a space', `{"alg": "Ed25519","kid":"${kid}","typ":"${typ}"}`],
    ['a line feed at the end', `${header}\n`],
    ['a byte order mark', `\ufeff${header}`],
    ['a member twice', `{"alg":"Ed25519","alg":"Ed25519","kid":"${kid}","typ":"${typ}"}`],
    ['a member twice, first another', `{"alg":"none","alg":"Ed25519","kid":"${kid}","typ":"${typ}"}`],
    ['an escape', `{"alg":"Ed2551\\u0039","kid":"${kid}","typ":"${typ}"}`],
    ['no algorithm', `{"alg":"none","kid":"${kid}","typ":"${typ}"}`],
    ['the deprecated name of the algorithm', `{"alg":"EdDSA","kid":"${kid}","typ":"${typ}"}`],
    ['another algorithm', `{"alg":"RS256","kid":"${kid}","typ":"${typ}"}`],
    ['an algorithm of shared secrets', `{"alg":"HS256","kid":"${kid}","typ":"${typ}"}`],
    ['another case', `{"alg":"ed25519","kid":"${kid}","typ":"${typ}"}`],
    ['another type', `{"alg":"Ed25519","kid":"${kid}","typ":"JWT"}`],
    ['no type', `{"alg":"Ed25519","kid":"${kid}"}`],
    ['no key', `{"alg":"Ed25519","typ":"${typ}"}`],
    ['a key that is no thumbprint', `{"alg":"Ed25519","kid":"key-1","typ":"${typ}"}`],
    ['a thumbprint with stray bits', `{"alg":"Ed25519","kid":"${kid.slice(0, -1)}B","typ":"${typ}"}`],
    ['a member more', `{"alg":"Ed25519","kid":"${kid}","typ":"${typ}","jku":"https://example.org"}`],
    ['crit', `{"alg":"Ed25519","crit":["b64"],"b64":false,"kid":"${kid}","typ":"${typ}"}`],
    ['an embedded key', `{"alg":"Ed25519","jwk":{},"kid":"${kid}","typ":"${typ}"}`],
    ['no object', '"header"'],
    ['nothing', ''],
  ])('has one form: not with %s', (_, headerText) => {
    refused(compact(headerText, text)).toEqual({
      code: 'statement/header',
      field: 'header',
      rule: 'must hold exactly alg (Ed25519 or ES256), kid and typ, in that order',
    })
  })

  it('is text', () => {
    const bytes = concatBytes(utf8(header.slice(0, -2)), Uint8Array.of(0xff), utf8('"}'))
    refused([bytes, utf8(text), signature].map(toBase64url).join('.')).toMatchObject({
      code: 'statement/encoding',
      field: 'header',
    })
  })

  it('may name ES256', () => {
    expect(readStatement(compact(headerOf('ES256', kid), text)).alg).toBe('ES256')
  })
})

describe('the payload', () => {
  const canonical = { code: 'statement/canonical-form', field: 'payload' }

  it.each([
    ['another order of members', JSON.stringify(Object.fromEntries(Object.entries(payload).reverse()))],
    ['a space', `${text.slice(0, -1)} }`],
    ['a line feed at the end', `${text}\n`],
    ['a byte order mark', `\ufeff${text}`],
    ['a member twice, the same', text.replace('"v":1', '"v":1,"v":1')],
    ['a member twice, first another', text.replace('"v":1', '"v":2,"v":1')],
    ['a member of the body twice', text.replace('"questions":', '"questions":["documents"],"questions":')],
    ['1.0 for 1', text.replace('"v":1', '"v":1.0')],
    ['1e0 for 1', text.replace('"v":1', '"v":1e0')],
    ['-0 for 0', text.replace('"size":0', '"size":-0')],
    ['more digits than a number has', text.replace('"size":0', '"size":9007199254740993')],
    ['a number beyond all', text.replace('"size":0', '"size":1e999')],
    ['an escape that is not needed', text.replace('"iat"', '"\\u0069at"')],
    ['an escaped slash', text.replace('log.example/tidings', 'log.example\\/tidings')],
    ['a lone surrogate', text.replace('log.example/tidings', '\\ud800')],
    ['a comment', `${text}//`],
    ['two values', `${text}${text}`],
    ['no JSON', 'statement'],
    ['nothing', ''],
    ['brackets without end', '['.repeat(8000)],
    ['brackets beyond all depth', `${'['.repeat(4000)}${']'.repeat(4000)}`.slice(0, 7999)],
  ])('has one form: not with %s', (_, other) => {
    refused(compact(header, other)).toMatchObject(canonical)
  })

  it('is text', () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      refused(compact(header, concatBytes(utf8('"'), Uint8Array.from(bytes), utf8('"')))).toMatchObject({
        code: 'statement/encoding',
        field: 'payload',
      })
    }
  })

  it('has at most 8 KiB, to the byte', () => {
    const ofLength = (length: number) => `{"kind":"${'x'.repeat(length - '{"kind":""}'.length)}"}`
    // What is just small enough goes on to the next check.
    refused(compact(header, ofLength(largestPayload))).toMatchObject({ code: 'statement/schema', field: '/kind' })
    refused(compact(header, ofLength(largestPayload + 1))).toEqual({
      code: 'statement/too-large',
      field: 'payload',
      rule: 'must have at most 8192 bytes',
    })
    refused(compact(header, ofLength(largestPayload * 2))).toMatchObject({
      code: 'statement/too-large',
      field: 'statement',
    })
    refused('x'.repeat(10_000_000)).toMatchObject({ code: 'statement/too-large', field: 'statement' })
  })

  it.each([
    ['/kind', 'null'],
    ['/kind', '[]'],
    ['/kind', '{}'],
    ['/kind', '{"kind":"request.forget"}'],
    ['/kind', '{"kind":"toString"}'],
    ['/kind', '{"kind":"__proto__"}'],
    ['/kind', '{"kind":["request.submit"]}'],
  ])('names a kind of statement (%s of %s)', (field, other) => {
    refused(compact(header, other)).toEqual({ code: 'statement/schema', field, rule: 'must name a kind of statement' })
  })

  const changed = (change: object) => compact(header, canonicalForm({ ...payload, ...change }))

  it('has the members of its kind and no others, at any depth', () => {
    for (const [field, change] of [
      ['', { note: 'x' }],
      ['', { sub: 'x' }],
      ['/body', { body: { ...(payload.body as object), note: 'x' } }],
      ['/body/matter', { body: { matter: { type: 'records', note: 'x' }, questions: ['fate'] } }],
      ['/seen', { seen: { ...payload.seen, note: 'x' } }],
      ['/content/0', { content: [{ ...payload.content?.[0], note: 'x' }] }],
    ] as const) {
      refused(changed(change)).toEqual({
        code: 'statement/schema',
        field,
        rule: `has members that are not in the schema: ${field === '' ? Object.keys(change)[0] : 'note'}`,
      })
    }
    refused(compact(header, text.replace('"body":{', '"body":{"__proto__":{},'))).toMatchObject({
      code: 'statement/schema',
    })
  })

  it('lacks no member of its kind', () => {
    for (const member of ['v', 'iss', 'mechanism', 'about', 'to', 'iat', 'seen', 'body', 'content'] as const) {
      const { [member]: _, ...others } = payload
      refused(compact(header, canonicalForm(others))).toMatchObject({ code: 'statement/schema', field: `/${member}` })
    }
  })

  it('leaves out what is empty: null and the empty list are other spellings of absence', () => {
    for (const member of ['mechanism', 'to', 'aud', 'caveats', 'document']) {
      refused(changed({ [member]: null })).toMatchObject({ code: 'statement/schema' })
    }
    refused(changed({ caveats: [] })).toMatchObject({
      code: 'statement/schema',
      field: '/caveats',
      rule: 'must be left out when empty',
    })
  })

  it('is of version 1', () => {
    for (const v of [0, 2, '1', true]) refused(changed({ v })).toMatchObject({ code: 'statement/schema', field: '/v' })
  })

  it('names a time that exists, in UTC and whole seconds', () => {
    for (const iat of [
      '2031-01-01T00:00:00.0Z',
      '2031-01-01T00:00:00+00:00',
      '2031-01-01T00:00Z',
      '2031-01-01t00:00:00z',
      '2031-01-01 00:00:00Z',
      '2031-02-29T00:00:00Z',
      '2031-02-30T00:00:00Z',
      '2031-13-01T00:00:00Z',
      '2031-01-01T24:00:00Z',
      '2031-01-01T23:59:60Z',
      '2031-01-01T00:00:00Z\n',
      1924992000,
    ]) {
      refused(changed({ iat })).toEqual({
        code: 'statement/schema',
        field: '/iat',
        rule: 'must be an RFC 3339 instant that exists, in UTC and whole seconds',
      })
    }
    expect(refusal(changed({ iat: '2032-02-29T23:59:59Z' }))).toBeUndefined()
  })

  it('names things by UUIDv7 in lower case, parties and statements by their hashes', () => {
    for (const about of [
      '0198C0DE-0000-7000-8000-000000000005',
      '0198c0de-0000-4000-8000-000000000005',
      '0198c0de-0000-7000-7000-000000000005',
      `${thing(5)}\n`,
      `{${thing(5)}}`,
      invented('party'),
    ]) {
      refused(changed({ about })).toMatchObject({ code: 'statement/schema', field: '/about' })
    }
    for (const iss of ['A', thing(5), `${invented('A')}=`, invented('A').slice(1), `${invented('A').slice(0, -1)}B`]) {
      refused(changed({ iss })).toMatchObject({ code: 'statement/schema', field: '/iss' })
    }
  })

  it('names everyone who owes an answer among those who may see it', () => {
    refused(changed({ aud: [invented('agency')] })).toEqual({
      code: 'statement/schema',
      field: '/aud',
      rule: 'must name everyone who stands in to',
    })
    const { aud: _, ...without } = payload
    refused(compact(header, canonicalForm(without))).toMatchObject({ code: 'statement/schema', field: '/aud' })
  })

  it('names nobody twice', () => {
    const other = invented('party B')
    refused(changed({ aud: [other, other] })).toMatchObject({ field: '/aud', rule: 'must not repeat an item' })
  })

  it('names all its faults, the first one first', () => {
    try {
      readStatement(changed({ iat: 'now', about: 'x' }))
      expect.unreachable()
    } catch (error) {
      expect((error as StatementError).faults.map(({ field }) => field)).toEqual(['/about', '/iat'])
      expect((error as StatementError).message).toBe('/about: must be a UUIDv7 in lower case')
    }
  })

  it('is never repeated in an error: it may be about a person', () => {
    const secret = 'someone-in-particular'
    for (const change of [
      { about: secret },
      { body: { matter: { type: secret }, questions: [secret] } },
      { to: [secret] },
      { content: [{ ...payload.content?.[0], mediaType: secret }] },
    ]) {
      try {
        readStatement(changed(change))
        expect.unreachable()
      } catch (error) {
        expect(JSON.stringify([(error as StatementError).message, (error as StatementError).faults])).not.toContain(
          secret,
        )
      }
    }
  })
})

describe('the order of checks', () => {
  const long = 'x'.repeat(20_000)
  const schema = compact(header, '{"kind":"x"}')
  it.each([
    ['size', long, 'statement/too-large', 'statement'],
    ['parts', 'x.x', 'statement/encoding', 'statement'],
    ['encoding of the header', '=.=.=', 'statement/encoding', 'header'],
    ['encoding of the payload', `${toBase64url(utf8('{}'))}.=.=`, 'statement/encoding', 'payload'],
    ['encoding of the signature', `${toBase64url(utf8('{}'))}.e30.=`, 'statement/encoding', 'signature'],
    ['header', compact('{}', 'x'.repeat(largestPayload + 1)), 'statement/header', 'header'],
    ['size of the payload', compact(header, 'x'.repeat(largestPayload + 1)), 'statement/too-large', 'payload'],
    ['canonical form', compact(header, '{ "kind":"x"}'), 'statement/canonical-form', 'payload'],
    ['schema', schema, 'statement/schema', '/kind'],
  ])('is cheapest first: %s', (_, statement, code, field) => {
    refused(statement).toMatchObject({ code, field })
  })
})

describe('whatever comes', () => {
  it('is a statement or a StatementError', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => compact(header, json)),
      fc.jsonValue().map((value) => compact(header, canonicalForm(value))),
      fc
        .constantFrom(...Object.keys(kinds))
        .chain((kind) =>
          fc
            .tuple(
              fc.constantFrom('about', 'to', 'aud', 're', 'seen', 'body', 'content', 'document', 'iss'),
              fc.jsonValue(),
            )
            .map(([member, value]) =>
              compact(header, canonicalForm({ ...example(kind as 'party.inception'), [member]: value })),
            ),
        ),
    )
    fc.assert(
      fc.property(anything, (statement) => {
        try {
          expect(readStatement(statement).jws).toBe(statement)
        } catch (error) {
          expect(error).toBeInstanceOf(StatementError)
        }
      }),
      { numRuns: 600 },
    )
  })

  it('may be no JSON at all where a payload is checked before it is signed', () => {
    for (const value of [
      undefined,
      null,
      1,
      'x',
      Symbol('x'),
      () => 1,
      new Date(),
      [],
      { kind: 'party.inception', body: { keys: [{}] } },
    ]) {
      expect(() => checkPayload(value)).toThrow(StatementError)
    }
  })
})

describe('the stream of a statement', () => {
  it('has the prefix of its kind and what it is about', () => {
    for (const kind of Object.keys(kinds).filter(isKind)) {
      if (kinds[kind].stream === 'any') continue
      const read = checkPayload(example(kind))
      expect(streamOf(read)).toBe(`${kinds[kind].stream}-${read.about}`)
    }
  })

  it('stands in the body of a kind that belongs to any stream', () => {
    const release = example('statement.release') as PayloadOf<'statement.release'>
    expect(prefixOf(release)).toBe('request')
    expect(streamOf({ ...release, body: { stream: 'disclosure' } })).toBe(`disclosure-${release.about}`)
  })
})

describe('the leaf of a statement', () => {
  it('is 48 bytes that tell nothing: a label and a hash of the whole JWS', () => {
    const leaf = leafEntry(jws)
    expect(leaf).toHaveLength(48)
    expect(new TextDecoder().decode(leaf.subarray(0, 16))).toBe('tidings-leaf/v1\n')
    expect(leaf.subarray(16)).toEqual(sha256(utf8(`tidings/leaf/v1\n${jws}`)))
    expect(leafEntry(utf8(jws))).toEqual(leaf)
  })

  it('is another for another signature: what was signed is what is logged', () => {
    expect(leafEntry(jws)).not.toEqual(leafEntry(compact(header, text, new Uint8Array(64))))
  })
})

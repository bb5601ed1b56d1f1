import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalForm, parseCanonical } from './canonical-form.ts'
import { concatBytes, fromBase64url, textOf, toBase64url, utf8 } from './encoding.ts'
import { labelledHash, sha256 } from './hash.ts'
import { newThingId, thingId } from './identifiers.ts'

const bytes = fc.uint8Array({ maxLength: 100 })

describe('base64url', () => {
  it('has one text for any bytes', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(fromBase64url(toBase64url(some))).toEqual(some)
      }),
    )
  })

  it('takes no other text for the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        try {
          expect(toBase64url(fromBase64url(text))).toBe(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'statement/encoding', field: 'text' })
        }
      }),
    )
    for (const text of ['A', 'AB', 'AAB', 'AA==', 'AA=', ' AA', 'A A', 'A+', 'A/', 'AA\n']) {
      expect(() => fromBase64url(text, 'salt')).toThrow(
        expect.objectContaining({ code: 'statement/encoding', field: 'salt' }),
      )
    }
  })
})

describe('the end of a base64url text', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

  it('has one last character for the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (some) => {
        const text = toBase64url(some)
        for (const last of alphabet) {
          const other = text.slice(0, -1) + last
          const written = toBase64url(Uint8Array.fromBase64(other, { alphabet: 'base64url' }))
          if (written === other) expect(toBase64url(fromBase64url(other))).toBe(other)
          else expect(() => fromBase64url(other)).toThrow(expect.objectContaining({ code: 'statement/encoding' }))
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('UTF-8', () => {
  it('is read as it was written, with a byte order mark if there is one', () => {
    for (const text of ['', 'abc', 'žena', '\ufeffabc', '\u{1f54a}']) expect(textOf(utf8(text))).toBe(text)
  })

  it('is refused when it is not well-formed', () => {
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
      expect(() => textOf(Uint8Array.from(bad), 'x')).toThrow(
        expect.objectContaining({ code: 'statement/encoding', field: 'x' }),
      )
    }
  })
})

describe('the canonical form (RFC 8785)', () => {
  it('orders members by UTF-16 code units, writes no space, and numbers and strings as ECMAScript does', () => {
    const value = { '\u20ac': 1, '\r': 2, '\u{1f600}': 3, '\ufb33': 4, 1: [1e21, 0.000001, -0, 'a/\u0007"\\é'] }
    expect(textOf(canonicalForm(value))).toBe(
      '{"\\r":2,"1":[1e+21,0.000001,0,"a/\\u0007\\"\\\\é"],"\u20ac":1,"\u{1f600}":3,"\ufb33":4}',
    )
  })

  it('is what is read back, and nothing else is read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const form = canonicalForm(value)
        expect(canonicalForm(parseCanonical(form, 'x'))).toEqual(form)
        const loose = utf8(JSON.stringify(value, null, 1))
        if (textOf(loose) !== textOf(form)) expect(() => parseCanonical(loose, 'x')).toThrow()
      }),
    )
  })

  it.each([
    '{"10":1,"9":2}',
    '{"a":{"b":[{"c":1,"d":2}]},"b":"\\\\ud800"}',
    '[1e+21,0.000001,0,"\\u0007","\u20ac"]',
    '"plain"',
  ])('is taken: %s', (text) => {
    expect(textOf(canonicalForm(parseCanonical(utf8(text), 'x')))).toBe(text)
  })

  it.each([
    ['members in the order of numbers', '{"9":1,"10":2}'],
    ['members in another order', '{"b":1,"a":2}'],
    ['members in another order, deep inside', '[{"a":[{"c":1,"b":2}]}]'],
    ['a member that stands twice', '{"a":1,"a":1}'],
    ['white space', '{"a": 1}'],
    ['another spelling of a number', '[1.0]'],
    ['minus zero', '[-0]'],
    ['another spelling of a character', '["\\u0061"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a lone surrogate in a name', '{"\\udfff":1}'],
    ['a lone surrogate beside a backslash', '["\\\\ud800\\ud800"]'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCanonical(utf8(text), 'x')).toThrow(
      expect.objectContaining({ code: 'statement/canonical-form', field: 'x' }),
    )
  })

  it('is refused for what is no JSON value', () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 1n, circular, () => 1]) {
      expect(() => canonicalForm(value)).toThrow(expect.objectContaining({ code: 'statement/canonical-form' }))
    }
  })
})

describe('hashes', () => {
  it('are SHA-256 (FIPS 180-4)', () => {
    expect(sha256(utf8('abc')).toHex()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('have a purpose by their label, and join their parts', () => {
    expect(labelledHash('a\n', utf8('b'), utf8('c'))).toEqual(sha256(utf8('a\nbc')))
  })
})

describe('bytes', () => {
  it('are joined', () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('ids of things', () => {
  it('are UUIDv7, and later ones come after earlier ones', () => {
    const ids = Array.from({ length: 100 }, newThingId)
    for (const id of ids) expect(thingId.safeParse(id).success).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })
})

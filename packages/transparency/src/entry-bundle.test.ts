import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntries, encodeEntries } from './entry-bundle.ts'

describe('an entry bundle', () => {
  it('holds each entry behind its length in two bytes, big-endian', () => {
    expect(encodeEntries([Uint8Array.of(7), new Uint8Array(258)]).subarray(0, 5)).toEqual(Uint8Array.of(0, 1, 7, 1, 2))
  })

  it('is read back to its entries', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        expect(decodeEntries(encodeEntries(entries))).toEqual(entries)
      }),
    )
  })

  it('takes entries of up to 65,535 bytes', () => {
    expect(encodeEntries([new Uint8Array(65_535)])).toHaveLength(65_537)
    expect(() => encodeEntries([new Uint8Array(65_536)])).toThrow(
      expect.objectContaining({ code: 'transparency/entry-too-large' }),
    )
  })

  it.each([[[0]], [[0, 1]], [[0, 1, 5, 0]]])('is refused when it ends within an entry: %j', (bytes) => {
    expect(() => decodeEntries(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'transparency/malformed-entries' }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { sha256 as ofThePlatform, sha256Base64url as textOfThePlatform } from './sha256.node.ts'
import { sha256 as inJavaScript, sha256Base64url as textInJavaScript } from './sha256.ts'

describe('SHA-256 in JavaScript and by the library of Node', () => {
  it('is the one of FIPS 180-4', () => {
    const abc = new TextEncoder().encode('abc')
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(inJavaScript(abc).toHex()).toBe(expected)
    expect(ofThePlatform(abc).toHex()).toBe(expected)
  })

  it('is the same for every length up to three blocks, in an array of its own', () => {
    for (let length = 0; length <= 192; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length)
      const digest = ofThePlatform(bytes)
      expect(digest).toEqual(inJavaScript(bytes))
      expect([digest.constructor, digest.buffer.byteLength]).toEqual([Uint8Array, 32])
    }
  })

  it('is the same in base64url, of bytes and of the UTF-8 bytes of a text', () => {
    for (const text of ['', 'abc', 'eyJ.e30', '\u00e9\u20ac\u{1f600}', '\ud800']) {
      const bytes = new TextEncoder().encode(text)
      const expected = inJavaScript(bytes).toBase64({ alphabet: 'base64url', omitPadding: true })
      for (const data of [text, bytes, Uint8Array.of(9, ...bytes).subarray(1)]) {
        expect([textInJavaScript(data), textOfThePlatform(data)]).toEqual([expected, expected])
      }
    }
  })
})

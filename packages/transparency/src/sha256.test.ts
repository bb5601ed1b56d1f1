import { describe, expect, it } from 'vitest'
import { sha256 as ofThePlatform } from './sha256.node.ts'
import { sha256 as inJavaScript } from './sha256.ts'

describe('SHA-256 of the tree, in JavaScript and by the library of Node', () => {
  it('is the same for every length up to two blocks, in an array of its own', () => {
    for (let length = 0; length <= 128; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length)
      const digest = ofThePlatform(bytes)
      expect(digest).toEqual(inJavaScript(bytes))
      expect([digest.constructor, digest.buffer.byteLength]).toEqual([Uint8Array, 32])
    }
  })
})

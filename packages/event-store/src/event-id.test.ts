import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eventId } from './event-id.ts'

describe('eventId', () => {
  it('is the first 16 bytes of the hash with version 8 and variant 2 set', () => {
    expect(eventId(new Uint8Array(32))).toBe('00000000-0000-8000-8000-000000000000')
    expect(eventId(new Uint8Array(32).fill(0xff))).toBe('ffffffff-ffff-8fff-bfff-ffffffffffff')
    // SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 ... (FIPS 180-4, example).
    expect(eventId(createHash('sha256').update('abc').digest())).toBe('ba7816bf-8f01-8fea-8141-40de5dae2223')
  })

  it('takes a SHA-256 only', () => {
    expect(() => eventId(new Uint8Array(20))).toThrow(RangeError)
  })

  it('leaves the bytes it is given alone, whatever kind of array holds them', () => {
    const hash = Buffer.alloc(32, 0xff)
    eventId(hash)
    expect(hash).toEqual(Buffer.alloc(32, 0xff))
  })
})

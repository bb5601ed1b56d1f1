import { describe, expect, it } from 'vitest'
import { isSoundPoint } from './sound-point.ts'

const p = 2n ** 255n - 19n
const encoded = (y: bigint, sign: 0 | 1) =>
  Uint8Array.from({ length: 32 }, (_, i) => Number(((y | (BigInt(sign) << 255n)) >> BigInt(8 * i)) & 255n))

describe('a point of a key or signature', () => {
  it('is sound where it is like any other', () => {
    for (const y of [2n, 4n, 2n ** 200n, p - 2n, p - 12345n]) {
      expect(isSoundPoint(encoded(y, 0))).toBe(true)
      expect(isSoundPoint(encoded(y, 1))).toBe(true)
    }
  })

  it('is not of small order: y is 0, 1, -1, or one of the two of order 8', () => {
    // Doubling a point of order 8 gives y = 0, hence x^2 = -y^2, and by the equation of the curve d y^4 + 2 y^2 = 1.
    const eighth = 2707385501144840649318225287225658788936804267575313519463743609750303402022n
    const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n
    expect((d * 121666n + 121665n) % p).toBe(0n)
    expect((d * eighth ** 4n + 2n * eighth ** 2n) % p).toBe(1n)
    for (const y of [0n, 1n, p - 1n, eighth, p - eighth]) {
      expect(isSoundPoint(encoded(y, 0))).toBe(false)
      expect(isSoundPoint(encoded(y, 1))).toBe(false)
    }
  })

  it('is in its canonical encoding: y is below 2^255 - 19', () => {
    for (let y = p; y < 2n ** 255n; y++) {
      expect(isSoundPoint(encoded(y, 0))).toBe(false)
      expect(isSoundPoint(encoded(y, 1))).toBe(false)
    }
    expect(isSoundPoint(encoded(p - 2n, 0))).toBe(true)
  })

  it('has 32 bytes', () => {
    for (const length of [0, 31, 33]) expect(isSoundPoint(new Uint8Array(length).fill(7))).toBe(false)
  })
})

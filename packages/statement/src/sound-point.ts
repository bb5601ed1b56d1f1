/** y-coordinates of the points of small order of edwards25519, little-endian, in their canonical encoding: orders 4, 1, 8, 8 and 2. */
const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]
/** The encodings of all points of small order: a point and its negative differ in the top bit alone. */
const unsound = new Set(smallOrder.flatMap((hex) => [hex, withTopBit(hex)]))
/** y of 2^255 - 19 and above, whatever the top bit. */
const notCanonical = /^(e[d-f]|f[0-9a-f])(ff){30}[7f]f$/

function withTopBit(hex: string): string {
  const point = Uint8Array.fromHex(hex)
  point[31] = (point[31] ?? 0) | 0x80
  return point.toHex()
}

/**
 * Whether 32 bytes may stand for a point in an Ed25519 key or signature: not of small order, and in the canonical encoding (RFC 8032 section
 * 5.1.2: y below 2^255 - 19).
 *
 * RFC 8032 leaves it open to take other points, and engines differ: Node's WebCrypto refuses them, Chromium's takes them. Under a key of small
 * order one signature fits every message, so that its holder could deny whatever it signed; and what one verifier takes and another refuses
 * proves nothing to both. No honest key or signature holds one, but by a chance of 2^-250.
 */
export function isSoundPoint(point: Uint8Array): boolean {
  const hex = point.toHex()
  return point.length === 32 && !unsound.has(hex) && !notCanonical.test(hex)
}

import { createHash } from 'node:crypto'

const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Checks that a text is a statement id or commitment.
 *
 * @throws {RangeError} it is not base64url of 32 bytes
 */
export function checkHash(text: string): void {
  if (!HASH.test(text)) throw new RangeError('statement ids and commitments are 32 bytes in base64url')
}

/**
 * Checks that a text is a subject.
 *
 * @throws {RangeError} it is not a UUID in lower case
 */
export function checkUuid(text: string): void {
  if (!UUID.test(text)) throw new RangeError('a subject is a UUID in lower case')
}

/**
 * The 32 bytes of a statement id or commitment.
 *
 * @throws {RangeError} it is not base64url of 32 bytes
 */
export function hashToBytes(text: string): Buffer {
  checkHash(text)
  return Buffer.from(text, 'base64url')
}

/**
 * The 16 bytes of a subject.
 *
 * @throws {RangeError} it is not a UUID in lower case
 */
export function uuidToBytes(text: string): Buffer {
  checkUuid(text)
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}

/** The UUID that 16 bytes are. */
export function uuidFromBytes(bytes: Uint8Array): string {
  const hex = bytes.toHex()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The 16 bytes by which contents of a stream are found: the UUID in which its name ends, so that they come in the order of its making; else of a hash. */
export function streamToBytes(name: string): Buffer {
  const about = name.slice(name.indexOf('-') + 1)
  return UUID.test(about) ? uuidToBytes(about) : createHash('sha256').update(name).digest().subarray(0, 16)
}

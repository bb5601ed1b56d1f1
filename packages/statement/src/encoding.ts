import { StatementError } from './errors.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/**
 * Text of UTF-8 bytes.
 *
 * @throws {StatementError} `statement/encoding` if the bytes are not well-formed UTF-8
 */
export function textOf(bytes: Uint8Array, field = 'text'): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new StatementError('statement/encoding', field, 'must be well-formed UTF-8')
  }
}

/** Unpadded base64url (RFC 4648 section 5), the only form in which Tidings writes bytes. */
export function toBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

/**
 * Bytes of an unpadded base64url text. Only the one canonical form is taken: no padding, no white space, no stray bits at the end, because a
 * second spelling of the same bytes would be a second spelling of a statement.
 *
 * @throws {StatementError} `statement/encoding` for any other text
 */
export function fromBase64url(text: string, field = 'text'): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' })
  } catch {
    throw new StatementError('statement/encoding', field, 'must be unpadded base64url')
  }
  // The decoder is lenient about white space, padding and trailing bits; what it took must be what we would have written.
  if (!isCanonical(text, bytes.length)) {
    throw new StatementError('statement/encoding', field, 'must be unpadded base64url in its canonical form')
  }
  return bytes
}

/**
 * Whether a text that was decoded to so many bytes is the one that they are written as: without a character that the decoder has passed over, and, where
 * the last character carries only four or two bits of them, with zeros for the others. Found without writing them again.
 */
function isCanonical(text: string, length: number): boolean {
  if (text.length !== Math.ceil((length * 4) / 3)) return false
  const last = text.charAt(text.length - 1)
  if (length % 3 === 0) return true
  return (length % 3 === 1 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(last)
}

/** Joins byte arrays. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Whether two byte arrays hold the same bytes. For public values only: it does not take constant time. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

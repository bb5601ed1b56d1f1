import { StatementError } from './errors.ts'

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
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  decodeBase64url(text, bytes, field)
  return bytes
}

/**
 * {@link fromBase64url} into memory that is there already, which must have room for all of it; returns how many bytes it took.
 *
 * @throws {StatementError} `statement/encoding`
 */
export function decodeBase64url(text: string, room: Uint8Array, field: string): number {
  try {
    const { read, written } = room.setFromBase64(text, { alphabet: 'base64url' })
    // The decoder is lenient about white space, padding and trailing bits; what it took must be what we would have written.
    if (read === text.length && isCanonical(text, written)) return written
  } catch {
    // It is told below what the fault is.
  }
  throw new StatementError('statement/encoding', field, faultOf(text))
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

function faultOf(text: string): string {
  try {
    Uint8Array.fromBase64(text, { alphabet: 'base64url' })
    return 'must be unpadded base64url in its canonical form'
  } catch {
    return 'must be unpadded base64url'
  }
}

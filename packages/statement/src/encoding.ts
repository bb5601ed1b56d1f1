import { StatementError } from './errors.ts'

export { fromBase64url, toBase64url } from './base64url.ts'

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

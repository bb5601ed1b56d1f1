import { TransparencyError, type TransparencyErrorCode } from './errors.ts'

/** Whether two byte strings are equal. Nothing here is secret, so the time it takes may show where they differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The byte strings one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const encoder = new TextEncoder()
// A byte order mark is a character like any other here: dropping it would verify bytes that were not signed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes; throws under the given code when they are not UTF-8. */
export function textOf(bytes: Uint8Array, code: TransparencyErrorCode, what: string): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new TransparencyError(code, `${what} is not UTF-8`, { cause })
  }
}

/** Standard Base 64 (RFC 4648 section 4). */
export function base64(bytes: Uint8Array): string {
  return bytes.toBase64()
}

/**
 * Bytes of a standard Base 64 text, undefined unless it is the one canonical text of them: no white space, padding as required, unused bits
 * zero. Otherwise one signature would have several texts.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' })
    return bytes.toBase64() === text ? bytes : undefined
  } catch {
    return undefined
  }
}

/** The number of a decimal text without leading zeroes, undefined otherwise or beyond what a number holds exactly. */
export function decimal(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

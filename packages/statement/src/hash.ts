import { sha256 as platformSha256, sha256Base64url as platformSha256Base64url } from '#sha256'
import { utf8 } from './encoding.ts'

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return platformSha256(bytes)
}

/** SHA-256 in unpadded base64url, of bytes or of the UTF-8 bytes of a text. */
export function sha256Base64url(data: Uint8Array | string): string {
  return platformSha256Base64url(data)
}

/** What is hashed, written anew each time: memory for each would cost about as much as its hash. Larger than any statement. */
const room = new Uint8Array(16 * 1024)
const labels = new Map<string, Uint8Array>()

/** SHA-256 of a label that ends in a line feed, followed by the parts: a hash made for one purpose never stands for another. */
export function labelledHash(label: `${string}\n`, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const labelled = labels.get(label) ?? utf8(label)
  if (!labels.has(label)) labels.set(label, labelled)
  let length = labelled.length
  for (const part of parts) length += part.length
  const bytes = length <= room.length ? room.subarray(0, length) : new Uint8Array(length)
  bytes.set(labelled)
  let at = labelled.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return sha256(bytes)
}

import { sha256 as platformSha256, sha256Base64url as platformSha256Base64url } from '#sha256'
import { concatBytes, utf8 } from './encoding.ts'

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return platformSha256(bytes)
}

/** SHA-256 in unpadded base64url, of bytes or of the UTF-8 bytes of a text. */
export function sha256Base64url(data: Uint8Array | string): string {
  return platformSha256Base64url(data)
}

/** SHA-256 of a label that ends in a line feed, followed by the parts: a hash made for one purpose never stands for another. */
export function labelledHash(label: `${string}\n`, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return sha256(concatBytes(utf8(label), ...parts))
}

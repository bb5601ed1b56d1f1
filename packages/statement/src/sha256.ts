import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { toBase64url, utf8 } from './encoding.ts'

/** SHA-256 in JavaScript, for platforms whose own is asynchronous. What stands for it in Node is `sha256.node.ts`. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return nobleSha256(bytes) as Uint8Array<ArrayBuffer>
}

/** The same in unpadded base64url, of bytes or of the UTF-8 bytes of a text. */
export function sha256Base64url(data: Uint8Array | string): string {
  return toBase64url(sha256(typeof data === 'string' ? utf8(data) : data))
}

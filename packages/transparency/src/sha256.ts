import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

/** SHA-256 (FIPS 180-4) in JavaScript, for platforms whose own is asynchronous. What stands for it in Node is `sha256.node.ts`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

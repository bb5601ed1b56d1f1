import { ed25519 } from '@noble/curves/ed25519.js'
import { LRUCache } from 'lru-cache'

/** Signs for a log or a cosigner. Where the private key is kept is its affair. */
export interface Signer {
  /** 32 bytes (RFC 8032 section 5.1.5). */
  readonly publicKey: Uint8Array
  /** The 64-byte Ed25519 signature of these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A signer from an Ed25519 private key in PKCS#8 (RFC 8410), by WebCrypto. */
export async function importSigner(pkcs8: Uint8Array): Promise<Signer> {
  const key = await crypto.subtle.importKey('pkcs8', own(pkcs8), 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', key)
  if (x === undefined) throw new Error('an Ed25519 private key without its public key')
  return {
    publicKey: Uint8Array.fromBase64(x, { alphabet: 'base64url' }),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, own(bytes))),
  }
}

// A log has one key, its witnesses a few: importing them once spares a third of the cost of each verification.
const imported = new LRUCache<string, Promise<CryptoKey>>({ max: 100 })

/**
 * Whether this is an Ed25519 signature of the message under the public key (RFC 8032 section 5.1.7), by WebCrypto. Keys and signatures of other
 * lengths verify nothing.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const name = publicKey.toHex()
  let key = imported.get(name)
  if (key === undefined) {
    if (!isSound(publicKey)) return false
    key = crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify'])
    imported.set(name, key)
  }
  try {
    return await crypto.subtle.verify('Ed25519', await key, own(signature), own(message))
  } catch {
    // Some engines refuse to import what is no point of the curve: such a key has signed nothing.
    imported.delete(name)
    return false
  }
}

/**
 * Whether a key is a point of the curve in its canonical encoding, and not of small order. Engines differ on the others, and under a key of small order
 * one signature fits every message: a log with such a key could deny whatever it signed.
 */
function isSound(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey).isSmallOrder()
  } catch {
    return false
  }
}

/** WebCrypto takes no view of shared memory; whatever is one becomes a copy. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}

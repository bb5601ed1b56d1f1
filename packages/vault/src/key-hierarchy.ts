import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'

// Master key -> (HKDF) key of this vault -> (wraps) subject's key -> (wraps) data key -> (encrypts) content.

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const WRAP = 'id-aes256-wrap' // AES-256 key wrap, RFC 3394
const WRAP_IV = Buffer.alloc(8, 0xa6) // RFC 3394 section 2.2.3.1
const SEAL = 'aes-256-gcm'

/** What a master key means for one vault. */
export interface VaultKeys {
  /** Wraps the keys of subjects. */
  readonly wrapping: KeyObject
  /** 32 bytes that tell whether a master key is the one a vault was made with, and nothing else of it. */
  readonly check: Uint8Array
}

/** Derives what a vault uses of its master key (HKDF with SHA-256, RFC 5869). */
export function vaultKeys(master: KeyObject, vaultId: Uint8Array): VaultKeys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', master, vaultId, `tidings/vault/v1/${purpose}`, KEY_BYTES))
  return { wrapping: createSecretKey(derive('wrap-subject-keys')), check: derive('key-check') }
}

/** A key as the library takes it: an object that hides its bytes, or, for the moment in which it is made and used, the bytes. */
type Key = KeyObject | Uint8Array

/** A new key, and the same key wrapped: 40 bytes. */
export function newWrappedKey(wrapping: Key): { readonly key: Uint8Array; readonly wrapped: Uint8Array } {
  const key = freshBytes(KEY_BYTES)
  return { key, wrapped: wrap(wrapping, key) }
}

function wrap(wrapping: Key, key: Uint8Array): Uint8Array {
  // All of it comes at once: AES key wrap has nothing left for the end.
  return createCipheriv(WRAP, wrapping, WRAP_IV).update(key)
}

const STOCK_BYTES = 4096
let stock = Buffer.alloc(0)

/** Random bytes that nobody has had before. Asking the system for a few at a time costs more than everything else here. */
function freshBytes(length: number): Buffer {
  if (stock.length < length) stock = randomBytes(STOCK_BYTES)
  const fresh = Buffer.from(stock.subarray(0, length))
  stock.fill(0, 0, length)
  stock = stock.subarray(length)
  return fresh
}

/** A key that one key has wrapped, wrapped by another. */
export function rewrapKey(from: KeyObject, to: KeyObject, wrapped: Uint8Array): Uint8Array {
  return wrap(to, unwrapKey(from, wrapped).export())
}

/** @throws {Error} the wrapped key was altered, or another key had wrapped it */
export function unwrapKey(wrapping: KeyObject, wrapped: Uint8Array): KeyObject {
  const decipher = createDecipheriv(WRAP, wrapping, WRAP_IV)
  return createSecretKey(Buffer.concat([decipher.update(wrapped), decipher.final()]))
}

/** What a sealed content is tied to: it opens nowhere else. */
export interface Binding {
  readonly statement: string
  readonly commitment: string
  readonly subject: string
  readonly mediaType: string
}

/** Strings in a JSON array: no two bindings have the same bytes. */
function boundBytes({ statement, commitment, subject, mediaType }: Binding): Uint8Array {
  return Buffer.from(JSON.stringify(['tidings/vault/v1', statement, commitment, subject, mediaType]))
}

/** Encrypts the parts of a content as one: nonce, ciphertext, tag (AES-256-GCM, NIST SP 800-38D). A key seals one content only, so its nonce never repeats. */
export function seal(key: Key, binding: Binding, plaintext: readonly Uint8Array[]): Uint8Array {
  const nonce = freshBytes(NONCE_BYTES)
  const cipher = createCipheriv(SEAL, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundBytes(binding))
  // Joined before: each call of the library costs more than copying the parts does.
  const ciphertext = cipher.update(Buffer.concat(plaintext))
  return Buffer.concat([nonce, ciphertext, cipher.final(), cipher.getAuthTag()])
}

/** @throws {Error} anything of it was altered, or it is bound to something else */
export function unseal(key: KeyObject, binding: Binding, sealed: Uint8Array): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(SEAL, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundBytes(binding))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  // A copy of its own: a Buffer may share its memory with others.
  return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]))
}

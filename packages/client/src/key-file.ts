import { type PublicKey, type SignatureKey, type Signer, webCryptoSigner, type x25519Key } from '@tidings/statement'
import { type BaseBlock, fromBER, Integer, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import type { z } from 'zod'

/**
 * Stable codes of what is wrong with a key file:
 * - `key-file/not-a-key`: it holds no private key in PEM;
 * - `key-file/unencrypted`: the key lies open;
 * - `key-file/unsupported`: its encryption or its type of key is not one that Tidings reads;
 * - `key-file/passphrase`: the passphrase is wrong, or the file is damaged: the two cannot be told apart.
 */
export type KeyFileErrorCode =
  | 'key-file/not-a-key'
  | 'key-file/unencrypted'
  | 'key-file/unsupported'
  | 'key-file/passphrase'

/** A key file cannot be used. The message says what to do. */
export class KeyFileError extends Error {
  override name = 'KeyFileError'
  readonly code: KeyFileErrorCode
  constructor(code: KeyFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Types of keys: `Ed25519` signs, `P-256` signs where hardware asks for it, `X25519` receives what is sealed. */
export type KeyType = 'Ed25519' | 'P-256' | 'X25519'

/** A new pair of keys. The private key can be exported, so that it can be written to a file: keep it no longer than that takes. */
export interface NewKeyPair<T extends KeyType = KeyType> {
  readonly type: T
  readonly key: T extends 'X25519' ? z.infer<typeof x25519Key> : SignatureKey
  readonly privateKey: CryptoKey
}

/** A private key that was read from a file. It cannot be exported again. */
export type KeyFile =
  | {
      readonly type: 'Ed25519' | 'P-256'
      readonly key: SignatureKey
      readonly privateKey: CryptoKey
      readonly signer: Signer
    }
  | { readonly type: 'X25519'; readonly key: z.infer<typeof x25519Key>; readonly privateKey: CryptoKey }

const algorithms = {
  Ed25519: { name: 'Ed25519' },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  X25519: { name: 'X25519' },
} as const

const oids = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha1: '1.2.840.113549.2.7',
  hmacSha256: '1.2.840.113549.2.9',
  aes128Cbc: '2.16.840.1.101.3.4.1.2',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  ed25519: '1.3.101.112',
  x25519: '1.3.101.110',
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
} as const

// OWASP's advice for PBKDF2 with HMAC-SHA-256 since 2023; about a tenth of a second.
const rounds = 600_000
// A file that asks for more would only keep its reader waiting.
const mostRounds = 20_000_000

/** Makes a new pair of keys. */
export async function generateKeyPair<T extends KeyType>(type: T): Promise<NewKeyPair<T>> {
  const pair = (await crypto.subtle.generateKey(algorithms[type], true, usages(type))) as CryptoKeyPair
  const key = publicPart(type, await crypto.subtle.exportKey('jwk', pair.publicKey))
  return { type, key: key as NewKeyPair<T>['key'], privateKey: pair.privateKey }
}

/**
 * Writes a private key as an encrypted key file: PKCS#8 (RFC 5958) in PEM (RFC 7468), encrypted by PBES2 (RFC 8018) with PBKDF2-HMAC-SHA-256 of 600,000
 * rounds and AES-256-CBC. OpenSSL reads it: `openssl pkey -in FILE`.
 *
 * @param privateKey a key that can be exported
 * @throws {KeyFileError} `key-file/passphrase` if the passphrase is empty
 */
export async function writeKeyFile(privateKey: CryptoKey, passphrase: string): Promise<string> {
  if (passphrase === '') throw new KeyFileError('key-file/passphrase', 'a key file needs a passphrase: choose one')
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(16))
  const wrapping = await deriveKey(passphrase, { salt, rounds, hash: 'SHA-256', bits: 256 }, 'wrapKey')
  const encrypted = await crypto.subtle.wrapKey('pkcs8', privateKey, wrapping, { name: 'AES-CBC', iv })
  const algorithm = (oid: string, parameters: BaseBlock) =>
    new Sequence({ value: [new ObjectIdentifier({ value: oid }), parameters] })
  const info = new Sequence({
    value: [
      algorithm(
        oids.pbes2,
        new Sequence({
          value: [
            algorithm(
              oids.pbkdf2,
              new Sequence({
                value: [
                  new OctetString({ valueHex: salt.buffer }),
                  new Integer({ value: rounds }),
                  algorithm(oids.hmacSha256, new Null()),
                ],
              }),
            ),
            algorithm(oids.aes256Cbc, new OctetString({ valueHex: iv.buffer })),
          ],
        }),
      ),
      new OctetString({ valueHex: encrypted }),
    ],
  })
  const base64 = new Uint8Array(info.toBER()).toBase64()
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN ENCRYPTED PRIVATE KEY-----', ...lines, '-----END ENCRYPTED PRIVATE KEY-----', ''].join('\n')
}

/**
 * Opens an encrypted key file, ours or one that OpenSSL has written with PBES2, PBKDF2 (HMAC-SHA-256 or HMAC-SHA-1) and AES-CBC of 128 or 256 bits.
 *
 * @throws {KeyFileError}
 */
export async function readKeyFile(pem: string, passphrase: string): Promise<KeyFile> {
  const { encrypted, iv, ...parameters } = readEncryptedInfo(encryptedBytes(pem))
  const wrapping = await deriveKey(passphrase, parameters, 'decrypt')
  const wrong = (cause?: unknown) =>
    new KeyFileError('key-file/passphrase', 'the passphrase does not open the key file: try again', { cause })
  const plain = await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, wrapping, encrypted).catch((cause: unknown) => {
    throw wrong(cause)
  })
  try {
    // Padding comes out right for one wrong passphrase in 256: what it then opens is no PKCS#8.
    const type = readKeyType(plain)
    if (type === undefined) throw wrong()
    return await importKey(type, plain).catch((cause: unknown) => {
      throw wrong(cause)
    })
  } finally {
    new Uint8Array(plain).fill(0)
  }
}

function usages(type: KeyType): KeyUsage[] {
  return type === 'X25519' ? ['deriveBits'] : ['sign', 'verify']
}

async function importKey(type: KeyType, pkcs8: ArrayBuffer): Promise<KeyFile> {
  const uses: KeyUsage[] = type === 'X25519' ? ['deriveBits'] : ['sign']
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, algorithms[type], true, uses)
  const key = publicPart(type, await crypto.subtle.exportKey('jwk', exportable))
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, algorithms[type], false, uses)
  if (key.crv === 'X25519') return { type: 'X25519', key, privateKey }
  return { type: key.crv, key, privateKey, signer: webCryptoSigner(key, privateKey) }
}

/** The required members of a public key, and nothing of the private one. */
function publicPart(type: KeyType, { x = '', y = '' }: JsonWebKey): PublicKey {
  return type === 'P-256' ? { kty: 'EC', crv: type, x, y } : { kty: 'OKP', crv: type, x }
}

interface DerivationParameters {
  readonly salt: Uint8Array<ArrayBuffer>
  readonly rounds: number
  readonly hash: 'SHA-256' | 'SHA-1'
  readonly bits: 128 | 256
}

async function deriveKey(passphrase: string, parameters: DerivationParameters, use: 'wrapKey' | 'decrypt') {
  const { salt, rounds: iterations, hash, bits } = parameters
  // One spelling of letters with marks, however they were typed.
  const bytes = new TextEncoder().encode(passphrase.normalize('NFC'))
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey'])
  const algorithm = { name: 'PBKDF2', salt, iterations, hash }
  return crypto.subtle.deriveKey(algorithm, material, { name: 'AES-CBC', length: bits }, false, [use])
}

const encryptIt = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000 -in OLD -out NEW'

function encryptedBytes(pem: string): Uint8Array<ArrayBuffer> {
  const [, label, body] = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/.exec(pem) ?? []
  if (label === undefined || body === undefined || !label.endsWith('PRIVATE KEY'))
    throw new KeyFileError(
      'key-file/not-a-key',
      'the file holds no private key: it must be an encrypted PKCS#8 file in PEM',
    )
  if (label === 'PRIVATE KEY')
    throw new KeyFileError('key-file/unencrypted', `the key lies open in its file: encrypt it with ${encryptIt}`)
  if (label !== 'ENCRYPTED PRIVATE KEY')
    throw new KeyFileError('key-file/unsupported', `the key file is of an older form: write it anew with ${encryptIt}`)
  try {
    return Uint8Array.fromBase64(body)
  } catch (cause) {
    throw new KeyFileError('key-file/not-a-key', 'the key file is damaged: take it from its backup', { cause })
  }
}

/** EncryptedPrivateKeyInfo (RFC 5958 section 3) with the parameters of PBES2 (RFC 8018 appendix A). */
function readEncryptedInfo(der: Uint8Array<ArrayBuffer>): DerivationParameters & {
  readonly iv: Uint8Array<ArrayBuffer>
  readonly encrypted: Uint8Array<ArrayBuffer>
} {
  const [scheme, data] = items(fromBER(der).result)
  const [pbes2, schemes] = items(scheme)
  const encrypted = bytesOf(data)
  if (!encrypted || oidOf(pbes2) === undefined)
    throw new KeyFileError('key-file/not-a-key', 'the key file is damaged: take it from its backup')
  const [derivation, cipher] = items(schemes)
  const [pbkdf2, derived] = items(derivation)
  const [saltBlock, roundsBlock, ...options] = items(derived)
  const [cipherName, ivBlock] = items(cipher)
  // The length of the key may stand before the function; left out, the function is HMAC-SHA-1.
  const prf = oidOf(items(options.find((option) => option instanceof Sequence))[0]) ?? oids.hmacSha1
  const salt = bytesOf(saltBlock)
  const iv = bytesOf(ivBlock)
  const count = roundsBlock instanceof Integer ? Number(roundsBlock.toBigInt()) : 0
  const hash = prf === oids.hmacSha256 ? 'SHA-256' : prf === oids.hmacSha1 ? 'SHA-1' : undefined
  const bits = oidOf(cipherName) === oids.aes256Cbc ? 256 : oidOf(cipherName) === oids.aes128Cbc ? 128 : undefined
  const isOurs = oidOf(pbes2) === oids.pbes2 && oidOf(pbkdf2) === oids.pbkdf2 && hash && bits
  if (!isOurs || !salt || iv?.length !== 16 || count < 1 || count > mostRounds)
    throw new KeyFileError(
      'key-file/unsupported',
      `the key file is encrypted in a way that is not read here: write it anew with ${encryptIt}`,
    )
  return { salt, rounds: count, hash, bits, iv, encrypted }
}

/** Type of the key in a PrivateKeyInfo (RFC 5958 section 2); nothing if it is none. */
function readKeyType(der: ArrayBuffer): KeyType | undefined {
  const { result, offset } = fromBER(der)
  if (offset === -1) return undefined
  const [, algorithm, key] = items(result)
  if (!bytesOf(key)) return undefined
  const [name, parameters] = items(algorithm)
  switch (oidOf(name)) {
    case oids.ed25519:
      return 'Ed25519'
    case oids.x25519:
      return 'X25519'
    case oids.ecPublicKey:
      if (oidOf(parameters) === oids.p256) return 'P-256'
      break
    case undefined:
      return undefined
  }
  throw new KeyFileError('key-file/unsupported', 'the key must be an Ed25519, P-256 or X25519 key')
}

function items(block: BaseBlock | undefined): readonly BaseBlock[] {
  return block instanceof Sequence ? (block.valueBlock.value as BaseBlock[]) : []
}

function oidOf(block: BaseBlock | undefined): string | undefined {
  return block instanceof ObjectIdentifier ? block.getValue() : undefined
}

function bytesOf(block: BaseBlock | undefined): Uint8Array<ArrayBuffer> | undefined {
  return block instanceof OctetString ? new Uint8Array(block.getValue()) : undefined
}

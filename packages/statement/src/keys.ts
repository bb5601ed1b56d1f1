import { z } from 'zod'
import { canonicalForm } from './canonical-form.ts'
import { fromBase64url } from './encoding.ts'
import { StatementError } from './errors.ts'
import { sha256Base64url } from './hash.ts'
import { digest } from './identifiers.ts'
import { isSoundPoint } from './sound-point.ts'

const soundPoint = digest.refine((x) => isSoundPoint(fromBase64url(x)), {
  error: 'must not be a point of small order',
  // Of what is no digest nothing more is asked.
  when: ({ issues }) => issues.length === 0,
})

/** Schema of an Ed25519 public key (RFC 8037). */
const ed25519Key = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: soundPoint })
/** Schema of a P-256 public key (RFC 7518 section 6.2), for keys in hardware. */
const p256Key = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: digest, y: digest })
/** Schema of an X25519 public key (RFC 8037): it only receives what is sealed. */
export const x25519Key = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: digest })

/** Schema of a public key that can sign. */
export const signatureKey = z.union([ed25519Key, p256Key])

/** A public key that can sign, as a JWK with its required members only. */
export type SignatureKey = z.infer<typeof signatureKey>
/** A public key of a party, as a JWK with its required members only. */
export type PublicKey = SignatureKey | z.infer<typeof x25519Key>

/** Algorithms of statements: `Ed25519` (RFC 9864) and `ES256` (RFC 7518) for keys in hardware. */
export type SignatureAlgorithm = 'Ed25519' | 'ES256'

/** The one algorithm that a key signs with. */
export function algorithmOf(key: SignatureKey): SignatureAlgorithm {
  return key.crv === 'Ed25519' ? 'Ed25519' : 'ES256'
}

/** Identity of a key: its thumbprint (RFC 7638), SHA-256 over the required members in order. */
export function thumbprint(key: PublicKey): string {
  return sha256Base64url(canonicalForm(key))
}

/**
 * Imports a public key for verifying statements. Keep the result: importing costs as much as verifying.
 *
 * @throws {StatementError} `statement/key` if the key is not a point of its curve, or one of small order
 */
export async function importSignatureKey(key: SignatureKey): Promise<CryptoKey> {
  if (key.crv === 'Ed25519' && !isSoundPoint(fromBase64url(key.x, 'key'))) {
    throw new StatementError('statement/key', 'key', 'must not be a point of small order')
  }
  const algorithm = key.crv === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' }
  try {
    return await crypto.subtle.importKey('jwk', key, algorithm, true, ['verify'])
  } catch {
    throw new StatementError('statement/key', 'key', `must be a valid ${key.crv} public key`)
  }
}

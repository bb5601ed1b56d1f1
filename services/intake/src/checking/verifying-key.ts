import { createPublicKey, verify } from 'node:crypto'
import { algorithmOf, type SignatureKey, type VerifyingKey } from '@tidings/statement'

/** A key as Node's own library verifies with it: at once, in the calling thread, without the way through a thread pool that WebCrypto takes. */
export function verifyingKey(jwk: SignatureKey): VerifyingKey {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return algorithmOf(jwk) === 'Ed25519'
    ? { alg: 'Ed25519', verifies: (data, signature) => verify(null, data, key, signature) }
    : {
        alg: 'ES256',
        verifies: (data, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
      }
}

import { canonicalForm } from './canonical-form.ts'
import { toBase64url, utf8 } from './encoding.ts'
import { identityOf } from './identifiers.ts'
import { algorithmOf, type SignatureKey, thumbprint } from './keys.ts'
import type { Kind, PayloadOf } from './kinds/index.ts'
import { checkPayload, headerOf, type Statement } from './statement.ts'

/** Something that signs: a key in memory, in a file or in hardware. */
export interface Signer {
  readonly key: SignatureKey
  /** Signs bytes: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 in its 64-byte form (RFC 7518 section 3.4). */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
}

/** A signer over a WebCrypto private key and its public key. */
export function webCryptoSigner(key: SignatureKey, privateKey: CryptoKey): Signer {
  const algorithm = key.crv === 'Ed25519' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' }
  return {
    key,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, bytes)),
  }
}

/**
 * Signs a payload: a compact JWS (RFC 7515) over its canonical form (RFC 8785).
 *
 * @throws {StatementError} `statement/schema` if the payload does not fit its kind
 */
export async function signStatement<K extends Kind>(payload: PayloadOf<K>, signer: Signer): Promise<Statement<K>> {
  checkPayload(payload)
  const alg = algorithmOf(signer.key)
  const kid = thumbprint(signer.key)
  const signingInput = utf8(`${toBase64url(utf8(headerOf(alg, kid)))}.${toBase64url(canonicalForm(payload))}`)
  const signature = await signer.sign(signingInput)
  const jws = `${new TextDecoder().decode(signingInput)}.${toBase64url(signature)}`
  return { jws, id: identityOf(signingInput), alg, kid, payload }
}

import { compactVerify } from 'jose'
import { fromBase64url, utf8 } from './encoding.ts'
import { StatementError } from './errors.ts'
import type { SignatureAlgorithm } from './keys.ts'
import { isSoundPoint } from './sound-point.ts'
import type { Statement } from './statement.ts'

/**
 * Checks the signature of a statement that has passed the gate, under the key that its header names.
 *
 * The caller finds the key by `statement.kid` among the keys of `statement.payload.iss`; the algorithm is the key's, never the header's choice.
 *
 * @throws {StatementError} `statement/signature`
 */
export async function verifyStatement(statement: Statement, key: CryptoKey): Promise<void> {
  const alg = key.algorithm.name === 'Ed25519' ? 'Ed25519' : 'ES256'
  if (alg === 'Ed25519' && !isSoundPoint(signatureOf(statement.jws).subarray(0, 32))) throw invalid()
  try {
    await compactVerify(statement.jws, key, { algorithms: [alg] })
  } catch {
    throw invalid()
  }
}

/** A public key that verifies at once, in the calling thread, as a platform's own library may offer it beside WebCrypto. */
export interface VerifyingKey {
  readonly alg: SignatureAlgorithm
  /** Whether these 64 bytes are its signature of the data (RFC 8032; RFC 7518 section 3.4). */
  verifies(data: Uint8Array, signature: Uint8Array): boolean
}

/**
 * {@link verifyStatement} by a key of the platform's own library: the same statements pass.
 *
 * @throws {StatementError} `statement/signature`
 */
export function verifyStatementBy(key: VerifyingKey, statement: Statement): void {
  const { jws, alg } = statement
  const signature = signatureOf(jws)
  // The first half is R, a point, in Ed25519 (RFC 8032 section 5.1.6).
  if (alg !== key.alg || (alg === 'Ed25519' && !isSoundPoint(signature.slice(0, 32)))) throw invalid()
  if (!key.verifies(bytesOf(jws.slice(0, jws.lastIndexOf('.'))), signature)) throw invalid()
}

const encoder = new TextEncoder()
// A signing input is needed only while it is verified; hardly any is longer.
const room = new Uint8Array(12 * 1024)

/** UTF-8 bytes of a text. They last until the next ones are asked for. */
function bytesOf(text: string): Uint8Array {
  const { read, written } = encoder.encodeInto(text, room)
  return read === text.length ? room.subarray(0, written) : utf8(text)
}

function signatureOf(jws: string): Uint8Array {
  return fromBase64url(jws.slice(jws.lastIndexOf('.') + 1), 'signature')
}

function invalid(): StatementError {
  return new StatementError(
    'statement/signature',
    'signature',
    'must be a valid signature of the key that the header names',
  )
}

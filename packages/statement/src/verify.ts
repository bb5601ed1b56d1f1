import { compactVerify } from 'jose'
import { fromBase64url } from './encoding.ts'
import { StatementError } from './errors.ts'
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
  if (alg === 'Ed25519' && !isSoundPoint(firstHalf(statement.jws))) throw invalid()
  try {
    await compactVerify(statement.jws, key, { algorithms: [alg] })
  } catch {
    throw invalid()
  }
}

/** First half of the signature: R, a point, in Ed25519 (RFC 8032 section 5.1.6). */
function firstHalf(jws: string): Uint8Array {
  return fromBase64url(jws.slice(jws.lastIndexOf('.') + 1), 'signature').subarray(0, 32)
}

function invalid(): StatementError {
  return new StatementError(
    'statement/signature',
    'signature',
    'must be a valid signature of the key that the header names',
  )
}

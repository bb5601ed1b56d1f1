import { compactVerify } from 'jose'
import { StatementError } from './errors.ts'
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
  try {
    await compactVerify(statement.jws, key, { algorithms: [alg] })
  } catch {
    throw new StatementError(
      'statement/signature',
      'signature',
      'must be a valid signature of the key that the header names',
    )
  }
}

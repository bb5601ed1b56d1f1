import { faultsOf, type Submission, submission } from '@tidings/client/contract'
import {
  type ContentOpening,
  checkContents,
  checkDocument,
  fromBase64url,
  isOfKind,
  type ListManifest,
  readStatement,
  type SignatureKey,
  type Statement,
  StatementError,
  textOf,
  thumbprint,
  toBase64url,
  type VerifyingKey,
  verifyStatementBy,
} from '@tidings/statement'
import { merkleRoot } from '@tidings/transparency'
import { z } from 'zod'
import type { Refusal, SignedBy } from './messages.ts'

// The same schema as one function of JavaScript.
const submissionSchema = z.compile(submission)

/** A submission whose every part has been checked by itself: only the rules are still to be asked. */
export interface CheckedSubmission {
  readonly statement: Statement
  readonly document?: Uint8Array
  readonly openings: readonly ContentOpening[]
}

/** What came of a check. */
export type CheckOutcome =
  | { readonly checked: CheckedSubmission }
  | { readonly refused: Refusal; readonly by?: SignedBy }
  | { readonly keyWanted: SignedBy }

/** Keys by their thumbprint. */
export interface KnownKeys {
  get(kid: string): VerifyingKey | undefined
  add(kid: string, key: SignatureKey): VerifyingKey
}

/**
 * Checks what needs no state of the exchange, cheapest first: JSON, encoding, header, schema, key, signature, document, commitments, contents. Whether the
 * key is one of its party's is for the caller to say, who knows the record: a key is known here by its thumbprint alone.
 *
 * @param bytes a submission in JSON
 * @param most bytes that it may have
 */
export function checkSubmission(bytes: Uint8Array, keys: KnownKeys, most: number): CheckOutcome {
  let by: SignedBy | undefined
  try {
    const submission = parse(bytes, most)
    if ('why' in submission) return { refused: submission }
    const statement = readStatement(submission.statement)
    const document = submission.document === undefined ? undefined : fromBase64url(submission.document, 'document')
    const openings = (submission.contents ?? []).map(({ salt, data }, i) => ({
      salt: fromBase64url(salt, `/contents/${i}/salt`),
      data: fromBase64url(data, `/contents/${i}/data`),
    }))
    const { kid, payload } = statement
    const signer = { iss: payload.iss, kid, begins: payload.kind === 'party.inception' }
    const key = keyOf(statement, keys)
    if (!key) return { keyWanted: signer }
    by = signer
    verifyStatementBy(key, statement)
    const described = checkDocument(payload, document)
    checkContents(payload, openings)
    if (payload.kind === 'list.publish') checkManifest(described as ListManifest, openings[0])
    return { checked: { statement, openings, ...(document && { document }) } }
  } catch (error) {
    return { refused: refusalOf(error), ...(by && { by }) }
  }
}

function parse(bytes: Uint8Array, most: number): Submission | Refusal {
  if (bytes.length > most) throw new StatementError('statement/too-large', 'body', `must have at most ${most} bytes`)
  let value: unknown
  try {
    value = JSON.parse(textOf(bytes))
  } catch {
    return { why: 'malformed-json' }
  }
  const result = submissionSchema.safeParse(value)
  if (result.success) return result.data
  return { why: 'parameters', faults: faultsOf('body', result.error.issues) }
}

function keyOf(statement: Statement, keys: KnownKeys): VerifyingKey | undefined {
  const { kid } = statement
  if (!isOfKind(statement, 'party.inception')) return keys.get(kid)
  // A party begins under a key that its first statement brings.
  const jwk = statement.payload.body.keys.find((key) => thumbprint(key.jwk) === kid)?.jwk
  return jwk && jwk.crv !== 'X25519' ? (keys.get(kid) ?? keys.add(kid, jwk)) : undefined
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof StatementError) {
    const { code, field, rule, faults } = error
    return { why: 'statement', code, field, rule, faults }
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return { why: 'failure', message, stack }
}

/** A manifest that does not describe its list would be signed and public, and nobody without the list could tell. */
function checkManifest({ count, root }: ListManifest, opening: ContentOpening | undefined): void {
  const data = opening?.data ?? new Uint8Array()
  if (count !== data.length / 16) {
    throw new StatementError('statement/document', '/document/count', 'must be the number of case ids in the content')
  }
  const ids = Array.from({ length: count }, (_, i) => data.subarray(i * 16, i * 16 + 16))
  if (root !== toBase64url(merkleRoot(ids))) {
    throw new StatementError(
      'statement/document',
      '/document/root',
      'must be the RFC 6962 root over the case ids in the content',
    )
  }
}

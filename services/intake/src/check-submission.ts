import type { Submission } from '@tidings/client/contract'
import { ProblemError } from '@tidings/service-kit'
import {
  type ContentOpening,
  checkContents,
  checkDocument,
  fromBase64url,
  importSignatureKey,
  isOfKind,
  type ListManifest,
  readStatement,
  type SignatureKey,
  type Statement,
  StatementError,
  thumbprint,
  toBase64url,
  verifyStatement,
} from '@tidings/statement'
import { merkleRoot } from '@tidings/transparency'
import { LRUCache } from 'lru-cache'
import type { RecordView } from './record-view.ts'

/** A submission whose every part has been checked by itself: only the rules are still to be asked. */
export interface CheckedSubmission {
  readonly statement: Statement
  readonly document?: Uint8Array
  readonly openings: readonly ContentOpening[]
}

/** Checks what needs no state of the exchange, cheapest first: strict encoding, header, schema, key, signature, document, commitments, contents. */
export class SubmissionChecker {
  readonly #view: RecordView
  // Importing a key costs as much as verifying with it.
  readonly #keys = new LRUCache<string, CryptoKey>({ max: 10_000 })

  constructor(view: RecordView) {
    this.#view = view
  }

  /**
   * @throws {StatementError} naming the part, the field and the rule
   * @throws {ProblemError} `unknown-party` or `unknown-key`
   */
  async check(submission: Submission): Promise<CheckedSubmission> {
    const statement = readStatement(submission.statement)
    const document = submission.document === undefined ? undefined : fromBase64url(submission.document, 'document')
    const openings = (submission.contents ?? []).map(({ salt, data }, i) => ({
      salt: fromBase64url(salt, `/contents/${i}/salt`),
      data: fromBase64url(data, `/contents/${i}/data`),
    }))
    await verifyStatement(statement, await this.#keyOf(statement))
    const described = checkDocument(statement.payload, document)
    checkContents(statement.payload, openings)
    if (statement.payload.kind === 'list.publish') checkManifest(described as ListManifest, openings[0])
    return { statement, openings, ...(document && { document }) }
  }

  /** The key that the header names among all keys that its party has ever had: whether it still counts is for the rules to say. */
  async #keyOf(statement: Statement): Promise<CryptoKey> {
    const cached = this.#keys.get(statement.kid)
    if (cached && this.#find(statement)) return cached
    let key = this.#find(statement)
    if (!key) {
      await this.#view.catchUp()
      key = this.#find(statement)
    }
    if (!key) {
      const known = this.#view.party(statement.payload.iss) !== undefined
      throw new ProblemError(known ? 'unknown-key' : 'unknown-party', {
        field: known ? 'header/kid' : '/iss',
        rule: known ? 'must be the thumbprint of a key of the issuer' : 'must be a party with an inception in this log',
      })
    }
    const imported = await importSignatureKey(key)
    this.#keys.set(statement.kid, imported)
    return imported
  }

  #find(statement: Statement): SignatureKey | undefined {
    const jwk = isOfKind(statement, 'party.inception')
      ? statement.payload.body.keys.find((key) => thumbprint(key.jwk) === statement.kid)?.jwk
      : this.#view.party(statement.payload.iss)?.keys.find((key) => key.kid === statement.kid)?.jwk
    return jwk && jwk.crv !== 'X25519' ? jwk : undefined
  }
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

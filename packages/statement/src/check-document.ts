import type { z } from 'zod'
import { checkSchema, parseCanonical } from './canonical-form.ts'
import { listManifest } from './documents/list-manifest.ts'
import { mechanismTerms } from './documents/mechanism-terms.ts'
import { partyDescription } from './documents/party-description.ts'
import { rules } from './documents/rules.ts'
import { StatementError } from './errors.ts'
import { sha256Base64url } from './hash.ts'
import type { PayloadOf } from './kinds/index.ts'

/** Most bytes of a public document. */
export const largestDocument = 256 * 1024

/** Every type of public document, by its media type. */
export const documentTypes: Readonly<Record<string, { readonly schema: z.ZodType }>> = {
  [partyDescription.mediaType]: partyDescription,
  [mechanismTerms.mediaType]: mechanismTerms,
  [listManifest.mediaType]: listManifest,
  [rules.mediaType]: rules,
}

/**
 * Checks the public document beside a statement: it is there exactly if the payload binds one, has the bound SHA-256, is in its canonical form
 * (RFC 8785) and fits the schema of its media type. Returns its value.
 *
 * @throws {StatementError} `statement/document`, `statement/too-large` or `statement/canonical-form`
 */
export function checkDocument(payload: PayloadOf, document: Uint8Array | undefined): unknown {
  const reference = payload.document
  if (!reference && !document) return undefined
  if (!reference)
    throw new StatementError('statement/document', 'document', 'must not stand beside a statement that binds none')
  if (!document)
    throw new StatementError('statement/document', 'document', 'must stand beside the statement that binds it')
  if (document.length > largestDocument) {
    throw new StatementError('statement/too-large', 'document', `must have at most ${largestDocument} bytes`)
  }
  if (sha256Base64url(document) !== reference.sha256) {
    throw new StatementError('statement/document', 'document', 'must have the SHA-256 that the statement binds')
  }
  const type = Object.hasOwn(documentTypes, reference.mediaType) ? documentTypes[reference.mediaType] : undefined
  if (!type) throw new StatementError('statement/document', '/document/mediaType', 'must be a known type of document')
  return checkSchema(type.schema, parseCanonical(document, 'document'), 'statement/document', '/document')
}

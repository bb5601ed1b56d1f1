import type { z } from 'zod'
import { checkSchema, parseCanonical } from './canonical-form.ts'
import { type ContentOpening, checkOpening } from './commitment.ts'
import { burialPlace } from './contents/burial-place.ts'
import { caseIds, decodeCaseIds } from './contents/case-ids.ts'
import { note } from './contents/note.ts'
import { personFile } from './contents/person-file.ts'
import { replyFile } from './contents/reply-file.ts'
import { requestFile } from './contents/request-file.ts'
import { StatementError } from './errors.ts'
import type { PayloadOf } from './kinds/index.ts'
import type { ContentReference } from './payload.ts'

/** Every type of content in JSON, by its media type. */
export const contentTypes: Readonly<Record<string, { readonly schema: z.ZodType }>> = {
  [personFile.mediaType]: personFile,
  [burialPlace.mediaType]: burialPlace,
  [requestFile.mediaType]: requestFile,
  [replyFile.mediaType]: replyFile,
  [note.mediaType]: note,
}

/**
 * Checks the contents that travel with a statement: one opening for each that it names, in order, each opening its commitment and fitting
 * the schema of its media type.
 *
 * @throws {StatementError} `statement/commitment` or `statement/content`
 */
export function checkContents(payload: PayloadOf, openings: readonly ContentOpening[]): void {
  const references = payload.content ?? []
  if (references.length !== openings.length) {
    throw new StatementError(
      'statement/commitment',
      '/contents',
      `must bring ${references.length} contents, one for each that the statement names`,
    )
  }
  references.forEach((reference, i) => {
    const opening = openings[i]
    if (!opening) return
    checkOpening(reference, opening, `/contents/${i}`)
    checkContent(reference, opening.data, `/contents/${i}/data`)
  })
}

/**
 * Checks a content against the schema of its media type, in JSON also that it is in its canonical form (RFC 8785); returns its value (the ids of a list
 * as texts).
 *
 * @throws {StatementError} `statement/content`, `statement/canonical-form` or `statement/encoding`
 */
export function checkContent(
  reference: Pick<ContentReference, 'mediaType'>,
  data: Uint8Array,
  field = 'content',
): unknown {
  if (reference.mediaType === caseIds.mediaType) return decodeCaseIds(data, field)
  const type = Object.hasOwn(contentTypes, reference.mediaType) ? contentTypes[reference.mediaType] : undefined
  if (!type) throw new StatementError('statement/content', field, 'must be of a known media type')
  // In its canonical form, so that no two readers can take one content in two ways.
  return checkSchema(type.schema, parseCanonical(data, field), 'statement/content', field)
}

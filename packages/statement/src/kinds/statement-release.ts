import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { streamPrefixes } from '../vocabularies.ts'

/**
 * `statement.release`: under a `release` or `sign` key, has the draft that `re` names judged at this leaf. Duties, reference and visibility
 * count from here. In the stream of the draft, whose prefix the body names.
 */
export const statementRelease = defineKind({
  kind: 'statement.release',
  stream: 'any',
  founds: false,
  body: z.strictObject({ stream: z.enum(streamPrefixes) }),
  mechanism: 'optional',
  to: 'none',
  re: 'one',
})

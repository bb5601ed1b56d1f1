import { z } from 'zod'
import { caseIds } from '../contents/case-ids.ts'
import { defineKind } from '../define-kind.ts'
import { listManifest } from '../documents/list-manifest.ts'

/**
 * `list.publish`: a party's list of case files, as of a date. The manifest is a public document with version, date, count and the root over
 * the case ids; the ids themselves are content.
 */
export const listPublish = defineKind({
  kind: 'list.publish',
  stream: 'list',
  founds: true,
  body: z.strictObject({}),
  mechanism: 'optional',
  to: 'none',
  re: 'none',
  document: { mediaType: listManifest.mediaType, required: true },
  content: { mediaTypes: [caseIds.mediaType], required: true },
})

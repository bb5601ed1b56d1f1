import { z } from 'zod'
import { personFile } from '../contents/person-file.ts'
import { defineKind } from '../define-kind.ts'

/**
 * `case.describe`: a party's file on one person reported missing. The file is content; the latest stands. It opens nothing by itself and is
 * the party's own: nobody sees it but the author and whoever stands in `aud`.
 */
export const caseDescribe = defineKind({
  kind: 'case.describe',
  stream: 'case',
  founds: true,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  content: { mediaTypes: [personFile.mediaType], required: true },
})

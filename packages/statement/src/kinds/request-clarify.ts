import { z } from 'zod'
import { note } from '../contents/note.ts'
import { requestFile } from '../contents/request-file.ts'
import { defineKind } from '../define-kind.ts'

/**
 * `request.clarify`: the asker answers the question back, or completes what was returned, that `re` names. Discharges `clarify`; the clock goes on, or
 * begins again, as the rules say; what a return has ended opens afresh. The clarification itself is content.
 */
export const requestClarify = defineKind({
  kind: 'request.clarify',
  stream: 'request',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [requestFile.mediaType, note.mediaType], required: true },
})

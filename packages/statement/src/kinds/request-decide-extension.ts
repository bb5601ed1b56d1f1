import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind } from '../define-kind.ts'
import { extensionDecisions } from '../vocabularies.ts'

/**
 * `request.decide-extension`: whoever owes it grants or refuses the extension that `re` asks for. Discharges `decide-extension`.
 */
export const requestDecideExtension = defineKind({
  kind: 'request.decide-extension',
  stream: 'request',
  founds: false,
  body: z.strictObject({ decision: z.enum(extensionDecisions) }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { missingItems } from '../vocabularies.ts'

/**
 * `request.return`: the request is incomplete, with codes of what is missing. Stated by the mediator, before any reply, it ends the duties until
 * `request.clarify` opens them afresh. Where there is no mediator the addressee may state it: then it ends nothing, and the asker may contest it by
 * `request.refer`.
 */
export const requestReturn = defineKind({
  kind: 'request.return',
  stream: 'request',
  founds: false,
  body: z.strictObject({ missing: setOf(z.enum(missingItems), missingItems.length) }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

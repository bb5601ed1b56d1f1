import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { questions } from '../vocabularies.ts'

/**
 * `request.reopen`: the asker opens questions again that it had closed. Opens `reply` with a new period; insufficient answers count from zero again.
 */
export const requestReopen = defineKind({
  kind: 'request.reopen',
  stream: 'request',
  founds: false,
  body: z.strictObject({ questions: setOf(z.enum(questions), questions.length) }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

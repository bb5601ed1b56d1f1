import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind } from '../define-kind.ts'

/**
 * `statement.retract`: its author takes back its latest clarification, reply, assessment or disclosure, which `re` names. What it had discharged is owed
 * again, what it had opened ends. No earlier verdict changes, and the record keeps both.
 */
export const statementRetract = defineKind({
  kind: 'statement.retract',
  stream: 'any',
  founds: false,
  body: z.strictObject({ stream: z.enum(['request', 'disclosure']) }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

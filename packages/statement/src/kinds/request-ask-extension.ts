import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { extensionReasons, questions } from '../vocabularies.ts'

/**
 * `request.ask-extension`: the addressee asks for `n` more of the unit of the period of `reply`, for a reason from a closed list. The clock runs meanwhile,
 * and silence grants nothing. Opens `decide-extension` on whoever the rules name; where they name nobody, asking grants.
 */
export const requestAskExtension = defineKind({
  kind: 'request.ask-extension',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    questions: setOf(z.enum(questions), questions.length),
    n: z.int().min(1).max(1000),
    reason: z.enum(extensionReasons),
  }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

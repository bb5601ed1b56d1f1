import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { questions, remindable } from '../vocabularies.ts'

/**
 * `request.remind`: the party to which a duty is owed, or the mediator, reminds of it. It touches no clock. After the third reminder of a reply or a review
 * the rules may have the question referred.
 */
export const requestRemind = defineKind({
  kind: 'request.remind',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    duty: z.enum(remindable),
    questions: setOf(z.enum(questions), questions.length).exactOptional(),
  }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { missingItems, questions } from '../vocabularies.ts'

/**
 * `request.ask-clarification`: the addressee asks back, about questions that it owes a reply to. Discharges `acknowledge`, opens `clarify` on the asker,
 * and the clock of `reply` pauses until `request.clarify` or a reply. What is unclear is told in codes; in words, if told, as content.
 */
export const requestAskClarification = defineKind({
  kind: 'request.ask-clarification',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    questions: setOf(z.enum(questions), questions.length),
    unclear: setOf(z.enum(missingItems), missingItems.length).exactOptional(),
  }),
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: [note.mediaType], required: false },
})

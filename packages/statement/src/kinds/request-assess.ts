import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind } from '../define-kind.ts'
import { assessments, questions } from '../vocabularies.ts'

/**
 * `request.assess`: what the asker states of an answer, per question. `accepted` closes the question; `insufficient` asks again the first time
 * and goes to whoever decides referrals the next; `disputed` goes there at once. Why, if told, is content.
 */
export const requestAssess = defineKind({
  kind: 'request.assess',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    assessments: z
      .array(z.strictObject({ question: z.enum(questions), assessment: z.enum(assessments) }))
      .min(1)
      .max(questions.length)
      .refine((all) => new Set(all.map((a) => a.question)).size === all.length, 'must assess a question once'),
  }),
  mechanism: 'one',
  to: 'optional',
  re: 'some',
  content: { mediaTypes: [note.mediaType], required: false },
})

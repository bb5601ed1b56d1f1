import { z } from 'zod'
import { replyFile } from '../contents/reply-file.ts'
import { defineKind } from '../define-kind.ts'
import { calendarDate } from '../identifiers.ts'
import { questions } from '../vocabularies.ts'

const question = z.enum(questions)

const answer = z
  .discriminatedUnion('disposition', [
    z.strictObject({ question, disposition: z.literal('interim'), estimate: calendarDate }),
    z.strictObject({ question, disposition: z.literal('given') }),
    z.strictObject({ question, disposition: z.literal('given-in-part'), review: calendarDate }),
    z.strictObject({ question, disposition: z.literal('none-found') }),
    z.strictObject({ question, disposition: z.literal('not-now'), review: calendarDate }),
  ])
  .meta({ id: 'answer', description: 'What the answerer states of one question' })

/**
 * `request.reply`: the addressee's answer, one disposition per question.
 *
 * Effective only while a `reply` or `review` duty of its author is open for each question named; it also discharges `acknowledge`. What was
 * found, the search and the ground travel as content: a disposition never tells a person's fate.
 */
export const requestReply = defineKind({
  kind: 'request.reply',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    answers: z
      .array(answer)
      .min(1)
      .max(questions.length)
      .refine((all) => new Set(all.map((a) => a.question)).size === all.length, 'must answer a question once'),
  }),
  mechanism: 'one',
  to: 'one',
  re: 'one',
  content: { mediaTypes: [replyFile.mediaType], required: false },
  rule: (payload) =>
    payload.content || payload.body.answers.every((a) => a.disposition === 'interim')
      ? undefined
      : { field: '/content', rule: 'must tell what was given, searched or why not, unless every answer is interim' },
})

import { z } from 'zod'
import { note } from '../contents/note.ts'
import { defineKind } from '../define-kind.ts'
import { calendarDate } from '../identifiers.ts'
import { questions } from '../vocabularies.ts'

const question = z.enum(questions)

const decision = z
  .discriminatedUnion('outcome', [
    z.strictObject({ question, outcome: z.literal('reply-again') }),
    z.strictObject({ question, outcome: z.literal('review-by'), review: calendarDate }),
    z.strictObject({ question, outcome: z.literal('answer-stands') }),
    z.strictObject({ question, outcome: z.literal('to-meeting') }),
    z.strictObject({ question, outcome: z.literal('return-upheld') }),
    z.strictObject({ question, outcome: z.literal('return-not-upheld') }),
  ])
  .meta({ id: 'referralDecision', description: 'What is decided on one question that was referred' })

/**
 * `request.decide-referral`: whoever decides referrals decides, per question: `reply-again` (a new period), `review-by` a date, `answer-stands` (nothing
 * more is owed; it closes the question only if the rules say so), `to-meeting`, or, of a return that is contested, `return-upheld` (ends the duties) or
 * `return-not-upheld`. Discharges `decide-referral`.
 */
export const requestDecideReferral = defineKind({
  kind: 'request.decide-referral',
  stream: 'request',
  founds: false,
  body: z.strictObject({
    decisions: z
      .array(decision)
      .min(1)
      .max(questions.length)
      .refine((all) => new Set(all.map((d) => d.question)).size === all.length, 'must decide a question once')
      .refine(
        (all) => new Set(all.flatMap(({ outcome }) => (outcome.startsWith('return-') ? outcome : []))).size <= 1,
        'must decide on a return one way',
      ),
  }),
  mechanism: 'one',
  to: 'none',
  re: 'some',
  content: { mediaTypes: [note.mediaType], required: false },
})

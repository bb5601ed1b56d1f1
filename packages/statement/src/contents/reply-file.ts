import { z } from 'zod'
import { thingId } from '../identifiers.ts'
import { questions } from '../vocabularies.ts'
import { place } from './place.ts'
import { vagueDate } from './vague-date.ts'

const text = z.string().min(1).max(500)
const long = z.string().min(1).max(20_000)

const finding = z
  .strictObject({
    fate: z.enum(['alive', 'alive-in-custody', 'released', 'transferred', 'dead', 'unknown']).exactOptional(),
    date: vagueDate.exactOptional(),
    place: place.exactOptional(),
    remains: z.enum(['returned', 'identified', 'recovered', 'burial-place-known', 'not-known']).exactOptional(),
    /** Burial places of the answerer that it has disclosed. */
    burialPlaces: z
      .array(z.strictObject({ site: thingId, registerNumber: text.exactOptional() }))
      .min(1)
      .max(50)
      .exactOptional(),
    documents: z.array(text).min(1).max(50).exactOptional(),
    text: long.exactOptional(),
  })
  .refine((found) => Object.keys(found).length > 0, 'must tell something')

/** What a reply tells, per question: the finding, the search that was made, or the ground for not answering now. */
export const replyFile = {
  mediaType: 'application/vnd.tidings.reply+json',
  schema: z
    .strictObject({
      answers: z
        .array(
          z.strictObject({
            question: z.enum(questions),
            finding: finding.exactOptional(),
            search: z
              .strictObject({
                sources: z.array(text).min(1).max(50).exactOptional(),
                period: vagueDate.exactOptional(),
                text: long.exactOptional(),
              })
              .refine((search) => Object.keys(search).length > 0, 'must describe the search')
              .exactOptional(),
            ground: z
              .enum([
                'held-by-third-authority',
                'classified',
                'detriment-to-person',
                'protection-of-source',
                'ongoing-investigation',
                'hazard',
                'legal-basis-disputed',
                'needs-more-time',
                'none',
              ])
              .exactOptional(),
            text: long.exactOptional(),
          }),
        )
        .min(1)
        .max(questions.length),
    })
    .meta({ id: 'replyFile', title: 'What a reply tells' }),
} as const

/** What a reply tells. */
export type ReplyFile = z.infer<typeof replyFile.schema>

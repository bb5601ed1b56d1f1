import { z } from 'zod'
import { requestFile } from '../contents/request-file.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { thingId } from '../identifiers.ts'
import { questions } from '../vocabularies.ts'

const matter = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('case'), case: thingId }),
    z.strictObject({ type: z.literal('burial-place'), site: thingId.exactOptional() }),
    z.strictObject({ type: z.literal('records') }),
    z.strictObject({ type: z.literal('group'), count: z.int().min(1).max(1_000_000) }),
  ])
  .meta({
    id: 'requestMatter',
    description: 'What a request asks about: one case, one burial place, one body of records, or a counted group',
  })

/**
 * `request.submit`: asks one addressee about one case, one burial place, one body of records, or a counted group of unnamed persons. Opens
 * `acknowledge`, and `reply` for each question. It carries its own copy of what it tells, never the register entry's commitment.
 */
export const requestSubmit = defineKind({
  kind: 'request.submit',
  stream: 'request',
  founds: true,
  body: z.strictObject({ matter, questions: setOf(z.enum(questions), questions.length) }),
  mechanism: 'one',
  to: 'one',
  re: 'none',
  content: { mediaTypes: [requestFile.mediaType], required: true },
})

import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { disclosureMake } from './disclosure-make.ts'
import { requestAssess } from './request-assess.ts'
import { requestClarify } from './request-clarify.ts'
import { requestReply } from './request-reply.ts'
import { requestSubmit } from './request-submit.ts'

const replacing = z
  .discriminatedUnion('kind', [
    z.strictObject({ stream: z.literal('request'), kind: z.literal('request.submit'), body: requestSubmit.body }),
    z.strictObject({ stream: z.literal('request'), kind: z.literal('request.clarify'), body: requestClarify.body }),
    z.strictObject({ stream: z.literal('request'), kind: z.literal('request.reply'), body: requestReply.body }),
    z.strictObject({ stream: z.literal('request'), kind: z.literal('request.assess'), body: requestAssess.body }),
    z.strictObject({ stream: z.literal('disclosure'), kind: z.literal('disclosure.make'), body: disclosureMake.body }),
  ])
  .meta({
    id: 'correction',
    description: 'The stream and kind of the corrected statement, and the body that replaces it',
  })

const contents = {
  'request.submit': requestSubmit.content,
  'request.clarify': requestClarify.content,
  'request.reply': requestReply.content,
  'request.assess': requestAssess.content,
  'disclosure.make': disclosureMake.content,
} as const
const mediaTypes = [...new Set(Object.values(contents).flatMap((content) => content?.mediaTypes ?? []))]

/**
 * `statement.correct`: its author replaces the whole of its latest statement of a kind, which `re` names, from this leaf on; no earlier verdict changes.
 * Of a request its content only. It brings the content that the kind may or must bring.
 */
export const statementCorrect = defineKind({
  kind: 'statement.correct',
  stream: 'any',
  founds: false,
  body: replacing,
  mechanism: 'one',
  to: 'none',
  re: 'one',
  content: { mediaTypes: mediaTypes as [string, ...string[]], required: false },
  rule: ({ body, content }) => {
    const allowed = contents[body.kind]
    const [brought] = content ?? []
    const mayStandAlone =
      allowed?.required !== true &&
      (body.kind !== 'request.reply' || body.body.answers.every(({ disposition }) => disposition === 'interim'))
    if (!brought)
      return mayStandAlone ? undefined : { field: '/content', rule: 'must stand beside a correction of this kind' }
    return allowed?.mediaTypes.some((mediaType) => mediaType === brought.mediaType)
      ? undefined
      : { field: '/content/0/mediaType', rule: 'must be of the corrected kind' }
  },
})

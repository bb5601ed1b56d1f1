import { z } from 'zod'
import { multilingualText } from '../multilingual-text.ts'

/** What a mechanism is called and covers, in the words that its participants accept. */
export const mechanismTerms = {
  mediaType: 'application/vnd.tidings.mechanism-terms+json',
  schema: z
    .strictObject({ title: multilingualText(200), scope: multilingualText(4000).exactOptional() })
    .meta({ id: 'mechanismTerms', title: 'What a mechanism is called and covers' }),
} as const

import { z } from 'zod'
import { multilingualText } from '../multilingual-text.ts'

/** A party's description of itself: names in its languages and how to reach it as an institution. No names of officers. */
export const partyDescription = {
  mediaType: 'application/vnd.tidings.party-description+json',
  schema: z
    .strictObject({
      name: multilingualText(200),
      about: multilingualText(2000).exactOptional(),
      website: z
        .url({ protocol: /^https$/, error: 'must be an https address' })
        .max(300)
        .exactOptional(),
    })
    .meta({ id: 'partyDescription', title: "A party's description of itself" }),
} as const

import { z } from 'zod'

/** A text beside a statement, such as what was insufficient in an answer. */
export const note = {
  mediaType: 'application/vnd.tidings.note+json',
  schema: z
    .strictObject({ text: z.string().min(1).max(20_000) })
    .meta({ id: 'note', title: 'A text beside a statement' }),
} as const

import { z } from 'zod'

/** Schema of one text in one or more languages, keyed by language tag (BCP 47). */
export function multilingualText(most: number) {
  return z
    .record(
      z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag (BCP 47)'),
      z.string().min(1).max(most),
    )
    .refine((texts) => Object.keys(texts).length >= 1, 'must hold a text in at least one language')
}

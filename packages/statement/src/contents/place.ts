import { z } from 'zod'

const text = z.string().min(1).max(500)

/** A place as it is known: each side's own names for it, and the text as recorded. */
export const place = z
  .strictObject({
    verbatim: text.exactOptional(),
    locality: text.exactOptional(),
    district: text.exactOptional(),
    region: text.exactOptional(),
    country: text.exactOptional(),
    latitude: z.number().min(-90).max(90).exactOptional(),
    longitude: z.number().min(-180).max(180).exactOptional(),
    uncertaintyInMeters: z.number().positive().max(1_000_000).exactOptional(),
  })
  .refine((p) => Object.keys(p).length > 0, 'must tell something')
  .refine((p) => (p.latitude === undefined) === (p.longitude === undefined), 'must hold both coordinates or neither')
  .meta({ id: 'place', description: 'A place as it is known' })

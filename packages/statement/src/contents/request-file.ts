import { z } from 'zod'
import { burialPlace } from './burial-place.ts'
import { lastContact, personFile } from './person-file.ts'

const long = z.string().min(1).max(20_000)

/** What a request tells its addressee: the asker's own copy of what is known, and the last contact on which it is grounded. */
export const requestFile = {
  mediaType: 'application/vnd.tidings.request+json',
  schema: z
    .strictObject({
      person: personFile.schema.exactOptional(),
      burialPlace: burialPlace.schema.exactOptional(),
      records: long.exactOptional(),
      group: long.exactOptional(),
      lastContact: lastContact.exactOptional(),
      note: long.exactOptional(),
    })
    .refine(
      (file) => file.person ?? file.burialPlace ?? file.records ?? file.group,
      'must tell of a person, a burial place, records or a group',
    )
    .meta({ id: 'requestFile', title: 'What a request tells its addressee' }),
} as const

/** What a request tells its addressee. */
export type RequestFile = z.infer<typeof requestFile.schema>

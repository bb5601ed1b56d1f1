import { z } from 'zod'
import { burialPlace } from '../contents/burial-place.ts'
import { personFile } from '../contents/person-file.ts'
import { defineKind, setOf } from '../define-kind.ts'
import { thingId } from '../identifiers.ts'

const matter = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('burial-place'), site: thingId }),
    z.strictObject({ type: z.literal('case'), case: thingId }),
  ])
  .meta({ id: 'disclosureMatter', description: 'What a disclosure tells of: one burial place or one person' })

/**
 * `disclosure.make`: information given without a request, on one burial place or one person. Opens `acknowledge` for each addressee. A burial
 * place exists only for those to whom it was transmitted. It carries its own copy, never the register entry's commitment.
 */
export const disclosureMake = defineKind({
  kind: 'disclosure.make',
  stream: 'disclosure',
  founds: true,
  body: z.strictObject({ matter, requests: setOf(thingId, 100).exactOptional() }),
  mechanism: 'one',
  to: 'some',
  re: 'none',
  content: { mediaTypes: [burialPlace.mediaType, personFile.mediaType], required: true },
})

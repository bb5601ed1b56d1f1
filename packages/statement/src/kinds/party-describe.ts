import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { partyDescription } from '../documents/party-description.ts'

/** `party.describe`: a party's own description of itself, a public document. The latest stands. Stated under a `sign` key. */
export const partyDescribe = defineKind({
  kind: 'party.describe',
  stream: 'party',
  founds: false,
  body: z.strictObject({}),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  document: { mediaType: partyDescription.mediaType, required: true },
})

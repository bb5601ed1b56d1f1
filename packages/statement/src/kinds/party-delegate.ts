import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { signatureKey } from '../keys.ts'
import { delegatedKeyRoles } from '../vocabularies.ts'

/**
 * `party.delegate`: an officer may act for the party under a key of their own: `draft` (held until released), `release` (speaks, and releases
 * drafts) or `read`. The label is a pseudonym, such as `officer-7`; names of officers stay at home.
 */
export const partyDelegate = defineKind({
  kind: 'party.delegate',
  stream: 'party',
  founds: false,
  body: z.strictObject({
    jwk: signatureKey,
    role: z.enum(delegatedKeyRoles),
    label: z
      .string()
      .regex(
        /^(officer|head|secretary|service)-[1-9][0-9]{0,3}$/,
        'must be officer, head, secretary or service with a number, such as officer-7',
      ),
  }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})

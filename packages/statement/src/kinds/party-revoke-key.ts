import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { keyId } from '../identifiers.ts'
import { revocationReasons } from '../vocabularies.ts'

/**
 * `party.revoke-key`: from its leaf on, whatever the key signs is void. What stood before stands. Stated under a `sign` key; a `recover` key
 * only by a `recover` key.
 */
export const partyRevokeKey = defineKind({
  kind: 'party.revoke-key',
  stream: 'party',
  founds: false,
  body: z.strictObject({ key: keyId, reason: z.enum(revocationReasons) }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})

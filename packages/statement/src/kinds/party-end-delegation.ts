import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { keyId } from '../identifiers.ts'

/** `party.end-delegation`: from its leaf on, the officer's key acts for the party no more. Stated under a `sign` key. */
export const partyEndDelegation = defineKind({
  kind: 'party.end-delegation',
  stream: 'party',
  founds: false,
  body: z.strictObject({ key: keyId }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})

import { z } from 'zod'
import { defineKind, setOf } from '../define-kind.ts'
import { keyId } from '../identifiers.ts'
import { isShown, ownKeys } from '../own-key.ts'

/**
 * `party.rotate-keys`: a party adds and ends keys of its own. Stated under a `sign` key for `sign` and `seal` keys; only a `recover` key
 * changes `recover` keys, and a new one must be the one that was committed to, with a new commitment in its place.
 */
export const partyRotateKeys = defineKind({
  kind: 'party.rotate-keys',
  stream: 'party',
  founds: false,
  body: z
    .strictObject({
      add: ownKeys.exactOptional(),
      end: setOf(keyId, 8).exactOptional(),
      nextRecover: keyId.exactOptional(),
    })
    .refine((body) => body.add || body.end, { path: ['add'], error: 'must add or end a key' })
    .refine((body) => Boolean(body.nextRecover) === Boolean(body.add?.some((key) => key.role === 'recover')), {
      path: ['nextRecover'],
      error: 'must stand beside a new recover key, and only there',
    })
    .refine((body) => !isShown(body.nextRecover ?? '', body.add ?? []), {
      path: ['nextRecover'],
      error: 'must be a key that is not shown yet',
    }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
})

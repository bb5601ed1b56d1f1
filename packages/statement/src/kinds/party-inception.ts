import { z } from 'zod'
import { defineKind } from '../define-kind.ts'
import { keyId } from '../identifiers.ts'
import { isShown, ownKeys } from '../own-key.ts'
import { partyIdOf } from '../party-id.ts'

/**
 * `party.inception`: a party begins. Its id is the hash of this body, so that nobody but the holder of these keys can have made it and nobody
 * has to admit it. Signed by one of its own `sign` keys; the first statement of its stream.
 */
export const partyInception = defineKind({
  kind: 'party.inception',
  stream: 'party',
  founds: true,
  body: z
    .strictObject({
      keys: ownKeys,
      /** Thumbprint of the next recovery key, which stays offline until it is needed. */
      nextRecover: keyId,
    })
    .refine((body) => body.keys.some((key) => key.role === 'sign'), { path: ['keys'], error: 'must hold a sign key' })
    .refine((body) => body.keys.some((key) => key.role === 'recover'), {
      path: ['keys'],
      error: 'must hold a recover key',
    })
    .refine((body) => !isShown(body.nextRecover, body.keys), {
      path: ['nextRecover'],
      error: 'must be a key that is not shown yet',
    }),
  mechanism: 'none',
  to: 'none',
  re: 'none',
  rule: ({ iss, about, body }) =>
    iss === about && iss === partyIdOf(body)
      ? undefined
      : { field: '/iss', rule: 'must be the hash of the body: a party certifies itself' },
})

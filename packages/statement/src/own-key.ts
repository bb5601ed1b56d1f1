import { z } from 'zod'
import { signatureKey, x25519Key } from './keys.ts'

/** Schema of one of a party's own keys with the one role it has: signing, sealing and recovering never share a key. */
export const ownKey = z
  .discriminatedUnion('role', [
    z.strictObject({ role: z.literal('sign'), jwk: signatureKey }),
    z.strictObject({ role: z.literal('recover'), jwk: signatureKey }),
    z.strictObject({ role: z.literal('seal'), jwk: x25519Key }),
  ])
  .meta({ id: 'ownKey', description: "One of a party's own keys, with its role" })

import { z } from 'zod'
import { signatureKey, thumbprint, x25519Key } from './keys.ts'

const ownKey = z
  .discriminatedUnion('role', [
    z.strictObject({ role: z.literal('sign'), jwk: signatureKey }),
    z.strictObject({ role: z.literal('recover'), jwk: signatureKey }),
    z.strictObject({ role: z.literal('seal'), jwk: x25519Key }),
  ])
  .meta({ id: 'ownKey', description: "One of a party's own keys, with its role" })

/** Schema of a party's own keys, each with the one role it has: signing, sealing and recovering never share a key. */
export const ownKeys = z
  .array(ownKey)
  .min(1)
  .max(8)
  .refine((keys) => new Set(keys.map(({ jwk }) => thumbprint(jwk))).size === keys.length, 'must not hold a key twice')

/** Whether a key that is committed to for later is among keys that are shown now: then it is no reserve. */
export function isShown(nextRecover: string, keys: z.infer<typeof ownKeys>): boolean {
  return keys.some(({ jwk }) => thumbprint(jwk) === nextRecover)
}

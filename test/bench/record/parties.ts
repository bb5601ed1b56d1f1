import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { PartyRole, PayloadOf, SignatureKey, Signer } from '@tidings/statement'
import { partyIdOf, thumbprint } from '@tidings/statement'

/** A party of a made record, with its private key: invented, it has nothing to hide. */
export interface MadeParty {
  readonly id: string
  readonly role: PartyRole
  readonly code: string
  readonly inception: PayloadOf<'party.inception'>['body']
  /** Private part of its `sign` key. */
  readonly privateKey: JsonWebKey
}

/** Makes a party with fresh Ed25519 keys. */
export function makeParty(role: PartyRole, code: string): MadeParty {
  const keys = Array.from({ length: 3 }, () => generateKeyPairSync('ed25519'))
  const [own, recover, next] = keys.map(({ publicKey }) => publicKeyOf(publicKey.export({ format: 'jwk' }))) as [
    SignatureKey,
    SignatureKey,
    SignatureKey,
  ]
  const inception = {
    keys: [
      { role: 'sign' as const, jwk: own },
      { role: 'recover' as const, jwk: recover },
    ],
    nextRecover: thumbprint(next),
  }
  const privateKey = keys[0]?.privateKey.export({ format: 'jwk' }) ?? {}
  return { id: partyIdOf(inception), role, code, inception, privateKey }
}

/** Signs as a party. Synchronous within: a worker that does nothing else gains nothing by waiting. */
export function signerOf({ privateKey }: MadeParty): Signer {
  const key = createPrivateKey({ key: privateKey, format: 'jwk' })
  return { key: publicKeyOf(privateKey), sign: async (bytes) => new Uint8Array(sign(null, bytes, key)) }
}

function publicKeyOf({ x = '' }: JsonWebKey): SignatureKey {
  return { kty: 'OKP', crv: 'Ed25519', x }
}

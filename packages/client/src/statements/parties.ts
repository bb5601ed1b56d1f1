import { type PayloadOf, type PublicKey, partyDescription, partyIdOf, type SignatureKey } from '@tidings/statement'
import type { z } from 'zod'
import { jsonDocument, type Unsigned } from './unsigned.ts'

/** A party begins with these keys. Its id is the hash of them. */
export function begin(keys: {
  readonly sign: readonly SignatureKey[]
  readonly recover: readonly SignatureKey[]
  readonly seal?: readonly Extract<PublicKey, { crv: 'X25519' }>[]
  /** Thumbprint of the recovery key that comes next and stays offline until then. */
  readonly nextRecover: string
}): Unsigned<'party.inception'> {
  const body = {
    keys: [
      ...keys.sign.map((jwk) => ({ role: 'sign' as const, jwk })),
      ...keys.recover.map((jwk) => ({ role: 'recover' as const, jwk })),
      ...(keys.seal ?? []).map((jwk) => ({ role: 'seal' as const, jwk })),
    ],
    nextRecover: keys.nextRecover,
  }
  return { kind: 'party.inception', about: partyIdOf(body), body }
}

/** A party adds and ends keys of its own. */
export function rotateKeys(
  party: string,
  change: PayloadOf<'party.rotate-keys'>['body'],
): Unsigned<'party.rotate-keys'> {
  return { kind: 'party.rotate-keys', about: party, body: change }
}

/** From its leaf on, whatever the key signs is void. */
export function revokeKey(
  party: string,
  key: string,
  reason: PayloadOf<'party.revoke-key'>['body']['reason'],
): Unsigned<'party.revoke-key'> {
  return { kind: 'party.revoke-key', about: party, body: { key, reason } }
}

/** An officer may act for the party under a key of their own. The label is a pseudonym, such as `officer-7`. */
export function delegate(party: string, officer: PayloadOf<'party.delegate'>['body']): Unsigned<'party.delegate'> {
  return { kind: 'party.delegate', about: party, body: officer }
}

/** From its leaf on, the officer's key acts for the party no more. */
export function endDelegation(party: string, key: string): Unsigned<'party.end-delegation'> {
  return { kind: 'party.end-delegation', about: party, body: { key } }
}

/** A party's own description of itself, public. */
export function describe(
  party: string,
  description: z.infer<typeof partyDescription.schema>,
): Unsigned<'party.describe'> {
  return {
    kind: 'party.describe',
    about: party,
    body: {},
    document: jsonDocument(partyDescription.mediaType, description),
  }
}

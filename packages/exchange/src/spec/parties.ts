import {
  type PayloadOf,
  type PublicKey,
  partyIdOf,
  type SignatureKey,
  sha256,
  thumbprint,
  toBase64url,
  utf8,
} from '@tidings/statement'

/** 32 bytes that stand for something invented: the fold does no cryptography, it only compares. */
export function invented(name: string): string {
  return toBase64url(sha256(utf8(name)))
}

// Generated histories ask for the same few a hundred thousand times.
const things = new Map<string, string>()
const keyIds = new Map<string, string>()
const partyIds = new Map<string, string>()

/** The id of an invented thing: a UUIDv7 that its name decides. */
export function thing(name: string): string {
  const known = things.get(name) ?? `0198c0de-0000-7000-8000-${sha256(utf8(name)).toHex().slice(0, 12)}`
  things.set(name, known)
  return known
}

/**
 * A key of a party in a spec, by its name: `sign`, `seal`, `recover`, the later `sign-2`, `recover-2`, or the label of an officer such as
 * `officer-1`. Names that begin with `seal` can only receive; those that end in `-hw` are P-256.
 */
function keyOf(party: string, name: string): PublicKey {
  if (name.startsWith('seal')) return { kty: 'OKP', crv: 'X25519', x: invented(`${party}/${name}/x`) }
  return signatureKeyOf(party, name)
}

/** A key of a party that can sign. */
export function signatureKeyOf(party: string, name: string): SignatureKey {
  const x = invented(`${party}/${name}/x`)
  if (name.endsWith('-hw')) return { kty: 'EC', crv: 'P-256', x, y: invented(`${party}/${name}/y`) }
  return { kty: 'OKP', crv: 'Ed25519', x }
}

/** An own key of a party with its role, which is how its name begins. */
export function ownKeyOf(party: string, name: string): PayloadOf<'party.inception'>['body']['keys'][number] {
  const key = keyOf(party, name)
  if (key.crv === 'X25519') return { role: 'seal', jwk: key }
  return { role: name.startsWith('recover') ? 'recover' : 'sign', jwk: key }
}

/** Names of the parties of a spec. */
export const allParties = 'ABCDEFGHIJKLMNOPQRSX'.split('')

/** Id of a key of a party in a spec. */
export function kidOf(party: string, name: string): string {
  const known = keyIds.get(`${party}/${name}`) ?? thumbprint(keyOf(party, name))
  keyIds.set(`${party}/${name}`, known)
  return known
}

/** What a party of a spec begins with: one key of each role, and the commitment to `recover-2`. */
export function inceptionOf(party: string): PayloadOf<'party.inception'>['body'] {
  return {
    keys: ['sign', 'seal', 'recover'].map((name) => ownKeyOf(party, name)),
    nextRecover: kidOf(party, 'recover-2'),
  }
}

/** Id of a party of a spec. */
export function partyOf(name: string): string {
  const known = partyIds.get(name) ?? partyIdOf(inceptionOf(name))
  partyIds.set(name, known)
  return known
}

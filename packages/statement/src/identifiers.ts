import { v7 } from 'uuid'
import { z } from 'zod'
import { sha256Base64url } from './hash.ts'

// 32 bytes are 43 characters; the last one carries two bits that must be zero, or there would be four spellings.
const bytes32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Schema of a SHA-256: 32 bytes in unpadded base64url. */
export const digest = z.string().regex(bytes32, 'must be 32 bytes in unpadded base64url')

/** Schema of the identity of a statement: the SHA-256 of its signing input. */
export const statementId = digest.meta({
  id: 'statementId',
  description: 'Identity of a statement: SHA-256 of its JWS signing input',
})

/** Schema of a party id: the hash of the body of its inception. */
export const partyId = digest.meta({
  id: 'partyId',
  description: 'Identity of a party: hash of the body of its inception',
})

/** Schema of a key id: the RFC 7638 thumbprint of the key. */
export const keyId = digest.meta({ id: 'keyId', description: 'Identity of a key: its RFC 7638 thumbprint' })

/** Schema of the id of a thing (case, list, burial place, request, disclosure, mechanism): a UUIDv7 made by whoever starts it. */
export const thingId = z
  .string()
  .regex(uuid7, 'must be a UUIDv7 in lower case')
  .meta({ id: 'thingId', description: 'Identity of a thing: a UUIDv7 (RFC 9562)' })

/** Schema of a calendar date, `YYYY-MM-DD`. */
export const calendarDate = z.iso.date('must be a date, YYYY-MM-DD')

/** Makes the id of a new thing. */
export function newThingId(): string {
  return v7()
}

/** Identity of a statement: SHA-256 of its JWS signing input (RFC 7515 section 5.1), so that a second signature is no second statement. */
export function identityOf(signingInput: Uint8Array | string): string {
  return sha256Base64url(signingInput)
}

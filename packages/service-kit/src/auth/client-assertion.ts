import { digest, keyId } from '@tidings/statement'
import { decodeJwt, decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { type FindKey, mayRead, type Reader } from './reader-keys.ts'
import { tokenInvalid, tooMany } from './refusals.ts'
import { seenOnce } from './seen-once.ts'

/** Checks client assertions (RFC 7523 section 3); returns who asks, under which key. */
export type CheckAssertion = (assertion: string) => Promise<Reader>

/** What a client assertion is checked against. */
export interface AssertionOptions {
  readonly audience: string
  readonly findKey: FindKey
  /** Time of day in milliseconds. */
  readonly now: () => number
}

const longest = 5 * 60
const tolerance = 30
const mostAssertions = 100_000

const claims = z.object({
  iss: digest,
  sub: digest,
  aud: z.string(),
  exp: z.number(),
  jti: z.string().min(8).max(128),
})

/** Makes a check of client assertions that takes each once. */
export function assertionChecker({ audience, findKey, now }: AssertionOptions): CheckAssertion {
  const seen = seenOnce({ window: (longest + 2 * tolerance) * 1000, most: mostAssertions, now })
  return async (assertion) => {
    const kid = kidOf(assertion)
    const { iss, sub, aud, exp, jti } = claimsOf(assertion)
    if (iss !== sub) throw tokenInvalid('In the client assertion, iss and sub must both be the party id.')
    if (aud !== audience) throw tokenInvalid(`The aud of the client assertion must be ${audience}, the log's origin.`)
    const key = findKey(sub, kid)
    if (!key || !mayRead(key)) {
      throw tokenInvalid(
        'The client assertion must be signed by a current key of the party: sign, release, draft or read.',
      )
    }
    await jwtVerify(assertion, await importJWK(key.jwk, key.jwk.crv === 'P-256' ? 'ES256' : 'Ed25519'), {
      algorithms: key.jwk.crv === 'P-256' ? ['ES256'] : ['Ed25519', 'EdDSA'],
      currentDate: new Date(now()),
      clockTolerance: tolerance,
    }).catch((cause: unknown) => {
      if (cause instanceof errors.JWTExpired) {
        throw tokenInvalid(
          `The client assertion has expired; the service's time is ${new Date(now()).toISOString()}.`,
          cause,
        )
      }
      if (cause instanceof errors.JOSEError) {
        throw tokenInvalid('The client assertion must be a JWT that the key named by its kid has signed.', cause)
      }
      throw cause
    })
    if (exp > now() / 1000 + longest + tolerance) {
      throw tokenInvalid("The client assertion must expire within five minutes of the service's time.")
    }
    switch (seen.use(`${sub} ${jti}`)) {
      case 'seen':
        throw tokenInvalid('The client assertion was used before: make a new one, with a new jti, for each token.')
      case 'full':
        throw tooMany(longest)
      case 'new':
        return { party: sub, kid }
    }
  }
}

const malformed =
  'The client assertion must be a JWT (RFC 7523) with kid, iss, sub, aud, exp and jti (8 to 128 characters).'

function claimsOf(assertion: string): z.infer<typeof claims> {
  let payload: JWTPayload
  try {
    payload = decodeJwt(assertion)
  } catch (cause) {
    throw tokenInvalid(malformed, cause)
  }
  const result = claims.safeParse(payload)
  if (!result.success) throw tokenInvalid(malformed)
  return result.data
}

function kidOf(assertion: string): string {
  try {
    return keyId.parse(decodeProtectedHeader(assertion).kid)
  } catch (cause) {
    throw tokenInvalid(malformed, cause)
  }
}

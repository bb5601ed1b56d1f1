import { digest, keyId } from '@tidings/statement'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Reader } from './reader-keys.ts'
import { tokenInvalid } from './refusals.ts'

/** Seconds for which an access token counts. */
export const tokenLifetime = 300

/** What access tokens are made and checked with. */
export interface AccessTokenOptions {
  /** The service's own Ed25519 key: desks that share it take each other's tokens. */
  readonly key: CryptoKeyPair
  /** The log's origin: issuer and audience of every token. */
  readonly audience: string
  /** Time of day in milliseconds. */
  readonly now: () => number
}

/** Makes and checks access tokens (JWT, RFC 9068), each bound to the key of a DPoP proof (RFC 9449 section 6.1). */
export interface AccessTokens {
  /** @param jkt thumbprint of the key that possesses the token */
  issue(reader: Reader, jkt: string): Promise<string>
  /** Who reads with a token that counts now, until when (milliseconds), and the key that it is bound to. */
  check(token: string): Promise<Reader & { readonly jkt: string; readonly until: number }>
}

const claims = z.object({ sub: digest, kid: keyId, cnf: z.object({ jkt: digest }), exp: z.int() })

/** Makes the key for access tokens. It may be made anew at each start: tokens count for five minutes. */
export async function newTokenKey(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
}

/** Makes and checks access tokens under the service's key. */
export function accessTokens({ key, audience, now }: AccessTokenOptions): AccessTokens {
  return {
    async issue({ party, kid }, jkt) {
      const issued = Math.floor(now() / 1000)
      return await new SignJWT({ client_id: party, kid, cnf: { jkt } })
        .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt' })
        .setIssuer(audience)
        .setAudience(audience)
        .setSubject(party)
        .setIssuedAt(issued)
        .setExpirationTime(issued + tokenLifetime)
        .setJti(crypto.randomUUID())
        .sign(key.privateKey)
    },
    async check(token) {
      const payload = await verified(token)
      const { sub, kid, cnf, exp } = claims.parse(payload)
      return { party: sub, kid, jkt: cnf.jkt, until: exp * 1000 }
    },
  }

  async function verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        typ: 'at+jwt',
        algorithms: ['Ed25519'],
        issuer: audience,
        audience,
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      })
      return payload
    } catch (cause) {
      if (cause instanceof errors.JWTExpired)
        throw tokenInvalid('The access token has expired: ask /v1/token again.', cause)
      if (cause instanceof errors.JOSEError) {
        throw tokenInvalid('The access token is not one of this service: ask /v1/token for one.', cause)
      }
      throw cause
    }
  }
}

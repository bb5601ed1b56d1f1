import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWK, jwtVerify } from 'jose'
import { z } from 'zod'
import { tokenInvalid, tooMany } from './refusals.ts'
import { type SeenOnce, seenOnce } from './seen-once.ts'
import { tokenHash } from './token-hash.ts'

/** What a proof must be for. */
export interface ProofClaim {
  readonly method: string
  /** Address of the request, without query and fragment. */
  readonly url: string
  /** The access token that it comes with. */
  readonly token?: string
}

/** Checks proofs of possession (RFC 9449 section 4.3); returns the thumbprint of the key that is possessed. */
export type CheckProof = (proof: string, claim: ProofClaim) => Promise<string>

const claims = z.object({
  jti: z.string().min(8).max(128),
  htm: z.string(),
  htu: z.url(),
  iat: z.int(),
  ath: z.string().exactOptional(),
})

/** A proof counts for a minute before and after its `iat`: clocks differ, and the reader's is not ours. */
const window = 60_000
/** About 2,000 requests each second; some 20 MiB. */
const mostProofs = 250_000

/** Makes a check of proofs that takes each proof once. */
export function proofChecker(now: () => number): CheckProof {
  const seen: SeenOnce = seenOnce({ window: 2 * window, most: mostProofs, now })
  return async (proof, claim) => {
    const { protectedHeader, payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['Ed25519', 'EdDSA', 'ES256'],
      currentDate: new Date(now()),
    }).catch((cause: unknown) => {
      if (cause instanceof errors.JOSEError) {
        throw tokenInvalid(
          'The DPoP header must hold a proof (RFC 9449): a JWT of typ dpop+jwt, signed with Ed25519 or ES256 by the key in its jwk.',
          cause,
        )
      }
      throw cause
    })
    const result = claims.safeParse(payload)
    if (!result.success) throw tokenInvalid('The DPoP proof must have jti (8 to 128 characters), htm, htu and iat.')
    const { jti, htm, htu, iat, ath } = result.data
    if (htm !== claim.method) throw tokenInvalid(`The htm of the DPoP proof must be ${claim.method}.`)
    if (withoutQuery(htu) !== withoutQuery(claim.url)) {
      throw tokenInvalid(`The htu of the DPoP proof must be the address of the request, ${claim.url}.`)
    }
    if (Math.abs(iat * 1000 - now()) > window) {
      throw tokenInvalid(
        `The iat of the DPoP proof must be within a minute of the service's time, ${new Date(now()).toISOString()}: set the clock.`,
      )
    }
    if (claim.token !== undefined && ath !== tokenHash(claim.token)) {
      throw tokenInvalid('The ath of the DPoP proof must be the SHA-256 of the access token.')
    }
    const key = await calculateJwkThumbprint(protectedHeader.jwk as JWK)
    // Asked last: only a proof that counts is worth remembering.
    switch (seen.use(`${key} ${jti}`)) {
      case 'seen':
        throw tokenInvalid('The DPoP proof was used before: make a new one for each request.')
      case 'full':
        throw tooMany(window / 1000)
      case 'new':
        return key
    }
  }
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address)
  return origin + pathname
}

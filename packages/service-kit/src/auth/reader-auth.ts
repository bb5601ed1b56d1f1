import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../problem-error.ts'
import { accessTokens, tokenLifetime } from './access-token.ts'
import { assertionChecker } from './client-assertion.ts'
import { proofChecker } from './dpop-proof.ts'
import { type AuthenticatedReader, type FindKey, mayRead, type Reader } from './reader-keys.ts'
import { tokenInvalid } from './refusals.ts'

/** What reading is authenticated with. */
export interface ReaderAuthOptions {
  /** The service's own Ed25519 key for access tokens: see `newTokenKey`. */
  readonly tokenKey: CryptoKeyPair
  /** Audience of client assertions, issuer and audience of tokens: the log's origin, which does not depend on host or port. */
  readonly audience: string
  readonly findKey: FindKey
  /** The address under which readers reach the service, when a proxy stands before it; what the request says of itself unless told. */
  readonly publicUrl?: string
  /** Time of day in milliseconds; the machine's unless told. */
  readonly now?: () => number
}

/** The answer to a request for a token (RFC 6749 section 5.1, RFC 9449 section 5). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'DPoP'
  /** Seconds. */
  readonly expires_in: number
}

/**
 * Authenticates readers: `private_key_jwt` (RFC 7523) under a party's statement keys for a five-minute access token, bound by DPoP (RFC 9449) to
 * a key that the reader alone holds.
 */
export interface ReaderAuth {
  /**
   * Gives a token for a client assertion.
   *
   * @throws {ProblemError} `token-invalid`, `busy`
   */
  issue(assertion: string, request: FastifyRequest): Promise<TokenAnswer>
  /**
   * Who reads.
   *
   * @throws {ProblemError} `token-missing`, `token-invalid`, `busy`
   */
  authenticate(request: FastifyRequest): Promise<AuthenticatedReader>
  /** Whether the key under which somebody reads still counts: asked again by what is held open. */
  counts(reader: Reader): boolean
}

/** Makes the authentication of readers. */
export function readerAuth(options: ReaderAuthOptions): ReaderAuth {
  const { tokenKey, audience, findKey, now = Date.now } = options
  const tokens = accessTokens({ key: tokenKey, audience, now })
  const checkAssertion = assertionChecker({ audience, findKey, now })
  const checkProof = proofChecker(now)

  function addressOf(request: FastifyRequest): string {
    const base = options.publicUrl?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`
    const address = base + request.url.replace(/[?#].*$/, '')
    if (URL.canParse(address)) return address
    throw new ProblemError('parameters', {
      field: 'headers/host',
      rule: 'must name a host',
      detail: 'The Host header does not name a host.',
    })
  }

  function proofOf(request: FastifyRequest): string {
    const { dpop } = request.headers
    if (typeof dpop === 'string') return dpop
    throw tokenInvalid('Send one DPoP header with a proof of the key (RFC 9449).')
  }

  function counts({ party, kid }: Reader): boolean {
    const current = findKey(party, kid)
    return current !== undefined && mayRead(current)
  }

  return {
    counts,

    async issue(assertion, request) {
      const { method } = request
      const proof = proofOf(request)
      // The assertion first: whoever holds no key of a party must not be able to fill the memory of proofs.
      const reader = await checkAssertion(assertion)
      const jkt = await checkProof(proof, { method, url: addressOf(request) })
      return { access_token: await tokens.issue(reader, jkt), token_type: 'DPoP', expires_in: tokenLifetime }
    },

    async authenticate(request) {
      const [, scheme, token] = /^(\S+) +(\S+)$/.exec(request.headers.authorization ?? '') ?? []
      if (token === undefined || scheme?.toLowerCase() !== 'dpop') {
        throw new ProblemError('token-missing', {
          detail:
            'Ask POST /v1/token for an access token, then send it as "Authorization: DPoP <token>" with a DPoP proof; docs/api.md shows how.',
        })
      }
      const { jkt, ...reader } = await tokens.check(token)
      const { method } = request
      const key = await checkProof(proofOf(request), { method, url: addressOf(request), token })
      if (key !== jkt) throw tokenInvalid('The DPoP proof must be of the key to which the access token is bound.')
      if (!counts(reader)) {
        throw tokenInvalid(
          'The key that asked for this token counts no more: ask /v1/token again under another key of the party.',
        )
      }
      await request.allowance.reading(reader.kid)
      return reader
    },
  }
}

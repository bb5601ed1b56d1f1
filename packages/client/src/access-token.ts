import { algorithmOf, type Signer, sha256, thumbprint, toBase64url, utf8 } from '@tidings/statement'
import { exportJWK, SignJWT } from 'jose'
import { z } from 'zod'
import { ClientError, ServiceError } from './errors.ts'
import { type Fetch, type Patience, send, sleepFor } from './send.ts'

/** Access tokens of one party. */
export interface AccessTokens {
  /** Headers that let one request read. */
  authorize(method: string, url: string): Promise<Record<string, string>>
  /** Gives up the token that is held: the service takes it no more. */
  forget(): void
}

/** Who asks for tokens, and where. */
export interface TokenOptions {
  /** Address of the service, without a slash at its end. */
  readonly url: string
  /** The log's origin: who the assertion is for, whatever address the service is reached at. */
  readonly audience: string
  readonly party: string
  readonly signer: Signer
  readonly fetch: Fetch
  readonly patience: Patience
  /** Time of day in milliseconds; the machine's unless told. */
  readonly now?: () => number
}

const answer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^dpop$/i),
  expires_in: z.number().positive(),
})

// A token is renewed while it is still good for a slow request.
const renewBefore = 30_000
const momentMs = 300

/**
 * Authorises reading: an access token by `private_key_jwt` (RFC 7523), bound by DPoP (RFC 9449) to a key that is made here and never leaves; the token is
 * kept until shortly before it expires, each request carries a proof of its own.
 */
export function accessTokens(options: TokenOptions): AccessTokens {
  const now = options.now ?? Date.now
  const key = dpopKey()
  let current: Promise<{ readonly token: string; readonly until: number }> | undefined

  async function proof(method: string, url: string, token?: string): Promise<string> {
    const { privateKey, jwk } = await key
    return await new SignJWT({
      jti: crypto.randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*$/, ''),
      ...(token !== undefined && { ath: toBase64url(sha256(utf8(token))) }),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'Ed25519', jwk })
      .setIssuedAt(Math.floor(now() / 1000))
      .sign(privateKey)
  }

  async function fetchToken() {
    const url = `${options.url}/v1/token`
    const asked = now()
    const response = await send(
      options.fetch,
      {
        method: 'POST',
        url,
        headers: async () => ({
          'content-type': 'application/x-www-form-urlencoded',
          dpop: await proof('POST', url),
        }),
        body: async () =>
          new URLSearchParams({
            grant_type: 'client_credentials',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: await assertion(options, now()),
          }).toString(),
      },
      options.patience,
    )
    const result = answer.safeParse(await response.json().catch(() => undefined))
    if (!result.success) {
      throw new ClientError(
        'client/no-token',
        `${options.url} did not answer with an access token: is this a Tidings service?`,
      )
    }
    const lifetime = result.data.expires_in * 1000
    return { token: result.data.access_token, until: asked + Math.max(lifetime - renewBefore, lifetime / 2) }
  }

  /** A party, or a key, that was recorded a moment ago may be ahead of what the service reads from: once more. */
  async function fetchPatiently() {
    return await fetchToken().catch(async (error: unknown) => {
      if (!(error instanceof ServiceError) || error.problemName !== 'token-invalid') throw error
      await (options.patience.sleep ?? sleepFor)(momentMs, options.patience.signal)
      return await fetchToken()
    })
  }

  /** One token for all requests at once. */
  async function token(): Promise<string> {
    for (;;) {
      current ??= fetchPatiently()
      const asked = current
      const forget = () => {
        if (current === asked) current = undefined
      }
      const held = await asked.catch((error: unknown) => {
        forget()
        throw error
      })
      if (held.until > now()) return held.token
      forget()
    }
  }

  return {
    async authorize(method, url) {
      const held = await token()
      return { authorization: `DPoP ${held}`, dpop: await proof(method, url, held) }
    },
    forget() {
      current = undefined
    },
  }
}

async function dpopKey() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  return { privateKey, jwk: await exportJWK(publicKey) }
}

/** A client assertion (RFC 7523 section 3), signed by whatever signs statements: the key may be in hardware. */
async function assertion({ party, signer, audience }: TokenOptions, now: number): Promise<string> {
  const iat = Math.floor(now / 1000)
  const header = { alg: algorithmOf(signer.key), kid: thumbprint(signer.key), typ: 'JWT' }
  const claims = { iss: party, sub: party, aud: audience, iat, exp: iat + 60, jti: crypto.randomUUID() }
  const input = `${toBase64url(utf8(JSON.stringify(header)))}.${toBase64url(utf8(JSON.stringify(claims)))}`
  return `${input}.${toBase64url(await signer.sign(utf8(input)))}`
}

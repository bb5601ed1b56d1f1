import { type KeyRole, type SignatureKey, sha256, thumbprint, toBase64url, utf8 } from '@tidings/statement'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../create-logger.ts'
import { createServer } from '../create-server.ts'
import type { Server } from '../server.ts'
import { type CurrentKey, newTokenKey, readerAuth, tokenRoute } from './index.ts'

const audience = 'log.example/tidings'
const party = toBase64url(sha256(utf8('a party')))
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

interface Key {
  readonly pair: CryptoKeyPair
  readonly jwk: SignatureKey
  readonly kid: string
  readonly alg: 'Ed25519' | 'ES256'
}

async function newKey(alg: Key['alg'] = 'Ed25519'): Promise<Key> {
  const algorithm = alg === 'Ed25519' ? 'Ed25519' : { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const { kty, crv, x, y } = await exportJWK(pair.publicKey)
  const jwk = { kty, crv, x, ...(y !== undefined && { y }) } as SignatureKey
  return { pair, jwk, kid: thumbprint(jwk), alg }
}

let time: number
let server: Server
let own: Key
let dpop: Key
let known: Map<string, CurrentKey>

async function start(publicUrl?: string): Promise<Server> {
  const started = await createServer({ logger: createLogger('silent'), title: 't', version: '0' })
  const auth = readerAuth({
    tokenKey: await newTokenKey(),
    audience,
    findKey: (id, kid) => (id === party ? known.get(kid) : undefined),
    now: () => time,
    ...(publicUrl !== undefined && { publicUrl }),
  })
  await tokenRoute(started, auth)
  started.get('/v1/me', async (request) => await auth.authenticate(request))
  return started
}

beforeEach(async () => {
  time = Date.parse('2031-05-06T07:08:09Z')
  ;[own, dpop] = await Promise.all([newKey(), newKey()])
  known = new Map([[own.kid, { jwk: own.jwk, role: 'sign' }]])
  server = await start()
})

async function sign(key: Key, header: object, claims: JWTPayload): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: key.alg, ...header }).sign(key.pair.privateKey)
}

async function assertion(changed: JWTPayload = {}, key = own, header: object = {}): Promise<string> {
  const iat = time / 1000
  const claims = { iss: party, sub: party, aud: audience, iat, exp: iat + 60, jti: crypto.randomUUID(), ...changed }
  return await sign(key, { kid: key.kid, ...header }, claims)
}

async function proof(method: string, url: string, changed: JWTPayload = {}, key = dpop, header: object = {}) {
  const claims = { jti: crypto.randomUUID(), htm: method, htu: url, iat: time / 1000, ...changed }
  return await sign(key, { typ: 'dpop+jwt', jwk: key.jwk, ...header }, claims)
}

const tokenUrl = 'http://localhost/v1/token'
const meUrl = 'http://localhost/v1/me'
const ath = (token: string) => toBase64url(sha256(utf8(token)))

async function askToken(given: { assertion?: string; proof?: string; form?: Record<string, string> } = {}) {
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: given.assertion ?? (await assertion()),
    ...given.form,
  }
  return await server.inject({
    method: 'POST',
    url: '/v1/token',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      dpop: given.proof ?? (await proof('POST', tokenUrl)),
    },
    payload: new URLSearchParams(form).toString(),
  })
}

async function newToken(): Promise<string> {
  const response = await askToken()
  expect(response.statusCode, response.body).toBe(200)
  return response.json().access_token
}

async function me(token: string, dpopProof?: string) {
  const headers = {
    authorization: `DPoP ${token}`,
    dpop: dpopProof ?? (await proof('GET', meUrl, { ath: ath(token) })),
  }
  return await server.inject({ method: 'GET', url: '/v1/me', headers })
}

function expectRefused(response: Awaited<ReturnType<typeof me>>, problem: string, detail: RegExp) {
  expect(response.json()).toMatchObject({ type: `urn:tidings:problem:${problem}` })
  expect(response.json().detail).toMatch(detail)
}

describe('a reader', () => {
  it.each(['Ed25519', 'ES256'] as const)('gets a token under a current %s key and reads with it', async (alg) => {
    own = await newKey(alg)
    known.set(own.kid, { jwk: own.jwk, role: 'read' })
    const response = await askToken()
    expect(response.json()).toMatchObject({ token_type: 'DPoP', expires_in: 300 })
    expect(response.headers['cache-control']).toBe('no-store')
    const read = await me(response.json().access_token)
    expect(read.json()).toEqual({ party, kid: own.kid, until: Math.floor(time / 1000 + 300) * 1000 })
  })

  it('reads as often as it likes with one token, with a proof for each request', async () => {
    const token = await newToken()
    for (let i = 0; i < 3; i++) expect((await me(token)).statusCode).toBe(200)
  })

  it('names the address under which it reaches the service: a query is no part of it', async () => {
    server = await start('https://desk.example/tidings/')
    const token = (await askToken({ proof: await proof('POST', 'https://desk.example/tidings/v1/token') })).json()
      .access_token
    const good = await proof('GET', 'https://desk.example/tidings/v1/me', { ath: ath(token) })
    const headers = { authorization: `DPoP ${token}`, dpop: good }
    expect((await server.inject({ method: 'GET', url: '/v1/me?after=3', headers })).statusCode).toBe(200)
    expectRefused(await me(token), 'token-invalid', /htu/)
  })

  it.each([
    ['sign', true],
    ['release', true],
    ['draft', true],
    ['read', true],
    ['recover', false],
  ] as const satisfies [KeyRole, boolean][])('under a %s key may read: %s', async (role, may) => {
    known.set(own.kid, { jwk: own.jwk, role })
    expect((await askToken()).statusCode).toBe(may ? 200 : 401)
  })
})

describe('a token', () => {
  it('is asked for where it is missing', async () => {
    const response = await server.inject({ method: 'GET', url: '/v1/me' })
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toMatch(/^DPoP/)
    expectRefused(response, 'token-missing', /\/v1\/token/)
  })

  it('is not taken as a bearer token', async () => {
    const headers = { authorization: `Bearer ${await newToken()}` }
    expectRefused(await server.inject({ method: 'GET', url: '/v1/me', headers }), 'token-missing', /DPoP/)
  })

  it('ends after five minutes', async () => {
    const token = await newToken()
    time += 299_000
    expect((await me(token)).statusCode).toBe(200)
    time += 1_000
    expectRefused(await me(token), 'token-invalid', /expired/)
  })

  it('ends at once with the key that asked for it', async () => {
    const token = await newToken()
    known.delete(own.kid)
    expectRefused(await me(token), 'token-invalid', /counts no more/)
  })

  it('is of no use to whoever does not hold the key that it is bound to', async () => {
    const token = await newToken()
    const thief = await newKey()
    expectRefused(await me(token, await proof('GET', meUrl, { ath: ath(token) }, thief)), 'token-invalid', /bound/)
  })

  it('is taken from this service alone', async () => {
    const token = await newToken()
    server = await start()
    expectRefused(await me(token), 'token-invalid', /not one of this service/)
  })

  it('is not what was signed for another purpose', async () => {
    expectRefused(await me(await assertion()), 'token-invalid', /not one of this service/)
  })
})

describe('a client assertion is refused', () => {
  const refused = async (given: string, detail: RegExp) =>
    expectRefused(await askToken({ assertion: given }), 'token-invalid', detail)

  it('when it is used again', async () => {
    const once = await assertion()
    expect((await askToken({ assertion: once })).statusCode).toBe(200)
    await refused(once, /used before/)
    time += 50_000
    await refused(once, /used before/)
  })

  it('for another audience, and says which it must be', async () => {
    await refused(await assertion({ aud: 'https://desk.example/v1/token' }), /aud .* log\.example\/tidings/)
  })

  it('from a party that is not here, or under a key that is not its own', async () => {
    const other = toBase64url(sha256(utf8('another party')))
    await refused(await assertion({ iss: other, sub: other }), /current key/)
    await refused(await assertion({}, await newKey()), /current key/)
  })

  it('when it speaks for another', async () => {
    await refused(await assertion({ iss: toBase64url(sha256(utf8('another party'))) }), /both be the party id/)
  })

  it('when another key has signed than its kid names', async () => {
    await refused(await assertion({}, await newKey(), { kid: own.kid }), /has signed/)
  })

  it('when it has expired, or lives longer than five minutes', async () => {
    await refused(await assertion({ exp: time / 1000 - 31 }), /expired/)
    await refused(await assertion({ exp: time / 1000 + 331 }), /five minutes/)
  })

  it.each([{ jti: undefined }, { exp: undefined }, { sub: undefined }])('without %o', async (claims) => {
    await refused(await assertion(claims as unknown as JWTPayload), /must be a JWT/)
  })

  it('when it is no JWT at all', async () => {
    await refused('not-a-jwt', /must be a JWT/)
  })
})

describe('a proof is refused', () => {
  const refused = async (method: string, url: string, changed: JWTPayload, detail: RegExp, header: object = {}) => {
    const token = await newToken()
    const given = await proof(method, url, { ath: ath(token), ...changed }, dpop, header)
    expectRefused(await me(token, given), 'token-invalid', detail)
  }

  it('when it is used again', async () => {
    const token = await newToken()
    const once = await proof('GET', meUrl, { ath: ath(token) })
    expect((await me(token, once)).statusCode).toBe(200)
    time += 59_000
    expectRefused(await me(token, once), 'token-invalid', /used before/)
  })

  it('for another method, another address or another token', async () => {
    await refused('POST', meUrl, {}, /htm/)
    await refused('GET', tokenUrl, {}, /htu/)
    await refused('GET', meUrl, { ath: ath('another') }, /ath/)
    await refused('GET', meUrl, { ath: undefined as unknown as string }, /ath/)
  })

  it('more than a minute from the time of the service, and says what time it is here', async () => {
    await refused('GET', meUrl, { iat: time / 1000 - 61 }, /2031-05-06T07:08:09/)
    await refused('GET', meUrl, { iat: time / 1000 + 61 }, /within a minute/)
  })

  it('of another type', async () => {
    await refused('GET', meUrl, {}, /dpop\+jwt/, { typ: 'JWT' })
  })

  it('when it shows a private key', async () => {
    const shown = await exportJWK(dpop.pair.privateKey)
    await refused('GET', meUrl, {}, /dpop\+jwt/, { jwk: shown })
  })

  it('when it is missing', async () => {
    const headers = { authorization: `DPoP ${await newToken()}` }
    expectRefused(await server.inject({ method: 'GET', url: '/v1/me', headers }), 'token-invalid', /DPoP header/)
  })
})

describe('POST /v1/token takes', () => {
  it('one form with the parameters of RFC 6749 and RFC 7523', async () => {
    expect((await askToken({ form: { grant_type: 'password' } })).statusCode).toBe(400)
    const twice = await server.inject({
      method: 'POST',
      url: '/v1/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'grant_type=client_credentials&grant_type=client_credentials',
    })
    expectRefused(twice, 'parameters', /once/)
    const long = await askToken({ form: { client_assertion: 'x'.repeat(17_000) } })
    expect(long.json()).toMatchObject({ status: 413, field: 'body', rule: 'must have at most 16384 bytes' })
    const json = await server.inject({
      method: 'POST',
      url: '/v1/token',
      payload: { grant_type: 'client_credentials' },
    })
    expectRefused(json, 'media-type', /x-www-form-urlencoded/)
  })
})

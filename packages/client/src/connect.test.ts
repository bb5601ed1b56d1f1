import { isOfKind, partyIdOf, readStatement, sha256, thumbprint, toBase64url, utf8 } from '@tidings/statement'
import {
  formatTlogProof,
  formatVkey,
  importSigner,
  merkleRoot,
  parseTlogProof,
  signCheckpoint,
} from '@tidings/transparency'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, type ConnectOptions, connect, discoverVkey } from './connect.ts'
import { ClientError, ServiceError, SplitViewError } from './errors.ts'
import { type FakeService, newSigner, refusal, startFakeService } from './service.fixture.ts'
import * as parties from './statements/parties.ts'
import * as register from './statements/register.ts'

const party = toBase64url(sha256(utf8('a party')))
let service: FakeService
let connection: Connection

beforeEach(async () => {
  service = await startFakeService()
  connection = await open()
})
afterEach(async () => {
  await connection[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

async function open(options: Partial<ConnectOptions> = {}): Promise<Connection> {
  const { url, vkey, log, fetch } = service
  return await connect({ url, vkey, log, fetch, party, signer: await newSigner(), patienceMs: 5_000, ...options })
}

const aCase = () => register.describeCase({ names: [{ full: 'Person 1' }] })

async function refusedWith(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => {
      throw new Error('was not refused')
    },
    (error: unknown) => error,
  )
}

describe('a statement', () => {
  it('is signed by the party, names the checkpoint last verified, and carries the openings of its contents', async () => {
    const first = await connection.state(aCase())
    const prepared = await connection.prepare(aCase())
    const { payload } = prepared.statement
    expect(payload).toMatchObject({ v: 1, kind: 'case.describe', iss: party })
    expect(payload.seen).toMatchObject({ origin: 'tidings.example/fake', size: first.leaf + 1 })
    expect(payload.seen.root).toBe(toBase64url(await service.log.rootAt(1)))
    expect(payload.iat).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(prepared.contents).toHaveLength(1)
    expect(payload.content?.[0]?.subject).toBe(payload.about)
  })

  it('has a fresh salt each time, so that two of the same content do not show it', async () => {
    const [a, b] = [await connection.prepare(aCase()), await connection.prepare(aCase())]
    expect(a.statement.payload.content?.[0]?.commitment).not.toBe(b.statement.payload.content?.[0]?.commitment)
  })

  it('that does not fit its kind is not signed', async () => {
    const error = await refusedWith(connection.prepare(register.describeCase({ names: [] })))
    expect(error).toMatchObject({ name: 'StatementError' })
  })

  it('that begins a party makes its id', async () => {
    const [sign, recover, next] = [await newSigner(), await newSigner(), await newSigner()]
    const unsigned = parties.begin({ sign: [sign.key], recover: [recover.key], nextRecover: thumbprint(next.key) })
    expect(unsigned.about).toBe(partyIdOf(unsigned.body))
    await using own = await open({ party: unsigned.about, signer: sign })
    const receipt = await own.state(unsigned)
    expect(isOfKind(readStatement(receipt.statement), 'party.inception')).toBe(true)
  })

  it('is sent again, the same, while the service is busy or out of reach, and recorded once', async () => {
    let attempts = 0
    service.answer = (_, url) => {
      if (!url.endsWith('/v1/statements')) return undefined
      attempts++
      if (attempts === 1) throw new TypeError('connection reset')
      return attempts === 2 ? refusal('busy', { 'retry-after': '0' }) : undefined
    }
    const receipt = await connection.state(aCase())
    expect(receipt.leaf).toBe(0)
    expect(attempts).toBe(3)
    expect(new Set(service.arrived.map(({ statement }) => statement)).size).toBe(1)
  })

  it('and a reading tell why they are sent again, and when', async () => {
    const told: string[] = []
    await using own = await open({
      onWait: ({ because, seconds }) => told.push(`${because.message} ${Math.floor(seconds)}`),
    })
    const first = new Set<string>()
    service.answer = (_, url) => {
      if (first.has(url)) return undefined
      first.add(url)
      return url.endsWith('/v1/statements') || url.endsWith(`/v1/parties/${party}`)
        ? refusal('too-many-requests', { 'retry-after': '1' })
        : undefined
    }
    await own.state(aCase())
    expect(told).toEqual([expect.stringMatching(/ 1$/)])
    await refusedWith(own.read.party(party))
    expect(told).toHaveLength(2)
  })

  it('that is refused is not sent again, and the problem says why', async () => {
    service.answer = () => refusal('already-answered')
    const error = await refusedWith(connection.state(aCase()))
    expect(error).toBeInstanceOf(ServiceError)
    expect(error).toMatchObject({ problemName: 'already-answered', problem: { status: 409 } })
    expect(service.arrived).toHaveLength(1)
  })
})

describe('a receipt is refused', () => {
  it('for another statement', async () => {
    const other = await connection.state(aCase())
    service.change = () => other
    expect(await refusedWith(connection.state(aCase()))).toMatchObject({ code: 'client/receipt-invalid' })
  })

  it('when its proof leads elsewhere', async () => {
    await connection.state(aCase())
    service.change = (receipt) => {
      const proof = parseTlogProof(receipt.proof)
      return { ...receipt, proof: formatTlogProof({ ...proof, hashes: proof.hashes.map((hash) => sha256(hash)) }) }
    }
    expect(await refusedWith(connection.state(aCase()))).toMatchObject({ code: 'client/receipt-invalid' })
  })

  it('when another key has signed its checkpoint', async () => {
    await using other = await startFakeService()
    const error = await refusedWith(
      (async () => {
        await using wrong = await open({ fetch: other.fetch })
        await wrong.state(aCase())
      })(),
    )
    expect(error).toMatchObject({ code: 'client/receipt-invalid' })
  })
})

describe('the log', () => {
  /** A connection that reads the log by its own fetch, as `/checkpoint` answers in turn. */
  async function reading(options: Partial<ConnectOptions>, ...answers: (Response | Error)[]) {
    const { url, vkey } = service
    const { text } = await service.log.latest()
    const fetch = async (asked: string) => {
      const answer = asked.endsWith('/checkpoint') ? (answers.shift() ?? new Response(text)) : refusal('not-found')
      if (answer instanceof Error) throw answer
      return answer
    }
    return await connect({ url, vkey, fetch, party, signer: await newSigner(), ...options })
  }

  it('is waited for while the service is busy, and it is said why', async () => {
    const told: number[] = []
    const slow = refusal('too-many-requests', { 'retry-after': '1' })
    await using own = await reading({ onWait: ({ seconds }) => told.push(Math.floor(seconds)) }, slow)
    expect(own.log.checkpoint.size).toBe(0)
    expect(told).toEqual([1])
  })

  it('is given up with what the service said last', async () => {
    const slow = refusal('too-many-requests', { 'retry-after': '9' })
    expect(await refusedWith(reading({ patienceMs: 1000 }, slow))).toMatchObject({ problemName: 'too-many-requests' })
  })

  it('is not waited for where nobody answers: the address may be wrong', async () => {
    const told: unknown[] = []
    const error = await refusedWith(reading({ onWait: (wait) => told.push(wait) }, new TypeError('refused')))
    expect(error).toMatchObject({ code: 'client/unreachable' })
    expect(told).toEqual([])
  })

  it('is followed from where an earlier run has left it', async () => {
    let seen = ''
    await using first = await open({ onCheckpoint: ({ text }) => (seen = text) })
    await first.state(aCase())
    await first.state(aCase())
    await using second = await open({ lastSeen: seen })
    expect(second.log.checkpoint.size).toBe(2)
  })

  it('that does not continue what was seen is a split view, and both checkpoints are the evidence', async () => {
    const { text, signed } = await forkedCheckpoint()
    await connection.state(aCase())
    const error = await refusedWith(open({ log: signed.log, vkey: signed.vkey, lastSeen: text }))
    expect(error).toBeInstanceOf(SplitViewError)
    expect((error as SplitViewError).evidence).toEqual([text, signed.latest])
  })

  it('that shows less than it has signed before is a split view as well', async () => {
    const { longer, signed } = await forkedCheckpoint()
    expect(await refusedWith(open({ log: signed.log, vkey: signed.vkey, lastSeen: longer }))).toMatchObject({
      code: 'client/split-view',
    })
  })

  it('of another key is not believed', async () => {
    await using other = await startFakeService()
    const kept = (await other.log.latest()).text
    expect(await refusedWith(open({ lastSeen: kept }))).toMatchObject({ code: 'client/other-log' })
  })

  /** A log of one leaf, with checkpoints of another tree that its key has signed too. */
  async function forkedCheckpoint() {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const signer = await importSigner(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
    const origin = 'tidings.example/forked'
    const sign = async (...entries: string[]) =>
      await signCheckpoint({ origin, size: entries.length, root: merkleRoot(entries.map(utf8)) }, 1_900_000_000, signer)
    const [one, other, longer] = [await sign('one'), await sign('other'), await sign('one', 'two')]
    const vkey = formatVkey(origin, signer.publicKey)
    const log = { ...service.log, origin, vkey, latest: async () => one, consistencyProof: async () => [] }
    return { text: other.text, longer: longer.text, signed: { log, vkey, latest: one.text } }
  }
})

describe('reading', () => {
  const empty = { items: [], asOf: 0 }

  it('asks for one token, bound to a key of its own, for all requests, and proves possession for each anew', async () => {
    const seen: { url: string; headers: Headers; body: string }[] = []
    service.answer = (_, url, init) => {
      seen.push({ url, headers: new Headers(init.headers), body: String(init.body ?? '') })
      return url.includes('/v1/cases') ? Response.json(empty) : undefined
    }
    const all = (items: AsyncIterable<unknown>) => Array.fromAsync(items)
    await Promise.all([all(connection.read.cases()), all(connection.read.cases())])
    const tokens = seen.filter(({ url }) => url.endsWith('/v1/token'))
    const reads = seen.filter(({ url }) => url.includes('/v1/cases'))
    expect([tokens.length, reads.length]).toEqual([1, 2])
    const assertion = new URLSearchParams(tokens[0]?.body).get('client_assertion') ?? ''
    expect(decodeJwt(assertion)).toMatchObject({ iss: party, sub: party, aud: 'tidings.example/fake' })
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'Ed25519', kid: thumbprint(connection.signer.key) })
    const proofs = reads.map(({ headers }) => headers.get('dpop') ?? '')
    expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(2)
    expect(decodeJwt(proofs[0] ?? '')).toMatchObject({
      htm: 'GET',
      htu: 'http://service.example/v1/cases',
      ath: toBase64url(sha256(utf8('token'))),
    })
    expect(reads[0]?.headers.get('authorization')).toBe('DPoP token')
  })

  it('takes another token when the service no longer takes the one that is held', async () => {
    let reads = 0
    service.answer = (_, url) => {
      if (!url.includes('/v1/cases')) return undefined
      return ++reads === 1 ? refusal('token-invalid') : Response.json(empty)
    }
    expect(await Array.fromAsync(connection.read.cases())).toEqual([])
    expect(reads).toBe(2)
  })

  it('goes through lists page by page', async () => {
    const cursors: (string | null)[] = []
    service.answer = (_, url) => {
      if (!url.includes('/v1/lists')) return undefined
      const cursor = new URL(url).searchParams.get('cursor')
      cursors.push(cursor)
      return Response.json(cursor === null ? { ...empty, next: 'c1' } : empty)
    }
    await Array.fromAsync(connection.read.lists())
    expect(cursors).toEqual([null, 'c1'])
  })

  it('knows at least what was published when the connection was opened', async () => {
    await connection.state(aCase())
    await using later = await open()
    let after: string | null = null
    service.answer = (_, url) => {
      if (!url.includes('/v1/lists')) return undefined
      after = new URL(url).searchParams.get('after')
      return Response.json(empty)
    }
    await Array.fromAsync(later.read.lists())
    expect(after).toBe('0')
  })

  it('refuses an answer that is not of the contract, by the member that is wrong', async () => {
    service.answer = (_, url) => (url.includes('/v1/parties') ? Response.json({ id: 7 }) : undefined)
    const error = await refusedWith(connection.read.party(party))
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ code: 'client/not-tidings', message: expect.stringContaining('/id') })
  })
})

describe('the first time', () => {
  it("the log's key is asked for, to be pinned", async () => {
    expect(await discoverVkey(`${service.url}/`, { fetch: service.fetch })).toBe(service.vkey)
  })

  it('something else than a Tidings service is told as such', async () => {
    const fetch = async () => new Response('<!doctype html>')
    expect(await refusedWith(discoverVkey('http://elsewhere.example', { fetch }))).toMatchObject({
      code: 'client/not-tidings',
    })
    const gone = async () => Promise.reject(new TypeError('refused'))
    expect(await refusedWith(discoverVkey('http://gone.example', { fetch: gone, patienceMs: 0 }))).toMatchObject({
      code: 'client/unreachable',
    })
  })
})

describe('reading what has changed', () => {
  const answer = (asOf: number) => ({ items: [], asOf })
  const asked = { params: {}, query: { open: true } }
  let requests: { readonly url: string; readonly headers: Headers }[]

  /** What the service answers a reading with, one after the other. */
  function answering(...answers: readonly (() => Response)[]) {
    const left = [...answers]
    requests = []
    service.answer = (_, url, init) => {
      if (!url.includes('/v1/requests')) return undefined
      requests.push({ url, headers: new Headers(init.headers) })
      return left.shift()?.()
    }
  }
  const full = (asOf: number, etag: string, headers = {}) =>
    Response.json(answer(asOf), { headers: { etag, ...headers } })
  const same = (headers = {}) => new Response(null, { status: 304, headers })

  it('sends the tag of what was kept, and gives that back while nothing has changed', async () => {
    answering(
      () => full(1, 'W/"one"'),
      () => same(),
      () => full(2, 'W/"two"'),
    )
    const first = await connection.read.ifChanged('requests', asked)
    expect(first).toEqual({
      changed: true,
      waited: false,
      kept: { of: '/v1/requests?open=true', etag: 'W/"one"', answer: answer(1) },
    })
    const second = await connection.read.ifChanged('requests', asked, first.kept)
    expect(second).toEqual({ changed: false, waited: false, kept: first.kept })
    const third = await connection.read.ifChanged('requests', asked, second.kept)
    expect(third).toMatchObject({ changed: true, kept: { etag: 'W/"two"', answer: answer(2) } })
    expect(requests.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, 'W/"one"', 'W/"one"'])
    expect(requests.map(({ headers }) => headers.get('prefer'))).toEqual([null, null, null])
  })

  it('asks to wait where something was kept, and says whether the service has', async () => {
    answering(
      () => full(1, 'W/"one"'),
      () => same({ 'preference-applied': 'wait=20' }),
      () => same(),
    )
    const { kept } = await connection.read.ifChanged('requests', asked, undefined, { waitSeconds: 20 })
    const waited = await connection.read.ifChanged('requests', asked, kept, { waitSeconds: 20.9 })
    expect(waited).toMatchObject({ changed: false, waited: true })
    expect(await connection.read.ifChanged('requests', asked, kept, { waitSeconds: 20 })).toMatchObject({
      waited: false,
    })
    expect(requests.map(({ headers }) => headers.get('prefer'))).toEqual([null, 'wait=20', 'wait=20'])
  })

  it('sends no tag of another reading: lists of one reader may have the same', async () => {
    answering(
      () => full(1, 'W/"one"'),
      () => full(1, 'W/"one"'),
    )
    const { kept } = await connection.read.ifChanged('requests', asked)
    const other = await connection.read.ifChanged('requests', { params: {} }, kept, { waitSeconds: 20 })
    expect(other).toMatchObject({ changed: true, kept: { of: '/v1/requests' } })
    expect(requests[1]?.headers.get('if-none-match')).toBeNull()
    expect(requests[1]?.headers.get('prefer')).toBeNull()
  })

  it('is checked against the contract like every reading', async () => {
    answering(() => Response.json({ items: 'none' }, { headers: { etag: 'W/"one"' } }))
    const error = await refusedWith(connection.read.ifChanged('requests', asked))
    expect(error).toMatchObject({ code: 'client/not-tidings' })
  })
})

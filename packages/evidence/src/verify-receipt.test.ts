import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  canonicalForm,
  type Kind,
  leafEntry,
  newContent,
  newThingId,
  type PayloadOf,
  partyIdOf,
  type SignatureKey,
  type Signer,
  type Statement,
  sha256,
  signStatement,
  thumbprint,
  toBase64url,
  utf8,
  webCryptoSigner,
} from '@tidings/statement'
import {
  formatTlogProof,
  formatVkey,
  importSigner,
  type LogReader,
  merkleRoot,
  signCheckpoint,
} from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import { createLog, type Guard, type LogWriter, openGuardFile } from '@tidings/transparency/writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Evidence, EvidenceError, type Receipted, verifyReceipt } from './index.ts'

const origin = 'tidings.example/log'
const seen = { origin, size: 0, root: toBase64url(sha256(new Uint8Array())) }
const iat = '2031-05-04T12:00:00Z'

interface Party {
  readonly id: string
  readonly signer: Signer
  readonly key: SignatureKey
  readonly inception: Statement
}

async function newSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const { x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return webCryptoSigner({ kty: 'OKP', crv: 'Ed25519', x: x ?? '' }, pair.privateKey)
}

async function newParty(): Promise<Party> {
  const [signer, recover, next] = [await newSigner(), await newSigner(), await newSigner()]
  const body = {
    keys: [
      { role: 'sign' as const, jwk: signer.key },
      { role: 'recover' as const, jwk: recover.key },
    ],
    nextRecover: thumbprint(next.key),
  }
  const id = partyIdOf(body)
  const inception = await signStatement<'party.inception'>(
    { v: 1, kind: 'party.inception', iss: id, about: id, iat, seen, body },
    signer,
  )
  return { id, signer, key: signer.key, inception }
}

async function state<K extends Kind>(
  party: Party,
  kind: K,
  about: string,
  rest: Partial<PayloadOf<K>> & { body: PayloadOf<K>['body'] },
  signer = party.signer,
): Promise<Statement> {
  return await signStatement({ v: 1, kind, iss: party.id, about, iat, seen, ...rest } as PayloadOf<K>, signer)
}

let folder: string
let guard: Guard
let writer: LogWriter
let reader: LogReader
let size = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-evidence-'))
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const signer = await importSigner(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
  guard = await openGuardFile(join(folder, 'guard'))
  writer = await createLog({ folder: join(folder, 'log'), guard, origin, signer })
  reader = await openLogFolder({ folder: join(folder, 'log'), publications: writer, vkey: writer.vkey })
})
afterAll(async () => {
  await reader[Symbol.asyncDispose]()
  await writer[Symbol.asyncDispose]()
  await guard[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function record(...statements: Statement[]): Promise<Receipted[]> {
  const first = size
  size += statements.length
  const checkpoint = await writer.publish(
    statements.map(({ jws }) => leafEntry(jws)),
    size - 1,
  )
  const proofs = await reader.inclusionProofs(
    statements.map((_, i) => first + i),
    checkpoint.size,
  )
  return statements.map(({ jws }, i) => ({
    jws,
    proof: formatTlogProof({ index: first + i, hashes: proofs[i] ?? [], checkpoint: checkpoint.text }),
  }))
}

async function one(statement: Statement): Promise<Receipted> {
  const [receipt] = await record(statement)
  if (!receipt) throw new Error('nothing was recorded')
  return receipt
}

const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code)

/** Two commissions in a mechanism, and a request of A to B with its reply. */
async function anExchange() {
  const [a, b] = [await newParty(), await newParty()]
  const mechanism = newThingId()
  const participants = [
    { party: a.id, role: 'commission' as const, code: 'A' },
    { party: b.id, role: 'commission' as const, code: 'B' },
  ]
  const terms = canonicalForm({ title: { en: 'A mechanism' } })
  const propose = await state(a, 'mechanism.propose', mechanism, {
    body: { participants },
    document: { sha256: toBase64url(sha256(terms)), mediaType: 'application/vnd.tidings.mechanism-terms+json' },
  })
  const accept = await state(b, 'mechanism.accept', mechanism, { re: [propose.id], body: {} })
  const about = newThingId()
  const file = newContent(about, 'application/vnd.tidings.request+json', utf8('{"records":"a hospital archive"}'))
  const submit = await state(a, 'request.submit', about, {
    mechanism,
    to: [b.id],
    aud: [b.id],
    body: { matter: { type: 'records' }, questions: ['documents'] },
    content: [file.reference],
  })
  const found = newContent(
    about,
    'application/vnd.tidings.reply+json',
    utf8('{"answers":[{"question":"documents","search":{"text":"read"}}]}'),
  )
  const reply = await state(b, 'request.reply', about, {
    mechanism,
    to: [a.id],
    aud: [a.id],
    re: [submit.id],
    body: { answers: [{ question: 'documents', disposition: 'none-found' }] },
    content: [found.reference],
  })
  return { a, b, mechanism, terms, propose, accept, submit, reply, found, about }
}

describe('verifyReceipt', () => {
  it('says who signed what, where it is recorded and since when, and what that does not prove', async () => {
    const { b, a, reply, submit } = await anExchange()
    const [keyA, keyB] = await record(a.inception, b.inception)
    await record(submit)
    const receipt = await one(reply)
    const findings = await verifyReceipt({ ...receipt, keys: [keyB as Receipted], vkey: writer.vkey })
    expect(findings.statement.id).toBe(reply.id)
    expect(findings.leaf).toBe(size - 1)
    expect(codes(findings.proven)).toEqual(['recorded', 'time-by-operator', 'signed', 'keys-recorded'])
    expect(findings.proven.find(({ code }) => code === 'signed')?.sentence).toContain(b.id)
    expect(codes(findings.notProven)).toEqual([
      'no-key-statement-left-out',
      'independent-time',
      'same-log-for-all',
      'content-not-shown',
      'effective',
    ])
    expect(findings.verdict).toBeUndefined()
    expect(keyA).toBeDefined()
  })

  it('opens the content when it is shown, and checks the public document', async () => {
    const { a, b, propose, terms, reply, found } = await anExchange()
    const [keyA, keyB, proposed, replied] = await record(a.inception, b.inception, propose, reply)
    const withContent = await verifyReceipt({
      ...(replied as Receipted),
      contents: [found],
      keys: [keyB as Receipted],
      vkey: writer.vkey,
    })
    expect(codes(withContent.proven)).toContain('content-opened')
    const withDocument = await verifyReceipt({
      ...(proposed as Receipted),
      document: terms,
      keys: [keyA as Receipted],
      vkey: writer.vkey,
    })
    expect(codes(withDocument.proven)).toContain('document-bound')
    const without = await verifyReceipt({ ...(proposed as Receipted), keys: [keyA as Receipted], vkey: writer.vkey })
    expect(codes(without.notProven)).toContain('document-not-shown')
  })

  it('gives the verdict when the streams it depends on are handed in, whatever their order', async () => {
    const { a, b, propose, accept, submit, reply } = await anExchange()
    const [keyA, keyB, ...streams] = await record(a.inception, b.inception, propose, accept, submit)
    const receipt = await one(reply)
    const again = await one(
      await state(b, 'request.reply', reply.payload.about, {
        ...(reply.payload as PayloadOf<'request.reply'>),
        iat: '2031-05-05T12:00:00Z',
      }),
    )
    const keys = [keyB, keyA] as Receipted[]
    const whole = { keys, streams: [again, ...streams.toReversed()], vkey: writer.vkey }
    expect((await verifyReceipt({ ...receipt, ...whole })).verdict).toEqual({ verdict: 'effective' })
    const second = await verifyReceipt({ ...again, ...whole, streams: [receipt, ...streams] })
    expect(second.verdict).toMatchObject({ verdict: 'void', reason: 'already-answered', leaf: size - 2 })
    expect(codes(second.notProven)).toContain('no-statement-left-out')
  })

  it('needs the rules of the mechanism that is handed in: the verdict may follow from them', async () => {
    const { a, b, mechanism, propose, accept, submit } = await anExchange()
    const rules = canonicalForm({ version: 1, zone: 'UTC', periods: {}, suspension: { allows: ['request.submit'] } })
    const proposeRules = await state(a, 'mechanism.propose-rules', mechanism, {
      body: { version: 1 },
      document: { sha256: toBase64url(sha256(rules)), mediaType: 'application/vnd.tidings.rules+json' },
    })
    const acceptRules = await state(b, 'mechanism.accept-rules', mechanism, { re: [proposeRules.id], body: {} })
    const suspend = await state(b, 'mechanism.suspend', mechanism, { body: {} })
    const all = await record(a.inception, b.inception, propose, accept, proposeRules, acceptRules, suspend, submit)
    const [keyA, keyB, ...others] = all as [Receipted, Receipted, ...Receipted[]]
    const target = others.at(-1) as Receipted
    const streams = others.slice(0, -1)
    const shown = streams.map((item) => (item.jws === proposeRules.jws ? { ...item, document: rules } : item))
    const of = { ...target, keys: [keyA, keyB], vkey: writer.vkey }
    expect((await verifyReceipt({ ...of, streams: shown })).verdict).toEqual({ verdict: 'effective' })
    await expect(verifyReceipt({ ...of, streams })).rejects.toMatchObject({ code: 'evidence/document' })
    const proposed = { ...(streams[2] as Receipted), keys: [keyA, keyB], vkey: writer.vkey }
    const before = streams.slice(0, 2)
    expect((await verifyReceipt({ ...proposed, streams: before })).verdict).toBeUndefined()
    expect((await verifyReceipt({ ...proposed, document: rules, streams: before })).verdict).toEqual({
      verdict: 'effective',
    })
  })

  it('says that a statement is void when its key was revoked before it, and effective when after it', async () => {
    const { a, submit } = await anExchange()
    const officer = await newSigner()
    const kid = thumbprint(officer.key)
    const delegate = await state(a, 'party.delegate', a.id, {
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    const byOfficer = async () =>
      await state(
        a,
        'request.submit',
        '',
        { ...(submit.payload as PayloadOf<'request.submit'>), about: newThingId() },
        officer,
      )
    const [inception, delegated, before] = await record(a.inception, delegate, await byOfficer())
    const revoke = await state(a, 'party.revoke-key', a.id, { body: { key: kid, reason: 'compromised' } })
    const [revoked, after] = await record(revoke, await byOfficer())
    const keys = [inception, delegated, revoked] as Receipted[]
    expect((await verifyReceipt({ ...(before as Receipted), keys, vkey: writer.vkey })).verdict).toBeUndefined()
    const late = await verifyReceipt({ ...(after as Receipted), keys, vkey: writer.vkey })
    expect(late.verdict).toEqual({ verdict: 'void', reason: 'key-revoked', leaf: size - 2 })
    expect(codes(late.proven)).toContain('void-by-key')
  })

  it('judges a key statement by the key statements alone', async () => {
    const { a } = await anExchange()
    const [inception] = await record(a.inception)
    const revoke = await state(a, 'party.revoke-key', a.id, { body: { key: thumbprint(a.key), reason: 'lost' } })
    const receipt = await one(revoke)
    const keys = [inception, receipt] as Receipted[]
    expect((await verifyReceipt({ ...receipt, keys, vkey: writer.vkey })).verdict).toEqual({ verdict: 'effective' })
    expect((await verifyReceipt({ ...(inception as Receipted), keys: [], vkey: writer.vkey })).verdict).toEqual({
      verdict: 'effective',
    })
  })
})

describe('what does not hold is named', () => {
  let evidence: Evidence
  let inception: Receipted
  beforeAll(async () => {
    const { a, b, reply, submit, found } = await anExchange()
    const [, keyB] = await record(a.inception, b.inception, submit)
    const officer = await newSigner()
    const delegate = await state(b, 'party.delegate', b.id, {
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    const delegated = await one(delegate)
    const signed = await state(
      b,
      'request.reply',
      reply.payload.about,
      { ...(reply.payload as PayloadOf<'request.reply'>) },
      officer,
    )
    inception = keyB as Receipted
    evidence = { ...(await one(signed)), contents: [found], keys: [inception, delegated], vkey: writer.vkey }
    await verifyReceipt(evidence)
  })

  async function refusal(altered: Partial<Evidence>): Promise<EvidenceError> {
    const error = await verifyReceipt({ ...evidence, ...altered }).then(
      () => undefined,
      (e: unknown) => e,
    )
    if (!(error instanceof EvidenceError)) throw new Error(`was not refused: ${String(error)}`)
    return error
  }

  it('another log key', async () => {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
    const other = await importSigner(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
    const error = await refusal({ vkey: formatVkey(origin, other.publicKey) })
    expect(error).toMatchObject({ code: 'evidence/checkpoint', part: 'proof' })
    expect(await refusal({ vkey: 'nonsense' })).toMatchObject({ code: 'evidence/vkey', part: 'vkey' })
  })

  it('a missing key statement', async () => {
    expect(await refusal({ keys: [inception] })).toMatchObject({ code: 'evidence/key-not-shown', part: 'statement' })
    expect(await refusal({ keys: evidence.keys.slice(1) })).toMatchObject({
      code: 'evidence/key-not-shown',
      part: 'keys/0/statement',
    })
  })

  it('the proof of another statement', async () => {
    expect(await refusal({ proof: inception.proof })).toMatchObject({ code: 'evidence/inclusion', part: 'proof' })
  })

  it('an extra line that nobody vouches for', async () => {
    const proof = evidence.proof.replace('\n', '\nextra AAAA\n')
    expect(await refusal({ proof })).toMatchObject({ code: 'evidence/proof', part: 'proof' })
  })

  it('a document that the statement does not bind, or a content that it does not name', async () => {
    expect(await refusal({ document: utf8('{}') })).toMatchObject({ code: 'evidence/document', part: 'document' })
    const [content] = evidence.contents ?? []
    expect(await refusal({ contents: [content, content] })).toMatchObject({ part: 'contents/1' })
  })

  const flipped = (text: string, at: number, bit: number) => {
    const bytes = utf8(text)
    bytes[at] = (bytes[at] ?? 0) ^ bit
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  }

  // Each byte with another bit: each is caught, and the file it stands in is the one that is named.
  it('any flipped byte of the statement', async () => {
    for (let at = 0; at < evidence.jws.length; at++) {
      const error = await refusal({ jws: flipped(evidence.jws, at, 1 << (at % 8)) })
      expect(error.part, `byte ${at}`).toBe('statement')
    }
  })

  it('any flipped byte of the proof', async () => {
    const bytes = utf8(evidence.proof)
    for (let at = 0; at < bytes.length; at++) {
      const error = await refusal({ proof: flipped(evidence.proof, at, 1 << (at % 8)) })
      expect(error.part, `byte ${at}`).toBe('proof')
    }
  })

  it('any flipped byte of a key statement or its proof', async () => {
    for (const [i, key] of evidence.keys.entries()) {
      const keysWith = (altered: Partial<Receipted>) => evidence.keys.with(i, { ...key, ...altered })
      for (let at = 0; at < key.jws.length; at += 23) {
        const error = await refusal({ keys: keysWith({ jws: flipped(key.jws, at, 1 << (at % 8)) }) })
        expect(error.part, `byte ${at}`).toBe(`keys/${i}/statement`)
      }
      for (let at = 0; at < utf8(key.proof).length; at += 23) {
        const error = await refusal({ keys: keysWith({ proof: flipped(key.proof, at, 1 << (at % 8)) }) })
        expect(error.part, `byte ${at}`).toBe(`keys/${i}/proof`)
      }
    }
  })

  it('any flipped byte of a content or its salt', async () => {
    const [content] = evidence.contents ?? []
    if (!content) throw new Error('the evidence shows no content')
    for (let at = 0; at < content.data.length; at++) {
      const data = content.data.slice()
      data[at] = (data[at] ?? 0) ^ 1
      expect(await refusal({ contents: [{ ...content, data }] })).toMatchObject({ part: 'contents/0' })
    }
    for (let at = 0; at < 32; at++) {
      const salt = content.salt.slice()
      salt[at] = (salt[at] ?? 0) ^ 0x80
      expect(await refusal({ contents: [{ ...content, salt }] })).toMatchObject({ part: 'contents/0' })
    }
  })

  it('any flipped byte of a public document', async () => {
    const { a, propose, terms } = await anExchange()
    const [key, proposed] = await record(a.inception, propose)
    for (let at = 0; at < terms.length; at++) {
      const document = terms.slice()
      document[at] = (document[at] ?? 0) ^ (1 << (at % 8))
      const failure = verifyReceipt({
        ...(proposed as Receipted),
        document,
        keys: [key as Receipted],
        vkey: writer.vkey,
      })
      await expect(failure, `byte ${at}`).rejects.toMatchObject({ code: 'evidence/document', part: 'document' })
    }
  })

  it('a log that signed two trees of one size', async () => {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
    const signer = await importSigner(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
    const [a, b] = [await newParty(), await newParty()]
    const receiptOf = async (statement: Statement): Promise<Receipted> => {
      const root = merkleRoot([leafEntry(statement.jws)])
      const { text } = await signCheckpoint({ origin, size: 1, root }, 1_900_000_000, signer)
      return { jws: statement.jws, proof: formatTlogProof({ index: 0, hashes: [], checkpoint: text }) }
    }
    const receipt = await receiptOf(a.inception)
    const error = await refusal({
      ...receipt,
      contents: [],
      keys: [await receiptOf(b.inception)],
      vkey: formatVkey(origin, signer.publicKey),
    })
    expect(error.code).toBe('evidence/split-view')
  })
})

import { gzipSync } from 'node:zlib'
import { batchAnswer } from '@tidings/client/contract'
import { leafEntry, newThingId, toBase64url, utf8 } from '@tidings/statement'
import { verifyTlogProof } from '@tidings/transparency'
import { describe, expect, it } from 'vitest'
import {
  Author,
  type BatchAnswers,
  inventedCase,
  inventedPerson,
  newSigner,
  type Prepared,
  postBatch,
} from './support/author.ts'
import { sceneOfFile } from './support/scene-of-file.ts'
import { asked, mechanismOf, nothingFound, twoCommissions } from './support/scenes.ts'
import { startIntake } from './support/second-intake.ts'

const { service, a, b, mechanism } = await sceneOfFile()

describe('many statements in one request', () => {
  const post = (submissions: readonly unknown[]) => postBatch(service.url, submissions)
  const submissions = (prepared: readonly Prepared[]) => prepared.map(({ submission }) => submission)
  const cases = (count: number) => Promise.all(Array.from({ length: count }, () => a.prepare(inventedCase())))
  /** Statuses and names of problems, line by line. */
  const outcomes = async (lines: readonly unknown[]) =>
    (await post(lines)).lines.map(({ status, problem }) => problem?.type.replace('urn:tidings:problem:', '') ?? status)

  async function withdrawal(about: string, re: string) {
    return await a.prepare({ kind: 'request.withdraw', about, mechanism, aud: [b.id], re: [re], body: {} })
  }
  async function reply(about: string, re: string, by = b) {
    return await by.prepare(nothingFound(a, mechanism, about, re))
  }

  it('are answered in their order, each with a receipt that proves it, and their contents can be read', async () => {
    const prepared = await cases(1000)
    const before = await service.size()
    const live = (await service.vault.count()).live
    const { status, headers, lines } = await post(submissions(prepared))
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    expect(lines.map((line) => line.receipt?.id)).toEqual(prepared.map(({ statement }) => statement.id))
    for (const line of lines) {
      expect(batchAnswer.parse(line).status).toBe(201)
      const { proof = '', statement = '', leaf = -1 } = line.receipt ?? {}
      expect((await verifyTlogProof(proof, leafEntry(statement), service.log.vkey)).size).toBeGreaterThan(leaf)
    }
    expect(await service.size()).toBe(before + 1000)
    expect(await service.vault.count()).toEqual({ pending: 0, live: live + 1000 })
  })

  it('are proved together with single ones that come at the same time, and each is answered with its own receipt', async () => {
    const singles = await Promise.all(
      Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? a : b).prepare(inventedCase())),
    )
    const many = await cases(50)
    const [repeated] = many
    if (!repeated) throw new TypeError('internal error: a case is missing')
    await a.post(repeated.submission)
    const [answers, { lines }] = await Promise.all([
      Promise.all(singles.map(({ submission }) => a.post(submission))),
      post(submissions(many)),
    ])
    const receipts = [...answers.map(({ body }) => body), ...lines.map(({ receipt }) => receipt)]
    expect(receipts.map((receipt) => receipt?.id)).toEqual([...singles, ...many].map(({ statement }) => statement.id))
    for (const [n, { statement: said }] of [...singles, ...many].entries()) {
      const { proof = '', statement = '', leaf = -1 } = receipts[n] ?? {}
      expect(statement).toBe(said.jws)
      expect(proof).toContain(`index ${leaf}\n`)
      expect((await verifyTlogProof(proof, leafEntry(statement), service.log.vkey)).size).toBeGreaterThan(leaf)
    }
    expect(new Set(receipts.map((receipt) => receipt?.leaf)).size).toBe(150)
  })

  it('that are wrong are each told why in their own line, and hinder none of the others', async () => {
    const [good, ...others] = submissions(await cases(6))
    const [header, payload, signature] = (others[0]?.statement ?? '').split('.')
    const altered = (await a.prepare(inventedCase())).submission.statement.split('.')[1]
    const stranger = await Author.make(service.url, service.origin)
    const before = await service.size()
    const lines = [
      good,
      '{"statement":',
      '',
      '[]',
      { jws: 'x' },
      '{"statement":"x","__proto__":{"a":1}}',
      { ...others[0], statement: `${others[0]?.statement}=` },
      { ...others[0], statement: `${toBase64url(utf8('{"alg":"none"}'))}.${payload}.${signature}` },
      { ...others[0], statement: `${header}.${toBase64url(utf8('{ }'))}.${signature}` },
      { ...others[0], statement: `${header}.${altered}.${signature}` },
      (await stranger.prepare(inventedCase())).submission,
      (await a.prepare(inventedCase(), b.signer)).submission,
      { ...others[1], contents: others[2]?.contents },
      { statement: others[1]?.statement },
      (await a.prepare({ ...inventedCase(), tells: { ...inventedPerson, value: { nickname: 'x' } } })).submission,
      (await a.prepare(asked(b, newThingId()).said)).submission,
      { statement: 'x'.repeat(20_000) },
      { statement: 'x'.repeat(2 * 1024 * 1024) },
      others[3],
    ]
    expect(await outcomes(lines)).toEqual([
      201,
      'malformed-json',
      'malformed-json',
      'parameters',
      'parameters',
      'parameters',
      'encoding',
      'header',
      'canonical-form',
      'signature',
      'unknown-party',
      'unknown-key',
      'commitment',
      'commitment',
      'content',
      'mechanism-not-in-force',
      'too-large',
      'too-large',
      201,
    ])
    expect(await service.size(), 'only what was good was recorded').toBe(before + 2)
    expect((await service.vault.count()).pending, 'nothing is left in the vault').toBe(0)
  })

  it('name field and rule of what is wrong, as a single one does', async () => {
    const { submission } = await a.prepare(inventedCase())
    const wrong = { ...submission, statement: submission.statement.replace('.', '. ') }
    const { body } = await a.post(wrong)
    const [line] = (await post([wrong])).lines
    expect({ ...line?.problem, instance: '' }).toEqual({ ...body, instance: '' })
  })

  it('that are sent again are answered as the first time, within one request and across two', async () => {
    const prepared = await cases(3)
    const [one, two, three] = submissions(prepared)
    const first = (await post([one, two, one])).lines
    expect(first.map(({ status }) => status)).toEqual([201, 201, 200])
    expect(first[2]?.receipt?.leaf).toBe(first[0]?.receipt?.leaf)
    const again = (await post([two, three, one])).lines
    expect(again.map(({ status }) => status)).toEqual([200, 201, 200])
    expect([again[2]?.receipt?.leaf, again[0]?.receipt?.leaf]).toEqual([
      first[0]?.receipt?.leaf,
      first[1]?.receipt?.leaf,
    ])
  })

  it('may follow from one another: a request, its answer, and what comes too late', async () => {
    const { about, said } = asked(b, mechanism)
    const request = await a.prepare(said)
    const answer = await reply(about, request.statement.id)
    const withdrawn = await withdrawal(about, request.statement.id)
    const { lines } = await post(
      submissions([
        request,
        answer,
        await reply(about, request.statement.id),
        withdrawn,
        await reply(about, request.statement.id),
      ]),
    )
    expect(lines.map(({ status }) => status)).toEqual([201, 201, 409, 201, 409])
    expect(lines[2]?.problem).toMatchObject({ reason: 'already-answered', leaf: lines[1]?.receipt?.leaf })
    expect(lines[4]?.problem).toMatchObject({ reason: 'withdrawn', leaf: lines[3]?.receipt?.leaf })
  })

  it.each([
    ['in one request', 8],
    ['in a request each', 1],
  ])('are judged as ever when what they follow from has left memory meanwhile: %s', async (_, perRequest) => {
    await using intake = await startIntake(service, { streams: 1 })
    const [one, other] = [asked(b, mechanism), asked(b, mechanism)]
    const [first, second] = [await a.prepare(one.said), await a.prepare(other.said)]
    const [re, reOther] = [first.statement.id, second.statement.id]
    const said = submissions([
      first,
      second,
      await reply(one.about, re),
      await reply(other.about, reOther),
      await reply(one.about, re),
      await withdrawal(one.about, re),
      second,
      first,
    ])
    const lines: BatchAnswers['lines'][number][] = []
    for (let from = 0; from < said.length; from += perRequest)
      lines.push(...(await postBatch(intake.url, said.slice(from, from + perRequest))).lines)
    expect(lines.map(({ status }) => status)).toEqual([201, 201, 201, 201, 409, 201, 200, 200])
    const leaf = (n: number) => lines[n]?.receipt?.leaf
    expect(lines[4]?.problem).toMatchObject({ reason: 'already-answered', leaf: leaf(2) })
    expect([leaf(7), leaf(6)]).toEqual([leaf(0), leaf(1)])
  })

  it('that come before what they follow from are refused: order decides', async () => {
    const { about, said } = asked(b, mechanism)
    const request = await a.prepare(said)
    const withdrawn = await withdrawal(about, request.statement.id)
    expect(await outcomes(submissions([withdrawn, request, withdrawn]))).toEqual(['not-founded', 201, 201])
  })

  it('may begin a party and a mechanism and speak under them', async () => {
    const c = await Author.make(service.url, service.origin)
    const officer = await newSigner()
    const about = newThingId()
    const participants = [
      { party: a.id, role: 'commission' as const, code: 'A' },
      { party: c.id, role: 'commission' as const, code: 'C' },
    ]
    const early = await c.prepare(inventedCase())
    const inception = await c.prepare(c.inception())
    const delegation = await c.prepare({
      kind: 'party.delegate',
      about: c.id,
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    const byOfficer = await c.prepare(inventedCase(), officer)
    const proposed = await a.prepare({ kind: 'mechanism.propose', about, body: { participants } })
    const accepted = await c.prepare({ kind: 'mechanism.accept', about, re: [proposed.statement.id], body: {} })
    const request = await c.prepare(asked(a, about).said)
    const lines = [early, byOfficer, inception, byOfficer, delegation, byOfficer, proposed, request, accepted, request]
    expect(await outcomes(submissions(lines))).toEqual([
      'unknown-party',
      'unknown-party',
      201,
      'unknown-key',
      201,
      201,
      201,
      'mechanism-not-in-force',
      201,
      201,
    ])
  })

  it('that revoke a key end it for what follows', async () => {
    const officer = await newSigner()
    const jwk = officer.key
    await a.say({ kind: 'party.delegate', about: a.id, body: { jwk, role: 'release', label: 'officer-2' } })
    const before = await a.prepare(inventedCase(), officer)
    const revoked = await a.prepare({
      kind: 'party.revoke-key',
      about: a.id,
      body: { key: before.statement.kid, reason: 'lost' },
    })
    const after = await a.prepare(inventedCase(), officer)
    expect(await outcomes(submissions([before, revoked, after]))).toEqual([201, 201, 'key-revoked'])
  })

  it('that race in one stream: the loser is told the winning leaf, whichever it is', async () => {
    const requests = Array.from({ length: 40 }, () => asked(b, mechanism))
    const asking = await Promise.all(requests.map(({ said }) => a.prepare(said)))
    expect((await post(submissions(asking))).lines.every(({ status }) => status === 201)).toBe(true)
    const answers = () => Promise.all(requests.map(({ about }, i) => reply(about, asking[i]?.statement.id ?? '')))
    const [one, other] = [await answers(), await answers()]
    const both = await Promise.all([post(submissions(one)), post(submissions(other).reverse())])
    const [first, second] = [both[0].lines, both[1].lines.toReversed()]
    for (const [i, line] of first.entries()) {
      const pair = [line, second[i]]
      const winner = pair.find((each) => each?.status === 201)
      const loser = pair.find((each) => each?.status === 409)
      expect(loser?.problem).toMatchObject({ reason: 'already-answered', leaf: winner?.receipt?.leaf })
    }
  })

  it('are read whole whether or not the last line ends, and with a carriage return', async () => {
    const lines = submissions(await cases(2)).map((one) => JSON.stringify(one))
    const response = await fetch(`${service.url}/v1/statements/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\r\n'),
    })
    expect((await response.text()).match(/"status":201/g)).toHaveLength(2)
  })

  describe('are read as they are labelled: plain, in UTF-8', () => {
    const line = cases(1).then((one) => JSON.stringify(submissions(one)[0]))
    const routes = [
      ['/v1/statements', 'application/json'],
      ['/v1/statements/batch', 'application/x-ndjson'],
    ] as const

    async function send(path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) {
      return await fetch(service.url + path, { method: 'POST', headers, body })
    }

    describe.each(routes)('%s', (path, mediaType) => {
      it.each(['gzip', 'br', 'identity, gzip', 'x'])('not in the coding %s, whatever the bytes are', async (coding) => {
        const size = await service.size()
        for (const body of [await line, Uint8Array.from(gzipSync(await line))]) {
          const response = await send(path, { 'content-type': mediaType, 'content-encoding': coding }, body)
          expect(response.headers.get('accept-encoding')).toBe('identity')
          expect(await response.json()).toMatchObject({
            type: 'urn:tidings:problem:media-type',
            status: 415,
            field: 'content-encoding',
            rule: 'must be identity, or not there',
          })
        }
        expect(await service.size()).toBe(size)
      })

      it.each(['utf-16', '"UTF-16"', 'iso-8859-1', '""'])('not in the character set %s', async (charset) => {
        const response = await send(path, { 'content-type': `${mediaType}; charset=${charset}` }, await line)
        expect(await response.json()).toMatchObject({
          type: 'urn:tidings:problem:media-type',
          status: 415,
          field: 'content-type',
          rule: `must be ${mediaType}, in UTF-8`,
        })
      })

      it.each([
        { 'content-type': `${mediaType}; charset=utf-8` },
        { 'content-type': `${mediaType};Charset="UTF-8"` },
        { 'content-type': `${mediaType}; v="charset=utf-16"` },
        { 'content-type': mediaType, 'content-encoding': 'identity' },
        { 'content-type': mediaType, 'content-encoding': 'Identity' },
      ])('also where they say so: %o', async (headers) => {
        expect((await send(path, headers, await line)).ok).toBe(true)
      })
    })
  })

  describe('are refused as a whole', () => {
    const send = async (body: string, type = 'application/x-ndjson') => {
      const response = await fetch(`${service.url}/v1/statements/batch`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      return (await response.json()) as { type: string; status: number; field: string; rule: string }
    }

    it('when there is none', async () => {
      expect(await send('')).toMatchObject({ status: 400, field: 'body' })
    })

    it('when they are more than a thousand', async () => {
      const before = await service.size()
      expect(await send('{}\n'.repeat(1001))).toMatchObject({
        status: 413,
        type: 'urn:tidings:problem:too-large',
        rule: 'must hold at most 1000 lines',
      })
      expect(await service.size()).toBe(before)
    })

    it('when they are larger than the service takes', async () => {
      expect(await send('x'.repeat(16 * 1024 * 1024 + 1))).toMatchObject({ status: 413 })
    })

    it('in another media type', async () => {
      expect(await send('{}', 'application/json')).toMatchObject({
        status: 415,
        rule: 'must be application/x-ndjson',
      })
    })
  })
})

describe('a mechanism of two parties whose every statement comes in one request', () => {
  it('is recorded as if each had come alone', async () => {
    await using scene = await twoCommissions()
    const { a, b, service } = scene
    const mechanism = await mechanismOf(a, b)
    const requests = Array.from({ length: 30 }, () => asked(b, mechanism))
    const lines: Prepared[] = []
    for (const { about, said } of requests) {
      const request = await a.prepare(said)
      const re = [request.statement.id]
      lines.push(request, await b.prepare({ kind: 'request.acknowledge', about, mechanism, aud: [a.id], re, body: {} }))
    }
    const before = await service.size()
    const { lines: answers } = await postBatch(
      service.url,
      lines.map(({ submission }) => submission),
    )
    expect(answers.flatMap(({ problem }) => problem ?? [])).toEqual([])
    expect(answers.map(({ receipt }) => receipt?.leaf)).toEqual(lines.map((_, i) => before + i))
  })
})

import { accessTokens } from '@tidings/client'
import { canonicalForm, newThingId, type Signer, toBase64url, utf8 } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author, inventedPerson, inventedReply, newSigner } from '../support/author.ts'
import { asked, mechanismOf } from '../support/scenes.ts'
import { type Attacked, startAttacked } from './support/attacked.ts'

// Words that stand in contents and wherever else somebody might put them, and nowhere in the service.
const words = ['Zyxqvorn', 'Wexhulm', 'Brimplok', 'Kvastirel']
const [name = '', place = '', note = '', stray = ''] = words
const person = { names: [{ full: `${name} ${place}` }] }
const searched = `Registers of ${place}, for ${note}`

/** Everything that must stand in no line of the log. */
const secret = new Set<string>(words)
const keep = (...values: readonly (string | undefined)[]) => {
  for (const value of values) if (value !== undefined && value.length > 3) secret.add(value)
}

let attacked: Attacked
beforeAll(async () => {
  attacked = await startAttacked({ limits: ['key-statements=50'], logLevel: 'trace' })
})
afterAll(async () => attacked[Symbol.asyncDispose]())

function keepSubmission(submission: {
  readonly statement: string
  readonly contents?: readonly { salt: string; data: string }[]
}): void {
  keep(submission.statement, ...submission.statement.split('.'))
  for (const { salt, data } of submission.contents ?? []) keep(salt, data)
}

async function post(body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${attacked.url}/v1/statements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await answer.text()
  return answer.status
}

/** Signs whatever a payload says, under the header of a sound statement. */
async function signAnything(sound: string, payload: unknown, signer: Signer): Promise<string> {
  const [header = ''] = sound.split('.')
  const input = `${header}.${toBase64url(canonicalForm(JSON.parse(JSON.stringify(payload))))}`
  return `${input}.${toBase64url(await signer.sign(utf8(input)))}`
}

describe('no line of the log, at level trace, tells anything of what was said, or of who asks about what', () => {
  it('through a whole exchange and every kind of refusal', async () => {
    const statuses = new Set<number>()
    const a = await Author.begin(attacked.url, attacked.origin)
    const b = await Author.begin(attacked.url, attacked.origin)
    const mechanism = await mechanismOf(a, b)
    keep(a.id, b.id, mechanism)

    // A whole exchange: a case, a request, an answer, and its assessment, each read by both.
    const request = asked(b, mechanism)
    const described = await a.prepare({
      kind: 'case.describe',
      about: newThingId(),
      body: {},
      tells: { ...inventedPerson, value: person },
    })
    const submitted = await a.prepare({
      ...request.said,
      tells: {
        ...request.said.tells,
        mediaType: 'application/vnd.tidings.request+json',
        value: { person, lastContact: { category: 'captured', date: { edtf: '1992-02' } }, note },
      },
    })
    for (const { statement, submission } of [described, submitted]) {
      keepSubmission(submission)
      keep(
        statement.id,
        statement.kid,
        statement.payload.about,
        ...(statement.payload.content ?? []).map(({ commitment }) => commitment),
      )
      statuses.add((await a.post(submission)).status)
    }
    const replied = await b.prepare({
      kind: 'request.reply',
      about: request.about,
      mechanism,
      re: [submitted.statement.id],
      to: [a.id],
      aud: [a.id],
      body: { answers: [{ question: 'fate', disposition: 'none-found' }] },
      tells: { ...inventedReply, value: { answers: [{ question: 'fate', search: { text: searched } }] } },
    })
    keepSubmission(replied.submission)
    statuses.add((await b.post(replied.submission)).status)
    // The same again, and what can no longer be said.
    statuses.add((await b.post(replied.submission)).status)
    const again = await b.prepare({ ...request.said, to: [a.id], aud: [a.id] })
    keepSubmission(again.submission)
    statuses.add((await b.post(again.submission)).status)

    // Reading, and every way in which it is refused.
    const fetching = async (address: string, init: RequestInit) => {
      const sent = new Headers(init.headers)
      keep(
        sent.get('dpop') ?? undefined,
        sent.get('authorization')?.replace('DPoP ', ''),
        ...(sent.get('dpop') ?? '').split('.'),
      )
      if (typeof init.body === 'string') keep(new URLSearchParams(init.body).get('client_assertion') ?? undefined)
      return await fetch(address, init)
    }
    const { url, origin: audience } = attacked
    const tokens = accessTokens({
      url,
      audience,
      party: a.id,
      signer: a.signer,
      fetch: fetching,
      patience: { patienceMs: 1000 },
    })
    const read = async (
      path: string,
      change: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
    ) => {
      const headers = change(await tokens.authorize('GET', url + path))
      keep(headers.authorization?.replace('DPoP ', ''), headers.dpop)
      const answer = await fetch(url + path, { headers })
      await answer.text()
      statuses.add(answer.status)
      return answer.status
    }
    const content = submitted.statement.payload.content?.[0]?.commitment ?? ''
    for (const path of [
      `/v1/requests/${request.about}`,
      `/v1/requests/${request.about}/timeline`,
      `/v1/requests?matter=${described.statement.payload.about}`,
      `/v1/statements/${submitted.statement.id}`,
      `/v1/statements/${submitted.statement.id}/receipt`,
      `/v1/contents/${content}`,
      `/v1/parties/${a.id}/outstanding`,
      '/v1/cases',
    ]) {
      expect([path, await read(`${path}${path.includes('?') ? '&' : '?'}after=1`)]).toEqual([path, 200])
    }
    await read(`/v1/requests/${stray}`)
    await read(`/v1/requests/${newThingId()}`)
    await read(`/v1/requests?${stray}=${name}`)
    await read(`/v1/cases?cursor=${stray}`)
    await read(`/${stray}/${name}?${place}`)
    await read(`/v1/cases/${stray.repeat(40)}`)
    await read('/v1/cases', () => ({}))
    await read('/v1/cases', (headers) => ({ ...headers, authorization: `DPoP ${stray}` }))
    await read('/v1/cases', (headers) => ({ ...headers, dpop: `${stray}.${name}.${place}` }))
    await read('/v1/cases', (headers) => ({
      ...headers,
      'last-event-id': stray,
      'if-none-match': `"${stray}"`,
      prefer: `wait=${stray}`,
    }))
    for (const assertion of [stray, `${stray}.${name}.${place}`, described.submission.statement]) {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        [stray]: name,
      })
      const answer = await fetch(`${url}/v1/token`, { method: 'POST', body, headers: { dpop: stray } })
      statuses.add(answer.status)
    }

    const twice = await fetch(`${url}/v1/token`, {
      method: 'POST',
      body: `${stray}=${name}&${stray}=${place}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    statuses.add(twice.status)

    // What is wrong in every field, with words of a content in it.
    const sound = await a.prepare({
      kind: 'case.describe',
      about: newThingId(),
      body: {},
      tells: { ...inventedPerson, value: person },
    })
    const [contents] = [sound.submission.contents ?? []]
    const bad: unknown[] = [
      stray,
      { [stray]: name },
      { ...sound.submission, [stray]: place },
      { statement: { [name]: place } },
      { ...sound.submission, statement: stray },
      { ...sound.submission, statement: `${stray}.${name}.${place}` },
      { ...sound.submission, document: stray },
      { ...sound.submission, document: Buffer.from(JSON.stringify({ [name]: place })).toString('base64url') },
      { ...sound.submission, contents: [{ salt: stray, data: name }] },
      {
        ...sound.submission,
        contents: contents.map(({ salt }) => ({
          salt,
          data: Buffer.from(`{"${name}":"${place}"}`).toString('base64url'),
        })),
      },
      { ...sound.submission, contents: [...contents, { salt: stray, data: stray }] },
    ]
    for (const body of bad) statuses.add(await post(JSON.stringify(body)))
    statuses.add(await post(`{"${name}": ${place}`))
    statuses.add(await post('{}', { 'content-type': `text/${stray}` }))
    statuses.add(await post('{}', { 'content-encoding': stray, [`x-${stray}`]: name, cookie: place }))
    statuses.add(await post(JSON.stringify({ statement: note.repeat(400_000) })))

    // Signed by a sound key, and yet refused: payloads with members that are not theirs, which no program of ours would sign.
    const { payload } = sound.statement
    for (const change of [
      { about: stray },
      { body: { [name]: place } },
      { mechanism: stray },
      { kind: stray },
      { [name]: { [place]: note } },
      { to: [stray] },
      { aud: [stray], re: [stray] },
      { iat: stray },
      { seen: { ...payload.seen, origin: stray } },
      { seen: { ...payload.seen, [stray]: name } },
      { caveats: [stray] },
      { content: [{ ...payload.content?.[0], mediaType: `text/${stray}`, [name]: place }] },
      { kind: 'request.withdraw', re: [described.statement.id], content: undefined },
      { kind: 'case.describe', document: { sha256: stray, mediaType: stray } },
    ]) {
      const signed = await signAnything(sound.statement.jws, { ...payload, ...change }, a.signer)
      keepSubmission({ statement: signed })
      statuses.add(await post(JSON.stringify({ ...sound.submission, statement: signed })))
    }
    // The same of contents.
    for (const value of [
      { [name]: place },
      { names: [{ full: name, [place]: note }] },
      { names: [{ full: 'x' }], birth: { date: { edtf: stray, verbatim: note } } },
      [name],
      note,
    ]) {
      const prepared = await a.prepare({
        kind: 'case.describe',
        about: newThingId(),
        body: {},
        tells: { ...inventedPerson, value },
      })
      keepSubmission(prepared.submission)
      keep(prepared.statement.id, prepared.statement.payload.about)
      const status = await post(JSON.stringify(prepared.submission))
      expect([JSON.stringify(value), status]).toEqual([JSON.stringify(value), 422])
      statuses.add(status)
    }
    const forged = await a.prepare(
      { kind: 'case.describe', about: newThingId(), body: {}, tells: { ...inventedPerson, value: person } },
      await newSigner(),
    )
    keepSubmission(forged.submission)
    statuses.add(await post(JSON.stringify(forged.submission)))
    // Beyond the rate, for every further statement.
    for (let i = 0; i < 60; i++) {
      const one = await a.prepare({
        kind: 'case.describe',
        about: newThingId(),
        body: {},
        tells: { ...inventedPerson, value: person },
      })
      keepSubmission(one.submission)
      keep(one.statement.payload.about, one.statement.id)
      statuses.add((await a.post(one.submission)).status)
    }

    expect([...statuses].sort()).toEqual([200, 201, 400, 401, 404, 409, 413, 414, 415, 422, 429])
    await attacked.service.stop()
    const log = attacked.service.output()
    const lines = log.split('\n').filter((line) => line !== '')
    expect(lines.filter((line) => line.includes('"refused"')).length).toBeGreaterThan(20)
    expect(lines.filter((line) => line.includes('"answered"')).length).toBeGreaterThan(80)
    const told = [...secret].filter((value) => log.toLowerCase().includes(value.toLowerCase()))
    expect(
      told.map((value) => ({ value, line: lines.find((line) => line.toLowerCase().includes(value.toLowerCase())) })),
    ).toEqual([])
  }, 120_000)
})

import { canonicalForm, encodeCaseIds, newThingId, sha256, toBase64url, utf8 } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { Author, inventedCase, inventedPerson, inventedRequest, newSigner } from './support/author.ts'
import { sceneOfFile } from './support/scene-of-file.ts'
import { asked, nothingFound } from './support/scenes.ts'

const { service, a, b, mechanism } = await sceneOfFile()

describe('bad input gets its own documented problem, and leaves nothing behind', () => {
  async function refused(
    answer: Promise<{ status: number; body: { type: string; field?: string; rule?: string } }>,
    name: string,
    status: number,
  ) {
    const before = await service.size()
    const { status: got, body } = await answer
    expect({ status: got, type: body.type }).toEqual({ status, type: `urn:tidings:problem:${name}` })
    expect(await service.size(), 'nothing was recorded').toBe(before)
    expect((await service.vault.count()).pending, 'nothing is left in the vault').toBe(0)
    return body
  }

  it('malformed JSON', async () => {
    await refused(a.post('{"statement":'), 'malformed-json', 400)
  })

  it('a body of another form names the member', async () => {
    const body = await refused(a.post({ jws: 'x' }), 'parameters', 400)
    expect(body.field).toBe('body/statement')
    const more = await refused(a.post({ statement: 'x', jws: 'x' }), 'parameters', 400)
    expect([more.field, more.rule]).toEqual(['body', 'has members that are not in the schema: jws'])
    const none = await refused(a.post('null'), 'parameters', 400)
    expect(none.field).toBe('body')
  })

  it('a second encoding of the same statement', async () => {
    const { submission } = await a.prepare(inventedCase())
    await refused(a.post({ ...submission, statement: `${submission.statement}=` }), 'encoding', 400)
    await refused(a.post({ ...submission, statement: submission.statement.replace('.', '. ') }), 'encoding', 400)
  })

  it('another header', async () => {
    const { submission } = await a.prepare(inventedCase())
    const [, payload, signature] = submission.statement.split('.')
    const header = toBase64url(utf8('{"alg":"none"}'))
    await refused(a.post({ ...submission, statement: `${header}.${payload}.${signature}` }), 'header', 400)
  })

  it('a payload that is not in its canonical form', async () => {
    const { submission, statement } = await a.prepare(inventedCase())
    const [header, , signature] = submission.statement.split('.')
    const payload = toBase64url(utf8(JSON.stringify(statement.payload, null, 1)))
    await refused(a.post({ ...submission, statement: `${header}.${payload}.${signature}` }), 'canonical-form', 400)
  })

  it('a member that the schema does not know is named by its field', async () => {
    const { submission, statement } = await a.prepare(inventedCase())
    const [header, , signature] = submission.statement.split('.')
    const payload = toBase64url(canonicalForm({ ...statement.payload, body: { name: 'x' } }))
    const body = await refused(a.post({ ...submission, statement: `${header}.${payload}.${signature}` }), 'schema', 422)
    expect(body.field).toBe('/body')
  })

  it('altered bytes: the signature no longer fits', async () => {
    const { submission, statement } = await a.prepare(inventedCase())
    const [header, , signature] = submission.statement.split('.')
    const payload = toBase64url(canonicalForm({ ...statement.payload, about: newThingId() }))
    await refused(a.post({ ...submission, statement: `${header}.${payload}.${signature}` }), 'signature', 401)
  })

  it('a party that never began', async () => {
    const stranger = await Author.make(service.url, service.origin)
    await refused(stranger.say(inventedCase()), 'unknown-party', 401)
  })

  it('a key that is not of the party', async () => {
    await refused(a.say(inventedCase(), b.signer), 'unknown-key', 401)
  })

  it('a content that does not open its commitment', async () => {
    const { submission } = await a.prepare(inventedCase())
    const salt = toBase64url(new Uint8Array(32))
    await refused(
      a.post({ ...submission, contents: submission.contents?.map((c) => ({ ...c, salt })) }),
      'commitment',
      422,
    )
    await refused(a.post({ statement: submission.statement }), 'commitment', 422)
  })

  it('a content that does not fit its media type', async () => {
    await refused(a.say({ ...inventedCase(), tells: { ...inventedPerson, value: { nickname: 'x' } } }), 'content', 422)
  })

  it('a document that is missing, or another one', async () => {
    const { submission } = await a.prepare({
      kind: 'party.describe',
      about: a.id,
      body: {},
      document: {
        mediaType: 'application/vnd.tidings.party-description+json',
        value: { name: { en: 'Commission A' } },
      },
    })
    await refused(a.post({ statement: submission.statement }), 'document', 422)
    await refused(a.post({ ...submission, document: toBase64url(utf8('{}')) }), 'document', 422)
  })

  it('a manifest that does not describe its list', async () => {
    const list = (count: number) =>
      a.say({
        kind: 'list.publish',
        about: newThingId(),
        body: {},
        document: {
          mediaType: 'application/vnd.tidings.list-manifest+json',
          value: { version: 1, asOf: '2031-01-01', count, root: toBase64url(sha256(new Uint8Array())) },
        },
        tells: { mediaType: 'application/vnd.tidings.case-ids', bytes: encodeCaseIds([newThingId()]) },
      })
    expect(await refused(list(2), 'document', 422)).toMatchObject({ field: '/document/count' })
    expect(await refused(list(1), 'document', 422)).toMatchObject({ field: '/document/root' })
  })

  it('a content that is not in its canonical form', async () => {
    const bytes = utf8('{"names":[{"full":"Invented"}],"names":[{"full":"Other"}]}')
    await refused(a.say({ ...inventedCase(), tells: { ...inventedPerson, bytes } }), 'canonical-form', 400)
  })

  it('something too large: a body, a payload', async () => {
    await refused(a.post({ statement: 'x'.repeat(3 * 1024 * 1024) }), 'too-large', 413)
    await refused(a.post({ statement: 'x'.repeat(20_000) }), 'too-large', 413)
  })

  it("another party's stream", async () => {
    const about = newThingId()
    expect((await a.say({ kind: 'case.describe', about, body: {}, tells: inventedPerson })).status).toBe(201)
    await refused(b.say({ kind: 'case.describe', about, body: {}, tells: inventedPerson }), 'not-the-founder', 403)
  })

  it('a party that is not in the mechanism', async () => {
    const c = await Author.begin(service.url, service.origin)
    await refused(c.say(asked(a, mechanism).said), 'not-a-participant', 403)
    await refused(a.say(asked(c, mechanism).said), 'addressee-not-a-commission', 409)
    await refused(a.say(asked(b, newThingId()).said), 'mechanism-not-in-force', 409)
  })

  it('a wrong state: an answer to nothing, an answer twice, an assessment of nothing', async () => {
    const { about, said } = asked(b, mechanism)
    const reply = (re: string) => nothingFound(a, mechanism, about, re)
    await refused(b.say(reply(toBase64url(new Uint8Array(32)))), 'not-founded', 409)
    const submitted = await a.say(said)
    expect(submitted.status).toBe(201)
    await refused(
      a.say({
        kind: 'request.assess',
        about,
        mechanism,
        aud: [b.id],
        re: [submitted.body.id],
        body: { assessments: [{ question: 'fate', assessment: 'accepted' }] },
      }),
      'answers-another',
      409,
    )
    const first = await b.say(reply(submitted.body.id))
    expect(first.status).toBe(201)
    const body = await refused(b.say(reply(submitted.body.id)), 'already-answered', 409)
    expect(body).toMatchObject({ leaf: first.body.leaf, question: 'fate', reason: 'already-answered' })
  })

  it('a revoked key', async () => {
    const officer = await newSigner()
    const delegated = await a.say({
      kind: 'party.delegate',
      about: a.id,
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    expect(delegated.status).toBe(201)
    expect((await a.say(inventedCase(), officer)).status).toBe(201)
    const { kid } = (await a.prepare(inventedCase(), officer)).statement
    const revoked = await a.say({ kind: 'party.revoke-key', about: a.id, body: { key: kid, reason: 'lost' } })
    const body = await refused(a.say(inventedCase(), officer), 'key-revoked', 403)
    expect(body).toMatchObject({ leaf: revoked.body.leaf })
  })

  it('a checkpoint of another log, or one that this log never had', async () => {
    const odd = await Author.begin(service.url, service.origin)
    odd.sees({ origin: 'elsewhere.example/log', size: 0, root: toBase64url(new Uint8Array(32)) })
    await refused(odd.say(inventedCase()), 'seen-not-a-prefix', 409)
    odd.sees({ origin: service.origin, size: 2, root: toBase64url(new Uint8Array(32)) })
    await refused(odd.say(inventedCase()), 'seen-not-a-prefix', 409)
  })

  it('content asked for by one who is not entitled, or without a token', async () => {
    const { said } = asked(b, mechanism)
    const { statement, submission } = await a.prepare({ ...said, tells: inventedRequest })
    expect((await a.post(submission)).status).toBe(201)
    const response = await fetch(`${service.url}/v1/contents/${statement.payload.content?.[0]?.commitment}`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ type: 'urn:tidings:problem:token-missing' })
  })
})

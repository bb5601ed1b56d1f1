import { dutyKinds } from '@tidings/exchange'
import { dump } from '@tidings/read-model'
import type { Server } from '@tidings/service-kit'
import {
  checkOpening,
  fromBase64url,
  leafEntry,
  newThingId,
  readStatement,
  type Statement,
  streamOf,
} from '@tidings/statement'
import { verifyTlogProof } from '@tidings/transparency'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDesk } from './app.ts'
import { routeAccess } from './routes/access.ts'
import { castOf, readersOf } from './testing/cast.ts'
import { openTestDesk, type Read, type TestDesk } from './testing/test-desk.ts'
import type { TestKey, TestParty } from './testing/world.ts'

/**
 * Two commissions, a mediator, an agency and an observer in one mechanism; an outsider in none. A asks B three times and tells B and the agency
 * of a place; B answers once, and drafts an answer.
 */
let t: TestDesk
let a: TestParty
let b: TestParty
let mediator: TestParty
let agency: TestParty
let observer: TestParty
let outsider: TestParty
let mechanism: string
let drafting: TestKey
let as: Record<string, Read>
const said: Record<string, Statement> = {}
const caseId = newThingId()

beforeAll(async () => {
  t = await openTestDesk({ limits: { leafSeconds: 1 } })
  const { world } = t
  ;({ a, b, mediator, agency, observer, outsider, mechanism } = await castOf(
    world,
    'a',
    'b',
    'mediator',
    'agency',
    'observer',
    'outsider',
  ))
  drafting = await b.delegates('draft')
  const copy = { aud: [agency] }
  said.first = await a.submits(b, mechanism, ['fate', 'remains'], { ...copy, case: caseId })
  said.second = await a.submits(b, mechanism, ['burial-place'], copy)
  said.third = await a.submits(b, mechanism, ['documents'], { aud: [agency, observer] })
  said.reply = await b.replies(
    said.first,
    [
      { question: 'fate', disposition: 'given' },
      { question: 'remains', disposition: 'not-now', review: '2031-06-01' },
    ],
    copy,
  )
  said.assessment = await a.assesses(said.first, said.reply, [{ question: 'fate', assessment: 'accepted' }], copy)
  said.void = await b.replies(said.first, [{ question: 'fate', disposition: 'given' }], copy)
  said.draft = await b.replies(said.second, [{ question: 'burial-place', disposition: 'given' }], {
    ...copy,
    key: drafting,
  })
  said.thirdReply = await b.replies(said.third, [{ question: 'documents', disposition: 'none-found' }], copy)
  said.disclosure = await a.discloses([b, observer], mechanism, copy)
  said.acknowledgement = await b.acknowledges(said.disclosure, copy)
  said.case = await a.describesCase(caseId)
  said.shared = await a.describesCase(newThingId(), { aud: [agency] })
  await t.publish()
  as = await readersOf(t, { a, b, mediator, agency, observer, outsider })
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

const about = (name: string) => said[name]?.payload.about ?? ''
const id = (name: string) => said[name]?.id ?? ''
const commitment = (name: string) => said[name]?.payload.content?.[0]?.commitment ?? ''
const read = async (reader: string, path: string) => (await as[reader]?.(path)) ?? { status: 0, headers: {}, body: {} }
const statuses = async (path: string) => {
  const found: Record<string, number> = {}
  for (const reader of Object.keys(as)) found[reader] = (await read(reader, path)).status
  return found
}

describe('every route of the desk', () => {
  const example = (url: string) =>
    url
      .replace(':commitment', commitment('first'))
      .replace('/calculation', '/calculation?assume=continuation')
      .replace(
        ':id',
        url.includes('/parties/')
          ? a.id
          : url.includes('/statements/')
            ? id('first')
            : url.includes('/mechanisms/')
              ? mechanism
              : url.includes('/duties/')
                ? `${about('first')}.0`
                : about('first'),
      )

  it('is 401 without a token', async () => {
    for (const url of Object.keys(routeAccess)) {
      const answer = await t.server.inject({ method: 'GET', url: example(url) })
      expect(answer.statusCode, url).toBe(401)
      expect(answer.json().type).toBe('urn:tidings:problem:token-missing')
    }
  })

  it('stands in the table of who may see what, or is not registered', async () => {
    const documented = Object.keys((t.server as Server).swagger().paths ?? {}).filter((path) => path !== '/v1/token')
    expect(documented.map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1')).sort()).toEqual(
      Object.keys(routeAccess).sort(),
    )
    const { createLogger, createServer } = await import('@tidings/service-kit')
    const { guardReading } = await import('./routes/reading.ts')
    const server = await createServer({ logger: createLogger('silent'), title: 't', version: '0' })
    guardReading(server, { issue: () => Promise.reject(), authenticate: () => Promise.reject(), counts: () => false })
    expect(() => server.get('/v1/secrets', async () => ({}))).toThrow(/does not say who may see/)
  })

  it('is described: operation, summary, tag, security and answer', () => {
    const { paths } = (t.server as Server).swagger()
    const operations = Object.values(paths ?? {}).flatMap((path) => path?.get ?? [])
    expect(operations.length).toBe(Object.keys(routeAccess).length)
    for (const operation of operations) {
      expect(operation).toMatchObject({ tags: ['reading'], security: [{ token: [] }] })
      expect(operation.summary?.length).toBeGreaterThan(10)
      expect(operation.responses?.['200']).toHaveProperty('content')
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  })

  it('answers privately, and refuses what it does not know', async () => {
    for (const path of ['/v1/requests', `/v1/parties/${a.id}/outstanding`]) {
      const answer = await read('a', path)
      expect(answer.headers['cache-control']).toBe('private, no-cache')
      expect((await read('a', `${path}?mechansim=${mechanism}`)).body).toMatchObject({
        type: 'urn:tidings:problem:parameters',
      })
      for (const wrong of ['limit=0', 'limit=1001', 'cursor=nonsense', 'after=-1']) {
        expect((await read('a', `${path}?${wrong}`)).status, wrong).toBe(400)
      }
    }
  })

  it('tells an outsider nothing, not even that there is something', async () => {
    for (const url of Object.keys(routeAccess).filter((path) => path !== '/v1/changes')) {
      const answer = await read('outsider', example(url))
      if (url.endsWith('.ics')) expect(answer.body).not.toContain('VEVENT')
      else if (answer.status === 200) expect(answer.body.items, url).toEqual([])
      else expect(answer, url).toMatchObject({ status: 404, body: { type: 'urn:tidings:problem:not-found' } })
    }
  })
})

describe('GET /v1/parties/{id}/outstanding', () => {
  const noDuties = Object.fromEntries(dutyKinds.map((kind) => [kind, 0]))
  const outstanding = async (reader: string, of: TestParty, query = '') =>
    (await read(reader, `/v1/parties/${of.id}/outstanding${query}`)).body

  it('counts what the party owes beside what it is owed, duties and questions', async () => {
    const { totals, asOf } = await outstanding('b', b)
    expect(asOf).toBe(t.desk.views.size())
    expect(totals.owedBy.duties).toEqual({ ...noDuties, acknowledge: 1, reply: 1, review: 1, assess: 0 })
    expect(totals.owedBy.questions).toEqual({
      fate: 0,
      whereabouts: 0,
      circumstances: 0,
      remains: 1,
      'burial-place': 1,
      documents: 1,
    })
    expect(totals.owedTo.duties).toMatchObject({ assess: 1, reply: 0 })
    const mirrored = (await outstanding('a', a)).totals
    expect(mirrored.owedTo.duties).toEqual({ ...totals.owedBy.duties, acknowledge: 2 })
    expect(mirrored.owedBy.duties).toEqual(totals.owedTo.duties)
  })

  it('lists open duties, oldest first, with reference and time', async () => {
    const { items } = await outstanding('b', b, '?direction=owed-by')
    expect(items.map((duty: { kind: string; reference: string }) => [duty.kind, duty.reference])).toEqual([
      ['acknowledge', 'A-B-2031-00002'],
      ['reply', 'A-B-2031-00002'],
      ['review', 'A-B-2031-00001'],
    ])
    expect(items[2]).toMatchObject({
      owner: b.id,
      towards: a.id,
      question: 'remains',
      reviewDate: '2031-06-01',
      openedBy: id('reply'),
      mechanism,
      stream: 'request',
    })
    expect(items[2].openedOn).toMatch(/^2031-01-02T00:00:\d\dZ$/)
  })

  it.each([
    ['?direction=owed-to', ['assess']],
    ['?kind=review', ['review']],
    ['?question=burial-place', ['reply']],
    ['?direction=owed-by&kind=assess', []],
    ['', ['acknowledge', 'reply', 'review', 'assess']],
  ])('filters by %s', async (query, kinds) => {
    const { items } = await outstanding('b', b, query)
    expect(items.map(({ kind }: { kind: string }) => kind).sort()).toEqual([...kinds].sort())
  })

  it('filters by the other party and by mechanism; totals follow the mechanism alone', async () => {
    expect((await outstanding('a', a, `?towards=${observer.id}`)).items).toMatchObject([{ owner: observer.id }])
    const elsewhere = await outstanding('a', a, `?mechanism=${newThingId()}`)
    expect(elsewhere.items).toEqual([])
    expect(elsewhere.totals.owedTo.duties.reply).toBe(0)
    expect((await outstanding('a', a, `?kind=review`)).totals.owedTo.duties.reply).toBe(1)
  })

  it('pages by cursor: the pages together are the whole', async () => {
    const whole = (await outstanding('a', a)).items
    const paged: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await outstanding('a', a, `?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
      expect(page.items).toHaveLength(1)
      paged.push(...page.items)
      cursor = page.next
    } while (cursor)
    expect(paged).toEqual(whole)
    expect(whole.length).toBeGreaterThan(4)
  })

  it('is for the party itself and its mediator', async () => {
    expect(await statuses(`/v1/parties/${a.id}/outstanding`)).toEqual({
      a: 200,
      mediator: 200,
      b: 403,
      agency: 403,
      observer: 403,
      outsider: 404,
    })
    expect((await outstanding('mediator', a)).items).toEqual((await outstanding('a', a)).items)
  })
})

describe('requests', () => {
  it('show both sides the same: what was asked, what was stated of each question', async () => {
    const seen = (await read('a', `/v1/requests/${about('first')}`)).body
    expect((await read('b', `/v1/requests/${about('first')}`)).body).toEqual(seen)
    expect(seen).toMatchObject({
      reference: 'A-B-2031-00001',
      asker: a.id,
      addressee: b.id,
      matter: { type: 'case', case: caseId },
      withdrawn: false,
      openDuties: 1,
      questions: [
        { question: 'fate', open: false, disposition: 'given', assessment: 'accepted', closed: 'accepted' },
        { question: 'remains', open: true, disposition: 'not-now' },
      ],
    })
    expect(seen.duties).toHaveLength(5)
  })

  it('are named by id or by reference, and in no other form', async () => {
    for (const name of ['x', 'a-b-2031-00001', 'A-B-2031-1'])
      expect(await read('a', `/v1/requests/${name}`), name).toMatchObject({
        status: 400,
        body: { field: 'params/id', rule: 'must be a UUIDv7 in lower case, or a reference such as A-B-2026-00123' },
      })
  })

  it('are found by reference as by id', async () => {
    const byId = (await read('a', `/v1/requests/${about('second')}`)).body
    expect((await read('a', '/v1/requests/A-B-2031-00002')).body).toEqual(byId)
    expect((await read('a', '/v1/requests/A-B-2031-00002/timeline')).body.id).toBe(about('second'))
    expect((await read('a', '/v1/requests/A-B-2031-00009')).status).toBe(404)
    expect((await read('outsider', '/v1/requests/A-B-2031-00002')).status).toBe(404)
  })

  it.each([
    ['a', '', 3],
    ['b', '?side=addressee', 3],
    ['a', '?side=addressee', 0],
    ['mediator', '', 3],
    ['agency', '', 3],
    ['observer', '', 0],
    ['outsider', '', 0],
    ['a', '?open=true', 3],
    ['a', '?open=false', 0],
    ['a', `?matter=${caseId}`, 1],
    ['agency', `?matter=${caseId}&open=true`, 1],
    ['b', `?matter=${caseId}&side=asker`, 0],
    ['outsider', `?matter=${caseId}`, 0],
    ['a', '?reference=A-B-2031-00003', 1],
    ['mediator', '?limit=2', 2],
  ])('%s lists %s: %i', async (reader, query, count) => {
    expect((await read(reader, `/v1/requests${query}`)).body.items).toHaveLength(count)
  })

  it('whose audience left someone out are no longer shown to it whole; what it was shown stays', async () => {
    expect(await read('observer', `/v1/requests/${about('third')}`)).toMatchObject({
      status: 403,
      body: { type: 'urn:tidings:problem:not-entitled' },
    })
    const { entries } = (await read('observer', `/v1/requests/${about('third')}/timeline`)).body
    expect(entries.map(({ statement }: { statement: string }) => statement)).toEqual([id('third')])
    expect(entries[0].opened).toHaveLength(2)
    for (const duty of entries[0].opened) expect(duty).not.toHaveProperty('dischargedBy')
  })

  it('have a timeline: each statement with what followed from it; what is void or held is its author’s alone', async () => {
    const timeline = async (reader: string, name: string) =>
      (await read(reader, `/v1/requests/${about(name)}/timeline`)).body.entries.map(
        (entry: { kind: string; verdict: { verdict: string }; opened: unknown[]; discharged: unknown[] }) => [
          entry.kind,
          entry.verdict.verdict,
          entry.opened.length,
          entry.discharged.length,
        ],
      )
    const seen = [
      ['request.submit', 'effective', 3, 0],
      ['request.reply', 'effective', 2, 3],
      ['request.assess', 'effective', 0, 1],
    ]
    expect(await timeline('a', 'first')).toEqual(seen)
    expect(await timeline('mediator', 'first')).toEqual(seen)
    expect(await timeline('b', 'first')).toEqual([...seen, ['request.reply', 'void', 0, 0]])
    expect(await timeline('a', 'second')).toHaveLength(1)
    expect(await timeline('b', 'second')).toEqual([
      ['request.submit', 'effective', 2, 0],
      ['request.reply', 'held', 0, 0],
    ])
  })
})

describe('disclosures', () => {
  it('are shown to their sides, the audience and the mediator', async () => {
    expect(await statuses(`/v1/disclosures/${about('disclosure')}`)).toEqual({
      a: 200,
      b: 200,
      observer: 200,
      agency: 200,
      mediator: 200,
      outsider: 404,
    })
    expect((await read('a', '/v1/disclosures?side=author')).body.items).toMatchObject([
      { id: about('disclosure'), author: a.id, addressees: [b.id, observer.id], openDuties: 1 },
    ])
  })

  it('show an addressee its own duty, not what another addressee has done', async () => {
    const entries = async (reader: string) =>
      (await read(reader, `/v1/disclosures/${about('disclosure')}/timeline`)).body.entries
    expect(await entries('a')).toHaveLength(2)
    const [made, ...others] = await entries('observer')
    expect(others).toEqual([])
    expect(made.opened).toMatchObject([{ owner: observer.id }])
  })
})

describe('registers', () => {
  it('show a case file to its party, and to whoever stands in its audience', async () => {
    expect(await statuses(`/v1/cases/${about('case')}`)).toMatchObject({ a: 200, b: 404, agency: 404, mediator: 404 })
    expect(await statuses(`/v1/cases/${about('shared')}`)).toMatchObject({ a: 200, b: 404, agency: 200, mediator: 404 })
    expect((await read('a', '/v1/cases')).body.items).toHaveLength(2)
    expect((await read('agency', '/v1/cases')).body.items).toMatchObject([{ id: about('shared'), party: a.id }])
    expect((await read('b', '/v1/cases')).body.items).toEqual([])
  })
})

describe('parties and mechanisms', () => {
  it('are shown to those who take part', async () => {
    const all = { a: 200, b: 200, mediator: 200, agency: 200, observer: 200, outsider: 404 }
    expect(await statuses(`/v1/parties/${b.id}`)).toEqual(all)
    expect(await statuses(`/v1/mechanisms/${mechanism}`)).toEqual(all)
    const { keys, mechanisms } = (await read('observer', `/v1/parties/${b.id}`)).body
    expect(keys.map(({ role }: { role: string }) => role)).toEqual(['sign', 'recover', 'draft'])
    expect(mechanisms).toEqual([mechanism])
    expect((await read('a', '/v1/mechanisms')).body.items).toMatchObject([
      { id: mechanism, inForce: true, proposals: [{ by: a.id, waitsFor: [] }] },
    ])
  })
})

describe('statements', () => {
  it.each([
    ['first', { a: 200, b: 200, mediator: 200, agency: 200, observer: 404, outsider: 404 }],
    ['third', { a: 200, b: 200, mediator: 200, agency: 200, observer: 200, outsider: 404 }],
    ['void', { a: 404, b: 200, mediator: 404, agency: 404, observer: 404, outsider: 404 }],
    ['draft', { a: 404, b: 200, mediator: 404, agency: 404, observer: 404, outsider: 404 }],
    ['case', { a: 200, b: 404, mediator: 404, agency: 404, observer: 404, outsider: 404 }],
  ])('%s', async (name, expected) => {
    expect(await statuses(`/v1/statements/${id(name)}`)).toEqual(expected)
    expect(await statuses(`/v1/statements/${id(name)}/receipt`)).toEqual(expected)
  })

  it('come with their bytes, verdict and time', async () => {
    expect((await read('b', `/v1/statements/${id('void')}`)).body).toMatchObject({
      statement: said.void?.jws,
      stream: streamOf((said.void as Statement).payload),
      verdict: { verdict: 'void', reason: 'question-closed', question: 'fate' },
    })
  })

  it('have a receipt that a stranger can verify, with the key statements that its signature rests on', async () => {
    const receipt = (await read('a', `/v1/statements/${id('draft')}/receipt`)).body
    expect(receipt.type).toBe('urn:tidings:problem:not-found')
    const own = (await read('b', `/v1/statements/${id('draft')}/receipt`)).body
    for (const item of [own, ...own.keys]) {
      const checkpoint = await verifyTlogProof(item.proof, leafEntry(item.statement), t.log.vkey)
      expect(checkpoint.size).toBe((await t.log.latest()).size)
    }
    expect(own.keys.map(({ statement }: { statement: string }) => readStatement(statement).payload.kind)).toEqual([
      'party.inception',
      'party.delegate',
    ])
  })
})

describe('contents', () => {
  it.each([
    ['first', { a: 200, b: 200, agency: 200, mediator: 403, observer: 404, outsider: 404 }],
    ['reply', { a: 200, b: 200, agency: 200, mediator: 403, observer: 404, outsider: 404 }],
    ['void', { a: 404, b: 200, agency: 404, mediator: 404, observer: 404, outsider: 404 }],
    ['draft', { a: 404, b: 200, agency: 404, mediator: 404, observer: 404, outsider: 404 }],
    ['case', { a: 200, b: 404, agency: 404, mediator: 404, observer: 404, outsider: 404 }],
    ['shared', { a: 200, b: 404, agency: 200, mediator: 404, observer: 404, outsider: 404 }],
  ])('of %s', async (name, expected) => {
    expect(await statuses(`/v1/contents/${commitment(name)}`)).toEqual(expected)
  })

  it('open their commitment', async () => {
    const [reference] = said.first?.payload.content ?? []
    const { salt, data, mediaType } = (await read('b', `/v1/contents/${commitment('first')}`)).body
    expect(mediaType).toBe(reference?.mediaType)
    if (reference) checkOpening(reference, { salt: fromBase64url(salt), data: fromBase64url(data) })
    expect.assertions(1)
  })
})

describe('what is recorded later', () => {
  it('is waited for: after a leaf, or 503 with a time to try again', async () => {
    const next = t.desk.views.size()
    const waiting = read('a', `/v1/requests?after=${next}`)
    await a.submits(b, mechanism, ['fate'], { aud: [agency] })
    await t.publish()
    expect((await waiting).body).toMatchObject({ asOf: next + 1 })
    const late = await read('a', `/v1/requests?after=${next + 1}`)
    expect(late).toMatchObject({ status: 503, body: { type: 'urn:tidings:problem:not-reached', leaf: next + 1 } })
    expect(late.headers['retry-after']).toBeDefined()
  })

  it('is not shown before a checkpoint covers it', async () => {
    const size = t.desk.views.size()
    await a.submits(b, mechanism, ['fate'], { aud: [agency] })
    expect((await read('a', `/v1/requests?after=${size}`)).status).toBe(503)
    await t.publish()
    expect((await read('a', `/v1/requests?after=${size}`)).status).toBe(200)
  })

  it('a released draft counts, and is seen, from its release', async () => {
    const release = await b.releases(said.draft as Statement)
    await t.publish()
    expect(await statuses(`/v1/statements/${id('draft')}`)).toMatchObject({ a: 200, mediator: 200, observer: 404 })
    expect(await statuses(`/v1/statements/${release.id}`)).toMatchObject({ a: 200, mediator: 200, observer: 404 })
    expect(await statuses(`/v1/contents/${commitment('draft')}`)).toMatchObject({ a: 200, mediator: 403 })
    const { verdict } = (await read('a', `/v1/statements/${id('draft')}`)).body
    expect(verdict).toEqual({ verdict: 'effective', since: t.desk.views.size() - 1 })
    expect((await read('a', `/v1/requests/${about('second')}`)).body.questions).toMatchObject([
      { disposition: 'given' },
    ])
  })

  it('a revoked key reads no more, at once', async () => {
    const officer = await t.as(b, drafting)
    expect((await officer('/v1/requests')).status).toBe(200)
    await b.revokes(drafting)
    await t.publish()
    expect((await officer('/v1/requests')).body).toMatchObject({ type: 'urn:tidings:problem:token-invalid' })
  })
})

describe('the views', () => {
  it('equal a rebuild, and say while they catch up', async () => {
    const before = dump(t.desk.views.reader)
    expect(await t.desk.waitsFor()).toBeUndefined()
    const rebuilding = t.desk.rebuild()
    await rebuilding
    expect(dump(t.desk.views.reader)).toEqual(before)
    expect(await t.desk.waitsFor()).toBeUndefined()
    expect((await read('a', '/v1/requests')).status).toBe(200)
  })

  it('of the past show nobody anything: what ends a key may be what they do not know yet', async () => {
    using _ = vi.spyOn(t.desk.views, 'isCurrent').mockReturnValue(false)
    const answer = await read('a', '/v1/requests')
    expect(answer).toMatchObject({ status: 503, body: { type: 'urn:tidings:problem:busy' } })
    expect(answer.headers['retry-after']).toBeDefined()
  })

  it('equal those of a desk that was opened later', async () => {
    await using later = await openDesk({ ...t.desk.options, readModelFile: `${t.folder}/later.db` })
    expect(await later.waitsFor()).toMatch(/^caught up to leaf \d+ of \d+$/)
    await later.views.waitForLeaf(t.desk.views.size() - 1, AbortSignal.timeout(5000))
    expect(dump(later.views.reader)).toEqual(dump(t.desk.views.reader))
    expect(await later.waitsFor()).toBeUndefined()
  })
})

import { type OperationName, operations } from '@tidings/client/contract'
import type { Rules, Statement } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { castOf, readersOf } from './testing/cast.ts'
import { type Answer, openTestDesk, type Read, type TestDesk } from './testing/test-desk.ts'
import type { TestParty } from './testing/world.ts'

/** Two commissions with a mediator and a third in one mechanism under rules; an outsider in none. */
let t: TestDesk
let a: TestParty
let b: TestParty
let third: TestParty
let mediator: TestParty
let mechanism: string
let now = Date.UTC(2031, 0, 2, 12)
let as: Record<string, Read>
const said: Record<string, Statement> = {}

beforeAll(async () => {
  t = await openTestDesk({ now: () => now, limits: { waitSeconds: 1, streamsPerReader: 2, streams: 3 } })
  const { world } = t
  ;({ a, b, third, mediator, mechanism } = await castOf(world, 'a', 'b', 'third', 'mediator'))
  said.request = await a.submits(b, mechanism, ['fate'])
  said.other = await third.submits(b, mechanism, ['fate'])
  said.disclosure = await a.discloses([b], mechanism)
  said.case = await a.describesCase()
  await t.publish()
  as = await readersOf(t, { a, b, third, mediator })
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

const read = async (reader: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  await (as[reader] as Read)(path, headers)
const tagOf = async (reader: string, path: string) => String((await read(reader, path)).headers.etag)
const about = (name: string) => said[name]?.payload.about ?? ''
/** The record is read as slowly as by a busy disk: what is read next waits for `goOn`. */
function slowRecord() {
  const { store } = t.desk.options
  const readAll = store.readAll.bind(store)
  const asked = Promise.withResolvers<void>()
  const { promise, resolve: goOn } = Promise.withResolvers<void>()
  const spy = vi.spyOn(store, 'readAll').mockImplementationOnce(async function* (...given) {
    asked.resolve()
    await promise
    yield* readAll(...given)
  })
  return { asked: asked.promise, goOn, [Symbol.dispose]: () => spy.mockRestore() }
}

/** A new request, and where its timeline is read. */
async function submitted() {
  const request = await a.submits(b, mechanism)
  await t.publish()
  return { request, path: `/v1/requests/${request.payload.about}/timeline` }
}

async function acknowledged({ id, payload }: Statement) {
  await b.states('request.acknowledge', { about: payload.about, mechanism, aud: [a.id], re: [id], body: {} })
}

const requestPath = () => `/v1/requests/${about('request')}`

describe('a reading', () => {
  it('carries an entity tag; whoever has it is told so and sent nothing', async () => {
    const paths = [
      requestPath(),
      `${requestPath()}/timeline`,
      '/v1/requests',
      '/v1/requests?open=true&limit=1',
      `/v1/parties/${a.id}`,
      `/v1/parties/${a.id}/outstanding`,
      '/v1/mechanisms',
      `/v1/mechanisms/${mechanism}`,
      `/v1/duties/${about('request')}.0`,
      `/v1/duties/${about('request')}.0/calculation?assume=continuation`,
      '/v1/deadlines.ics',
      '/v1/disclosures',
      `/v1/disclosures/${about('disclosure')}`,
      '/v1/cases',
      `/v1/cases/${about('case')}`,
      `/v1/statements/${said.request?.id}`,
      `/v1/statements/${said.request?.id}/receipt`,
      `/v1/contents/${said.request?.payload.content?.[0]?.commitment}`,
    ]
    for (const path of paths) {
      const first = await read('a', path)
      expect(first.status, path).toBe(200)
      expect(first.headers.etag, path).toMatch(/^W\/"[\w.-]+"$/)
      expect(first.headers.vary, path).toBe('Authorization')
      const again = await read('a', path, { 'if-none-match': String(first.headers.etag) })
      expect(again, path).toMatchObject({ status: 304, body: '' })
      expect(again.headers, path).toMatchObject({ etag: first.headers.etag, 'cache-control': 'private, no-cache' })
    }
    expect(paths.length).toBeGreaterThan(Object.keys(operations).length - 7)
  })

  it('takes several tags, strong ones, and the star', async () => {
    const tag = await tagOf('a', '/v1/requests')
    for (const had of [`"x", ${tag}`, tag.replace('W/', ''), '*']) {
      expect((await read('a', '/v1/requests', { 'if-none-match': had })).status, had).toBe(304)
    }
    expect((await read('a', '/v1/requests', { 'if-none-match': '"x"' })).status).toBe(200)
  })

  it('has another tag for another reader: who may not see it is refused, whatever tag it sends', async () => {
    const tag = await tagOf('a', requestPath())
    expect(await tagOf('mediator', requestPath())).not.toBe(tag)
    expect((await read('mediator', requestPath(), { 'if-none-match': tag })).status).toBe(200)
    for (const had of [tag, '*']) {
      expect((await read('third', requestPath(), { 'if-none-match': had })).status).toBe(404)
    }
  })

  it('keeps its tag while nothing is said of it, and changes it with what is', async () => {
    const single = await tagOf('a', requestPath())
    const list = await tagOf('a', '/v1/requests')
    const elsewhere = await tagOf('third', '/v1/requests')
    await a.submits(b, mechanism, ['documents'])
    await t.publish()
    expect(await tagOf('a', requestPath())).toBe(single)
    expect(await tagOf('a', '/v1/requests')).not.toBe(list)
    expect(await tagOf('third', '/v1/requests')).toBe(elsewhere)
    await b.acknowledges(said.request as Statement)
    await t.publish()
    expect(await tagOf('a', requestPath())).not.toBe(single)
  })

  it('has the tag of what is in it, also when more was said while it was read', async () => {
    const { request, path } = await submitted()
    using record = slowRecord()
    const reading = read('a', path)
    await record.asked
    await acknowledged(request)
    // Of a party: whatever follows from parties has another tag from here on.
    await third.delegates('read', 9)
    await t.publish()
    record.goOn()
    const first = await reading
    const again = await read('a', path, { 'if-none-match': String(first.headers.etag) })
    expect([first.body.entries.length, again.status]).toEqual([1, 200])
    expect(again.body.entries).toHaveLength(2)
  })

  it('changes its tag when who may see what has changed', async () => {
    const tags = await Promise.all(['/v1/requests', requestPath()].map((path) => tagOf('mediator', path)))
    await mediator.delegates('read', 9)
    await t.publish()
    const after = await Promise.all(['/v1/requests', requestPath()].map((path) => tagOf('mediator', path)))
    expect(after[0]).not.toBe(tags[0])
    expect(after[1]).not.toBe(tags[1])
  })
})

describe('Prefer: wait', () => {
  it('answers as soon as it has become another', async () => {
    const tag = await tagOf('b', '/v1/requests')
    const waiting = read('b', '/v1/requests', { 'if-none-match': tag, prefer: 'respond-async, wait=30' })
    const request = await a.submits(b, mechanism, ['remains'])
    await t.publish()
    const answer = await waiting
    expect(answer.status).toBe(200)
    expect(answer.headers['preference-applied']).toBe('wait=1')
    expect(answer.body.items.at(-1).id).toBe(request.payload.about)
  })

  it('answers as soon when it becomes another while it is looked for', async () => {
    const { request, path } = await submitted()
    const tag = await tagOf('a', path)
    using record = slowRecord()
    const waiting = read('a', path, { 'if-none-match': tag, prefer: 'wait=1' })
    await record.asked
    await acknowledged(request)
    await t.publish()
    const began = performance.now()
    record.goOn()
    expect((await waiting).body.entries).toHaveLength(2)
    // Else it would wait for a second.
    expect(performance.now() - began).toBeLessThan(900)
  })

  it('is not woken by what is said elsewhere, and ends with 304 when the time is up', async () => {
    const tag = await tagOf('third', '/v1/requests')
    const waiting = read('third', '/v1/requests', { 'if-none-match': tag, prefer: 'wait=1' })
    await a.submits(b, mechanism, ['remains'])
    await t.publish()
    const answer = await waiting
    expect(answer.status).toBe(304)
    expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=1', etag: tag })
  })

  it('waits for nothing where the reader has nothing, or something else', async () => {
    for (const headers of [{}, { 'if-none-match': '"x"' }]) {
      const answer = await read('a', '/v1/requests', { prefer: 'wait=1', ...headers })
      expect(answer.status).toBe(200)
      expect(answer.headers).not.toHaveProperty('preference-applied')
    }
  })

  it('is passed over when as many wait as may: the answer comes at once', async () => {
    const tag = await tagOf('a', requestPath())
    const had = { 'if-none-match': tag, prefer: 'wait=1' }
    const answers = await Promise.all(Array.from({ length: 3 }, () => read('a', requestPath(), had)))
    expect(answers.map(({ status }) => status)).toEqual([304, 304, 304])
    expect(answers.filter(({ headers }) => 'preference-applied' in headers)).toHaveLength(2)
  })

  it('ends when the key of the reader counts no more', async () => {
    const key = await b.delegates('read', 3)
    await t.publish()
    const officer = await t.as(b, key)
    const { headers } = await officer('/v1/requests')
    const waiting = officer('/v1/requests', { 'if-none-match': String(headers.etag), prefer: 'wait=1' })
    await b.revokes(key)
    await t.publish()
    expect(await waiting).toMatchObject({ status: 401, body: { type: 'urn:tidings:problem:token-invalid' } })
  })
})

describe('a date', () => {
  it('gives another tag when the day has changed in the agreed zone, not before', async () => {
    const [x, y] = [await t.world.party(), await t.world.party()]
    const agreed = await t.world.mechanism([x, 'commission', 'X'], [y, 'commission', 'Y'])
    const rules: Rules = {
      version: 1,
      zone: 'Asia/Tbilisi',
      periods: { reply: { n: 10, unit: 'calendar-days' } },
      calendars: [],
    }
    await t.world.agreed(agreed, rules, x, y)
    const { about: id } = (await x.submits(y, agreed, ['fate'])).payload
    await t.publish()
    const paths = [`/v1/requests/${id}`, `/v1/duties/${id}.1`, `/v1/parties/${y.id}/outstanding`, '/v1/deadlines.ics']
    const tagsAt = async (instant: string) => {
      now = Date.parse(instant)
      const reader = await t.as(y)
      return await Promise.all(paths.map(async (path) => (await reader(path)).headers.etag))
    }
    const noon = await tagsAt('2031-01-02T12:00:00Z')
    expect(noon).not.toContain(undefined)
    // Tbilisi is four hours ahead.
    expect(await tagsAt('2031-01-02T19:59:59Z')).toEqual(noon)
    const next = await tagsAt('2031-01-02T20:00:00Z')
    for (const [i, tag] of next.entries()) expect(tag, paths[i]).not.toBe(noon[i])
    expect(await tagsAt('2031-01-03T08:00:00Z')).toEqual(next)
    for (const [name, party] of Object.entries({ a, b, third, mediator })) as[name] = await t.as(party)
  })
})

describe('every list', () => {
  const lists: readonly OperationName[] = ['requests', 'disclosures', 'cases', 'lists', 'sites', 'mechanisms']
  const paths = () => [...lists.map((name) => operations[name].path), `/v1/parties/${b.id}/outstanding`]

  it('refuses what is no cursor, naming the field', async () => {
    for (const path of paths()) {
      for (const cursor of ['nonsense', 'bm9uc2Vuc2U', 'W10', '!']) {
        const answer = await read('b', `${path}?cursor=${cursor}`)
        expect(answer, `${path} ${cursor}`).toMatchObject({
          status: 400,
          body: { type: 'urn:tidings:problem:parameters', field: 'query/cursor' },
        })
      }
    }
  })

  it('names its next page by cursor and by Link, keeping what was asked for', async () => {
    const first = await read('b', '/v1/requests?limit=1&side=addressee')
    expect(first.headers.link).toBe(`</v1/requests?limit=1&side=addressee&cursor=${first.body.next}>; rel="next"`)
    const [, next = ''] = /<(.*)>/.exec(String(first.headers.link)) ?? []
    const second = await read('b', next)
    expect(second.body.items[0].id).not.toBe(first.body.items[0].id)
    const last = await read('b', '/v1/requests?limit=1000')
    expect(last.headers).not.toHaveProperty('link')
  })

  it('goes on from a cursor whatever was said meanwhile: nothing comes twice, nothing is left out', async () => {
    for (const path of ['/v1/requests', '/v1/mechanisms']) {
      const before = (await read('b', `${path}?limit=1000`)).body.items.map(({ id }: { id: string }) => id)
      const paged: string[] = []
      for (let next: string | undefined = `${path}?limit=1`; next !== undefined; ) {
        const page: Answer = await read('b', next)
        paged.push(...page.body.items.map(({ id }: { id: string }) => id))
        if (paged.length === 1 && path === '/v1/requests') {
          await a.submits(b, mechanism, ['fate'])
          await t.publish()
        }
        next = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1]
      }
      expect(paged.slice(0, before.length)).toEqual(before)
      expect(new Set(paged).size).toBe(paged.length)
    }
  })
})

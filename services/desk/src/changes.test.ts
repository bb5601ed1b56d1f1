import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { change, changesEnd, changesPosition } from '@tidings/client/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAsAsked } from './routes/changes.ts'
import { castOf, readersOf } from './testing/cast.ts'
import { openTestDesk, type Read, type StreamEvent, type TestDesk } from './testing/test-desk.ts'
import type { TestKey, TestParty } from './testing/world.ts'
import { openAdvances } from './views/advances.ts'
import { openChanges } from './views/changes.ts'
import { openLookup } from './views/lookup.ts'

/** Two commissions, a mediator and an agency in one mechanism; an outsider in none. */
let t: TestDesk
let a: TestParty
let b: TestParty
let mediator: TestParty
let agency: TestParty
let outsider: TestParty
let mechanism: string
let drafting: TestKey
let now = Date.now()
let as: Record<string, Read>

beforeAll(async () => {
  t = await openTestDesk({ now: () => now, limits: { streamsPerReader: 3, streams: 5 } })
  const { world } = t
  ;({ a, b, mediator, agency, outsider, mechanism } = await castOf(world, 'a', 'b', 'mediator', 'agency', 'outsider'))
  drafting = await b.delegates('draft')
  await t.publish()
  as = await readersOf(t, { a, b, mediator, agency, outsider })
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

const reader = (name: string) => as[name] as Read
const last = () => t.desk.views.size() - 1
const changesIn = (events: readonly StreamEvent[]) => events.filter(({ event }) => event === 'change')
const statementsIn = (events: readonly StreamEvent[]) => changesIn(events).map(({ data }) => data.statement)

/** Everything that a reader is told up to the last leaf. */
async function everything(name: string, after = -1): Promise<StreamEvent[]> {
  const stream = await reader(name).changes(`?after=${after}`)
  const events = await stream.upTo(last())
  stream.leave()
  return events
}

describe('GET /v1/changes', () => {
  it('tells each statement once, in the order of the log, thinly, and says how far it has looked', async () => {
    const request = await a.submits(b, mechanism, ['fate'], { aud: [agency] })
    await t.publish()
    const events = await everything('a')
    expect(events[0]).toMatchObject({ event: 'position', id: '-1', data: { leaf: -1 } })
    const changes = changesIn(events)
    expect(changes.map(({ data }) => data.leaf)).toEqual(changes.map(({ data }) => data.leaf).sort((x, y) => x - y))
    for (const { id, data } of changes) {
      expect(change.strict().parse(data)).toEqual(data)
      expect(id).toBe(String(data.leaf))
    }
    expect(changes.at(-1)?.data).toEqual({
      leaf: last(),
      time: expect.stringMatching(/Z$/),
      statement: request.id,
      kind: 'request.submit',
      iss: a.id,
      stream: 'request',
      about: request.payload.about,
      mechanism,
      verdict: { verdict: 'effective' },
    })
  })

  it('is a stream of its own media type, private, and not stored', async () => {
    const { response, leave } = await reader('a').changes()
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    leave()
  })

  it('begins with what comes next unless told, and tells it as soon as it is published', async () => {
    const stream = await reader('b').changes()
    expect(await stream.next()).toMatchObject({ event: 'position', data: { leaf: last() } })
    const request = await a.submits(b, mechanism, ['documents'], { aud: [agency] })
    await t.publish()
    expect(await stream.next()).toMatchObject({ event: 'change', data: { statement: request.id, leaf: last() } })
    stream.leave()
  })

  it('goes on after a leaf: by Last-Event-ID, which counts before the query', async () => {
    const [, first, second] = await everything('a')
    const stream = await reader('a').changes('?after=-1', { 'last-event-id': String(first?.id) })
    expect((await stream.upTo(Number(second?.id))).at(-1)).toEqual(second)
    stream.leave()
    expect((await reader('a').changes('?after=two')).response.status).toBe(400)
    const refused = await reader('a').changes('', { 'last-event-id': 'two' })
    expect(await refused.response.json()).toMatchObject({
      type: 'urn:tidings:problem:parameters',
      field: 'headers/last-event-id',
    })
  })

  it('tells a reader with nothing to see how far it has looked, so that it need not begin anew', async () => {
    const stream = await reader('outsider').changes('?after=10')
    expect(await stream.next()).toMatchObject({ event: 'position', data: { leaf: 10 } })
    const position = await stream.next()
    expect(position).toMatchObject({ event: 'position', id: String(last()) })
    expect(changesPosition.parse(position?.data)).toEqual({ leaf: last() })
    stream.leave()
  })

  it('tells what is held or void to its author alone, and a draft to others at the leaf of its release', async () => {
    const request = await a.submits(b, mechanism, ['fate'], { aud: [agency] })
    const draft = await b.replies(request, [{ question: 'fate', disposition: 'given' }], {
      key: drafting,
      aud: [agency],
    })
    await t.publish()
    const after = last() - 1
    expect(changesIn(await everything('b', after))).toMatchObject([
      { data: { statement: draft.id, verdict: { verdict: 'held' } } },
    ])
    for (const other of ['a', 'mediator', 'agency']) expect(changesIn(await everything(other, after))).toEqual([])
    const release = await b.releases(draft)
    await t.publish()
    for (const other of ['a', 'mediator', 'agency', 'b']) {
      const released = changesIn(await everything(other, after)).at(-1)
      expect(released?.data).toMatchObject({
        statement: release.id,
        leaf: last(),
        releases: { statement: draft.id, leaf: after + 1, kind: 'request.reply' },
      })
    }
    // The stream is the same whenever it is read: the draft was held at its own leaf.
    expect(statementsIn(await everything('a', after))).toEqual([release.id])
    expect(changesIn(await everything('b', after))[0]?.data.verdict).toEqual({ verdict: 'held' })
    const again = await b.replies(request, [{ question: 'fate', disposition: 'given' }], { aud: [agency] })
    await t.publish()
    expect(changesIn(await everything('b', last() - 1))).toMatchObject([
      { data: { statement: again.id, verdict: { verdict: 'void', reason: 'already-answered' } } },
    ])
    expect(changesIn(await everything('a', last() - 1))).toEqual([])
  })

  it('goes by the rights of the present: whoever joins is told from then on, whoever leaves no more', async () => {
    const late = await t.world.party()
    await t.publish()
    const stream = await (await t.as(late)).changes()
    expect((await stream.next())?.event).toBe('position')
    const before = last()
    const request = await a.submits(b, mechanism, ['remains'], { aud: [agency] })
    const joined = await a.states('mechanism.propose', {
      about: mechanism,
      body: {
        participants: [
          { party: a.id, role: 'commission', code: 'A' },
          { party: b.id, role: 'commission', code: 'B' },
          { party: late.id, role: 'mediator', code: 'L' },
          { party: agency.id, role: 'central-agency', code: 'C' },
        ],
      },
    })
    for (const party of [b, mediator, agency, late]) {
      await party.states('mechanism.accept', { about: mechanism, re: [joined.id], body: {} })
    }
    const after = await a.submits(b, mechanism, ['documents'], { aud: [agency] })
    await t.publish()
    const told = statementsIn(await stream.upTo(last()))
    expect(told).toContain(joined.id)
    expect(told).toContain(after.id)
    stream.leave()
    // Who mediates sees what was said before it came; who mediates no more sees nothing of it.
    const newcomer = await (await t.as(late)).changes(`?after=${before}`)
    expect(statementsIn(await newcomer.upTo(last()))).toContain(request.id)
    newcomer.leave()
    expect(statementsIn(await everything('mediator'))).not.toContain(request.id)
  })

  it('ends in words when the token does, and goes on with another', async () => {
    const stream = await reader('a').changes()
    await stream.next()
    now += 301_000
    await a.submits(b, mechanism, ['fate'], { aud: [agency] })
    const resume = last()
    await t.publish()
    const end = await stream.next()
    expect(changesEnd.parse(end?.data)).toEqual({ leaf: resume, reason: 'token-expired' })
    expect(await stream.next()).toBeUndefined()
    as.a = await t.as(a)
    expect(changesIn(await everything('a', Number(end?.id)))).toHaveLength(1)
    for (const [name, party] of Object.entries({ b, mediator, agency, outsider })) as[name] = await t.as(party)
  })

  it('ends at once when the key counts no more', async () => {
    const key = await b.delegates('read', 7)
    await t.publish()
    const stream = await (await t.as(b, key)).changes()
    await stream.next()
    await b.revokes(key)
    await t.publish()
    expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'key-ended' } })
    expect(await stream.next()).toBeUndefined()
  })

  it('is held open a bounded number of times: by one reader, and in all', async () => {
    const open = []
    for (let i = 0; i < 3; i++) open.push(await reader('a').changes())
    const own = await reader('a').changes()
    expect(own.response.status).toBe(429)
    expect(own.response.headers.get('retry-after')).toBe('10')
    expect(await own.response.json()).toMatchObject({ type: 'urn:tidings:problem:too-many-open' })
    for (let i = 0; i < 2; i++) open.push(await reader('b').changes())
    const all = await reader('mediator').changes()
    expect(all.response.status).toBe(503)
    expect(all.response.headers.get('retry-after')).toBe('10')
    for (const stream of open) stream.leave()
    for (;;) {
      const again = await reader('mediator').changes()
      again.leave()
      if (again.response.status === 200) break
      await wait(10)
    }
  })

  it('goes on while the views are made anew, and says meanwhile of no key that it counts no more', async () => {
    const stream = await reader('a').changes()
    await stream.next()
    await t.desk.rebuild()
    await a.describesCase()
    await t.publish()
    const events = await stream.upTo(last())
    stream.leave()
    expect(changesIn(events)).toHaveLength(1)
    expect(events.map(({ event }) => event)).not.toContain('end')
  })

  it('tells nothing by views of the past', async () => {
    const { views, options } = t.desk
    let isCurrent = false
    await using advances = openAdvances(views)
    const lookup = openLookup(views.reader, options.store, views.size)
    const changes = openChanges({ lookup, views: { ...views, isCurrent: () => isCurrent }, advances })
    const stream = changes.stream({
      reader: a.id,
      after: -1,
      ended: () => undefined,
      lasts: () => 20,
      signal: AbortSignal.timeout(10_000),
    })
    await stream.next()
    const next = stream.next()
    expect(await Promise.race([next, wait(200)])).toBeUndefined()
    isCurrent = true
    expect((await next).value).toContain('event: change')
  })

  it('is no route for HEAD', async () => {
    const answer = await t.server.inject({ method: 'HEAD', url: '/v1/changes' })
    expect(answer.statusCode).toBe(405)
  })

  it('shares one walk of the record among all who read', async () => {
    await using own = await openTestDesk()
    const [x, y] = [await own.world.party(), await own.world.party()]
    const shared = await own.world.mechanism([x, 'commission', 'X'], [y, 'commission', 'Y'])
    await own.publish()
    let walked = 0
    const { readAll } = own.world.store
    own.world.store.readAll = (options) => {
      walked++
      return readAll.call(own.world.store, options)
    }
    const read = await own.as(x)
    const streams = await Promise.all(Array.from({ length: 20 }, () => read.changes('?after=-1')))
    for (const stream of streams) await stream.upTo(own.desk.views.size() - 1)
    expect(walked).toBe(1)
    await x.submits(y, shared, ['fate'])
    await own.publish()
    const atTheDesk = walked
    for (const stream of streams) await stream.upTo(own.desk.views.size() - 1)
    // One more for all of them; the other readings of the record are those of the views themselves.
    expect(walked - atTheDesk).toBeLessThanOrEqual(1)
    for (const stream of streams) stream.leave()
  })

  it('ends in words when the service closes', async () => {
    const own = await openTestDesk()
    const party = await own.world.party()
    await own.publish()
    const stream = await (await own.as(party)).changes()
    await stream.next()
    await own[Symbol.asyncDispose]()
    expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'closing' } })
    expect(await stream.next()).toBeUndefined()
  })
})

describe('a slow reader', () => {
  it('is sent no more than it takes, and is left when it takes nothing for too long', async () => {
    let made = 0
    async function* endless() {
      for (;;) {
        made++
        yield 'x'.repeat(1000)
      }
    }
    const stream = readAsAsked(endless(), 50)
    stream.read(0)
    await once(stream, 'close')
    expect(made).toBeGreaterThan(10)
    expect(made).toBeLessThan(40)
  })
})

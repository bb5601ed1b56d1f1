import { createLogger } from '@tidings/service-kit'
import type { LogReader } from '@tidings/transparency'
import { afterEach, describe, expect, it } from 'vitest'
import { Author, inventedCase, newSigner, postBatch } from './support/author.ts'
import { type Scene, twoCommissions } from './support/scenes.ts'
import { replaced, startIntake } from './support/second-intake.ts'
import { type Service, startService } from './support/service.ts'

let service: Service | undefined
let scene: Scene | undefined
afterEach(async () => {
  await service?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
  service = undefined
  scene = undefined
})

/** What the address pays for until the two commissions of a scene take part in a mechanism: two that begin, a proposal and its acceptance. */
const toTakePart = 4

/** What an answer says is left of an allowance. */
function leftIn(answer: Response, policy: string): number | undefined {
  const [, left] = new RegExp(`"${policy}";r=(\\d+)`).exec(answer.headers.get('ratelimit') ?? '') ?? []
  return left === undefined ? undefined : Number(left)
}

async function post({ url }: Pick<Service, 'url'>, submission: unknown): Promise<Response> {
  const body = JSON.stringify(submission)
  return await fetch(`${url}/v1/statements`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

describe('who states', () => {
  it('uses up the allowance of its key with each new statement, and nothing of its address', async () => {
    scene = await twoCommissions({ keyStatements: 3, addressRequests: toTakePart + 1 })
    for (const left of [2, 1, 0]) {
      const answer = await post(scene.service, (await scene.a.prepare(inventedCase())).submission)
      expect([answer.status, leftIn(answer, 'key'), leftIn(answer, 'address')]).toEqual([201, left, undefined])
    }
    const size = await scene.service.size()
    const refused = await post(scene.service, (await scene.a.prepare(inventedCase())).submission)
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ type: 'urn:tidings:problem:too-many-requests', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await scene.service.size()).toBe(size)
    // Another key from the same address goes on: the address has paid for nothing that a key paid for.
    expect((await scene.b.say(inventedCase())).status).toBe(201)
  })

  it('cannot be kept from it by who sends its statements again', async () => {
    scene = await twoCommissions({ keyStatements: 2, addressRequests: toTakePart + 3 })
    const { service: running } = scene
    const { submission } = await scene.a.prepare(inventedCase())
    expect((await post(running, submission)).status).toBe(201)
    const repeats = await Promise.all([1, 2, 3, 4].map(() => post(running, submission)))
    // The address pays for repeats, and has nothing left in the end.
    expect(repeats.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429])
    const answer = await fetch(`${running.url}/vkey`)
    expect(answer.status).toBe(429)
  })

  it('in a batch pays as if each had been sent alone: its key for what is new, its address for what is not', async () => {
    scene = await twoCommissions({ keyStatements: 3, addressRequests: toTakePart + 4 })
    const { url } = scene.service
    const { a } = scene
    const cases = await Promise.all([1, 2, 3, 4].map(() => a.prepare(inventedCase())))
    const submissions = cases.map(({ submission }) => submission)
    const first = await postBatch(url, submissions)
    expect(first.lines.map(({ status }) => status)).toEqual([201, 201, 201, 429])
    // The address has paid for the one that was too many, and now pays for a request and three repeats.
    expect((await postBatch(url, submissions.slice(0, 3))).status).toBe(200)
    expect((await fetch(`${url}/vkey`)).status).toBe(429)
  })

  it('nor by who signs in its name with another key', async () => {
    service = await startService({ limits: { keyStatements: 1 } })
    const author = await Author.begin(service.url, service.origin)
    const stranger = await Author.make(service.url, service.origin)
    for (let i = 0; i < 3; i++) {
      const forged = await author.prepare(inventedCase(), stranger.signer)
      expect((await post(service, forged.submission)).status).toBe(401)
    }
    expect((await author.say(inventedCase())).status).toBe(201)
  })

  it('takes part in no mechanism yet uses up what newcomers may state from one address, under whichever keys', async () => {
    scene = await twoCommissions({ addressNewcomerStatements: 5 })
    const { service: running } = scene
    const newcomer = await Author.begin(running.url, running.origin)
    const delegate = await newSigner()
    const delegation = {
      kind: 'party.delegate' as const,
      about: newcomer.id,
      body: { jwk: delegate.key, role: 'release' as const, label: 'officer-1' },
    }
    // The proposal and its acceptance were the first two: until it came into force, their authors took part in nothing.
    const first = await post(running, (await newcomer.prepare(delegation)).submission)
    expect([first.status, leftIn(first, 'newcomers'), leftIn(first, 'key')]).toEqual([201, 2, undefined])
    expect(first.headers.get('ratelimit-policy')).toContain('"newcomers";q=5;w=3600')
    expect((await post(running, (await newcomer.prepare(inventedCase(), delegate)).submission)).status).toBe(201)
    const another = await Author.begin(running.url, running.origin)
    expect((await another.say(inventedCase())).status).toBe(201)
    const size = await running.size()
    for (const [author, signer] of [
      [newcomer, delegate],
      [another, another.signer],
    ] as const) {
      const refused = await post(running, (await author.prepare(inventedCase(), signer)).submission)
      expect([refused.status, leftIn(refused, 'newcomers')]).toEqual([429, 0])
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await refused.json()).toMatchObject({ type: 'urn:tidings:problem:too-many-requests' })
    }
    expect(await running.size()).toBe(size)
    // Whoever takes part in a mechanism goes on, from the same address.
    const answer = await post(running, (await scene.a.prepare(inventedCase())).submission)
    expect([answer.status, leftIn(answer, 'newcomers')]).toEqual([201, undefined])
  })

  it('has left its last mechanism is no newcomer again', async () => {
    scene = await twoCommissions({ addressNewcomerStatements: 2 })
    const { a, mechanism } = scene
    expect((await a.say({ kind: 'mechanism.leave', about: mechanism, body: {} })).status).toBe(201)
    expect((await a.say(inventedCase())).status).toBe(201)
  })

  it('may begin so many parties from one address', async () => {
    service = await startService({ limits: { addressParties: 2 } })
    await Author.begin(service.url, service.origin)
    await Author.begin(service.url, service.origin)
    const third = await Author.make(service.url, service.origin)
    expect((await third.say(third.inception())).status).toBe(429)
  })
})

describe('an answer', () => {
  it('waits for the log so long, then says that nobody knows; sent again, the same statement has its receipt', async () => {
    scene = await twoCommissions()
    const { service: running, a } = scene
    const { submission } = await a.prepare(inventedCase())
    const standing = replaced<LogReader>(running.log, {
      waitForSize: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const says: string[] = []
    const logger = createLogger('error', { write: (line: string) => void says.push(line) })
    await using second = await startIntake(running, { log: standing }, { receiptSeconds: 1 }, logger)
    const asked = performance.now()
    const answer = await post(second, submission)
    const waited = performance.now() - asked
    expect(await answer.json()).toMatchObject({ type: 'urn:tidings:problem:outcome-unknown', status: 503 })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(waited).toBeGreaterThanOrEqual(1000)
    // Not as long as it would without the limit.
    expect(waited).toBeLessThan(20_000)
    const { size } = await running.log.latest()
    expect(says.join(), 'the operator is told where log and record stand').toContain(
      `no checkpoint covers leaf ${size - 1} yet: the log has ${size} leaves, the record holds ${size} statements`,
    )
    expect((await post(running, submission)).status).toBe(200)
  })
})

describe('a body', () => {
  it('may be as large as its route takes', async () => {
    service = await startService({ limits: { submissionBytes: 1000 } })
    const answer = await post(service, { statement: 'x'.repeat(1001) })
    expect([answer.status, (await answer.json()).type]).toEqual([413, 'urn:tidings:problem:too-large'])
  })
})

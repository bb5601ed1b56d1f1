import { newThingId } from '@tidings/statement'
import { afterEach, describe, expect, it } from 'vitest'
import { Author, inventedPerson } from './support/author.ts'
import { type Service, startService } from './support/service.ts'

let service: Service | undefined
afterEach(async () => {
  await service?.[Symbol.asyncDispose]()
  service = undefined
})

const aCase = () => ({ kind: 'case.describe' as const, about: newThingId(), body: {}, tells: inventedPerson })

/** What an answer says is left of an allowance. */
function leftIn(answer: Response, policy: string): number | undefined {
  const [, left] = new RegExp(`"${policy}";r=(\\d+)`).exec(answer.headers.get('ratelimit') ?? '') ?? []
  return left === undefined ? undefined : Number(left)
}

async function post({ url }: Service, submission: unknown): Promise<Response> {
  const body = JSON.stringify(submission)
  return await fetch(`${url}/v1/statements`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

describe('who states', () => {
  it('uses up the allowance of its key with each new statement, and nothing of its address', async () => {
    service = await startService({ limits: { keyStatements: 3, addressRequests: 5 } })
    const author = await Author.begin(service.url, service.origin)
    for (const left of [2, 1, 0]) {
      const answer = await post(service, (await author.prepare(aCase())).submission)
      expect([answer.status, leftIn(answer, 'key'), leftIn(answer, 'address')]).toEqual([201, left, undefined])
    }
    const size = await service.size()
    const refused = await post(service, (await author.prepare(aCase())).submission)
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ type: 'urn:tidings:problem:too-many-requests', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await service.size()).toBe(size)
    // Another key from the same address goes on: the address has paid for the party that began, and for nothing else.
    const other = await Author.begin(service.url, service.origin)
    expect((await other.say(aCase())).status).toBe(201)
  })

  it('cannot be kept from it by who sends its statements again', async () => {
    service = await startService({ limits: { keyStatements: 2, addressRequests: 4 } })
    const author = await Author.begin(service.url, service.origin)
    const { submission } = await author.prepare(aCase())
    expect((await post(service, submission)).status).toBe(201)
    const repeats = await Promise.all([1, 2, 3, 4].map(() => post(service as Service, submission)))
    // The address pays for repeats, and has nothing left in the end.
    expect(repeats.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429])
    const answer = await fetch(`${service.url}/vkey`)
    expect(answer.status).toBe(429)
  })

  it('in a batch pays as if each had been sent alone: its key for what is new, its address for what is not', async () => {
    service = await startService({ limits: { keyStatements: 3, addressRequests: 5 } })
    const author = await Author.begin(service.url, service.origin)
    const cases = await Promise.all([1, 2, 3, 4].map(() => author.prepare(aCase())))
    const lines = cases.map(({ submission }) => JSON.stringify(submission))
    const batch = async (body: string) =>
      await fetch(`${service?.url}/v1/statements/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      })
    const first = await batch(lines.join('\n'))
    const statuses = (await first.text()).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).status]))
    expect(statuses).toEqual([201, 201, 201, 429])
    // The address has paid for the party, for the one that was too many, and now pays for a request and three repeats.
    expect((await batch(lines.slice(0, 3).join('\n'))).status).toBe(200)
    expect((await fetch(`${service.url}/vkey`)).status).toBe(429)
  })

  it('nor by who signs in its name with another key', async () => {
    service = await startService({ limits: { keyStatements: 1 } })
    const author = await Author.begin(service.url, service.origin)
    const stranger = await Author.make(service.url, service.origin)
    for (let i = 0; i < 3; i++) {
      const forged = await author.prepare(aCase(), stranger.signer)
      expect((await post(service, forged.submission)).status).toBe(401)
    }
    expect((await author.say(aCase())).status).toBe(201)
  })

  it('may begin so many parties from one address', async () => {
    service = await startService({ limits: { addressParties: 2 } })
    await Author.begin(service.url, service.origin)
    await Author.begin(service.url, service.origin)
    const third = await Author.make(service.url, service.origin)
    expect((await third.say(third.inception())).status).toBe(429)
  })
})

describe('a body', () => {
  it('may be as large as its route takes', async () => {
    service = await startService({ limits: { submissionBytes: 1000 } })
    const answer = await post(service, { statement: 'x'.repeat(1001) })
    expect([answer.status, (await answer.json()).type]).toEqual([413, 'urn:tidings:problem:too-large'])
  })
})

import { describe, expect, it } from 'vitest'
import { type Fetch, send, type Wait } from './send.ts'
import { problemOf, refusal } from './service.fixture.ts'

const sending = { method: 'GET', url: 'http://service.example/v1/x' } as const

/** A fetch that gives these answers, and the waits between them. */
function answering(...answers: (Response | Error)[]) {
  const waits: number[] = []
  const fetch: Fetch = async () => {
    const answer = answers.shift()
    if (answer instanceof Response) return answer
    throw answer ?? new Error('asked too often')
  }
  const patience = {
    patienceMs: 60_000,
    random: () => 1,
    sleep: async (ms: number) => void waits.push(ms),
  }
  return { fetch, patience, waits }
}

describe('a request', () => {
  it('is repeated with growing waits while the service is busy', async () => {
    const { fetch, patience, waits } = answering(
      refusal('busy'),
      new TypeError('reset'),
      refusal('outcome-unknown'),
      Response.json({}),
    )
    expect((await send(fetch, sending, patience)).status).toBe(200)
    expect(waits).toEqual([200, 400, 800])
  })

  it('waits as long as the service asks, and a little more so that not all come back at once', async () => {
    const { fetch, patience, waits } = answering(refusal('busy', { 'retry-after': '3' }), Response.json({}))
    await send(fetch, sending, patience)
    expect(waits).toEqual([3200])
  })

  it('waits as long as the problem says where there is no header', async () => {
    const { fetch, patience, waits } = answering(
      Response.json(problemOf('busy', { retryAfter: 2 }), { status: 503 }),
      Response.json({}),
    )
    const told: Wait[] = []
    await send(fetch, sending, { ...patience, onWait: (wait) => told.push(wait) })
    expect(waits).toEqual([2200])
    expect(told).toMatchObject([{ because: { problemName: 'busy' }, seconds: 2.2 }])
  })

  it('is given up when the time is up, with the last refusal', async () => {
    const { fetch, patience, waits } = answering(refusal('busy'), refusal('busy'))
    const work = send(fetch, sending, { ...patience, patienceMs: 100 })
    await expect(work).rejects.toMatchObject({ problemName: 'busy' })
    expect(waits).toEqual([])
  })

  it('that is refused for good is not repeated', async () => {
    const { fetch, patience } = answering(refusal('not-entitled'))
    await expect(send(fetch, sending, patience)).rejects.toMatchObject({ problemName: 'not-entitled' })
  })

  it('is repeated when a proxy answers in place of the service', async () => {
    const { fetch, patience } = answering(new Response('bad gateway', { status: 502 }), Response.json({}))
    expect((await send(fetch, sending, patience)).status).toBe(200)
  })

  it('that is answered by something else says so', async () => {
    const { fetch, patience } = answering(new Response('<html>', { status: 404 }))
    await expect(send(fetch, sending, patience)).rejects.toMatchObject({ code: 'client/not-tidings' })
  })

  it('ends when it is aborted', async () => {
    const { fetch, patience } = answering(refusal('busy'))
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await expect(send(fetch, sending, { ...patience, signal: stop.signal })).rejects.toThrow('stopped')
  })
})

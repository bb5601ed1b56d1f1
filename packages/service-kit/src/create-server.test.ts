import { StatementError } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLogger } from './create-logger.ts'
import { createServer } from './create-server.ts'
import { registerHealth } from './health.ts'
import { defaultLimits } from './limits.ts'
import { ProblemError } from './problem-error.ts'

async function server() {
  let log = ''
  const logger = createLogger('trace', {
    write(text: string) {
      log += text
    },
  })
  const made = await createServer({
    logger,
    title: 'test',
    version: '0',
    limits: { ...defaultLimits, bodyBytes: 1000 },
  })
  made.post(
    '/things',
    { schema: { body: z.strictObject({ count: z.int() }), querystring: z.strictObject({}) } },
    async ({ body }) => {
      if (body.count === 1) throw new StatementError('statement/schema', '/body', 'must hold something')
      if (body.count === 2) throw new ProblemError('busy', { detail: 'later' }, { retryAfter: 7 })
      if (body.count === 3) throw new Error('a secret cause')
      return { ok: true }
    },
  )
  const post = (payload: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    made.inject({ method: 'POST', url: '/things?', payload, headers })
  return { made, post, log: () => log }
}

describe('every refusal is a problem of the registry', () => {
  it.each([
    ['a body that is not JSON', '{', 400, 'malformed-json'],
    ['no body', '', 400, 'malformed-json'],
    ['a member of another type', '{"count":"x"}', 400, 'parameters'],
    ['a body that is too large', `{"count":"${'x'.repeat(2000)}"}`, 413, 'too-large'],
    ['a faulty statement', '{"count":1}', 422, 'schema'],
    ['a service that is busy', '{"count":2}', 503, 'busy'],
    ['a failure', '{"count":3}', 500, 'internal'],
  ])('%s', async (_, payload, status, name) => {
    const { post } = await server()
    const answer = await post(payload)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({
      type: `urn:tidings:problem:${name}`,
      status,
      instance: answer.headers['x-request-id'],
    })
  })

  it('another media type, another address', async () => {
    const { made, post } = await server()
    expect((await post('count=1', { 'content-type': 'text/plain' })).json().type).toBe('urn:tidings:problem:media-type')
    expect((await made.inject('/nowhere')).json().type).toBe('urn:tidings:problem:not-found')
  })

  it('names the field and the rule, and when to come back', async () => {
    const { post } = await server()
    expect((await post('{"count":"x"}')).json()).toMatchObject({ field: 'body/count' })
    expect((await post('{"count":1}')).json()).toMatchObject({ field: '/body', rule: 'must hold something' })
    const busy = await post('{"count":2}')
    expect([busy.headers['retry-after'], busy.json().retryAfter]).toEqual(['7', 7])
  })

  it('names a part of the request by one word, and what is not in its schema by a rule', async () => {
    const { made, post, log } = await server()
    made.get('/things/:id', { schema: { params: z.object({ id: z.uuid('must be a UUID') }) } }, async () => 'x')
    const told = async (answer: Awaited<ReturnType<typeof post>>) => {
      const { field, rule } = answer.json()
      return [field, rule]
    }
    expect(await told(await made.inject('/things/x'))).toEqual(['params/id', 'must be a UUID'])
    expect(await told(await post('{"count":4,"somebody":1,"else":2}'))).toEqual([
      'body',
      'has members that are not in the schema: somebody, else',
    ])
    expect((await told(await post('[]')))[0]).toBe('body')
    const asked = await made.inject({ method: 'POST', url: '/things?somebody=1', payload: { count: 4 } })
    expect(await told(asked)).toEqual(['query', 'has members that are not in the schema: somebody'])
    expect(log()).not.toContain('somebody')
  })

  it('names the bound of the route that a body exceeds', async () => {
    const { made, post } = await server()
    const taking = { bodyLimit: 3000, schema: { body: z.unknown() } }
    made.post('/more', taking, async () => 'x')
    const payload = JSON.stringify('x'.repeat(4000))
    const headers = { 'content-type': 'application/json' }
    expect((await post(payload)).json()).toMatchObject({ field: 'body', rule: 'must have at most 1000 bytes' })
    expect((await made.inject({ method: 'POST', url: '/more', payload, headers })).json()).toMatchObject({
      field: 'body',
      rule: 'must have at most 3000 bytes',
    })
  })

  it('keeps the cause of a failure for the log, under the id that the answer names', async () => {
    const { post, log } = await server()
    const answer = await post('{"count":3}')
    expect(answer.body).not.toContain('secret')
    expect(log()).toContain('a secret cause')
    expect(log()).toContain(answer.headers['x-request-id'])
  })

  it('logs the pattern of a route, never the address that was asked for', async () => {
    const { made, log } = await server()
    made.get('/persons/:id', async () => 'x')
    await made.inject('/persons/somebody?name=somebody')
    expect(log()).toContain('/persons/:id')
    expect(log()).not.toContain('somebody')
  })
})

describe('health', () => {
  it('is live at once, and ready when nothing waits', async () => {
    const { made } = await server()
    let waits: string | undefined = 'caught up to leaf 3 of 9'
    registerHealth(made, { desk: () => waits })
    expect((await made.inject('/health/live')).json()).toEqual({ status: 'live' })
    const waiting = await made.inject('/health/ready')
    expect(waiting.statusCode).toBe(503)
    expect(waiting.json()).toEqual({ status: 'waiting', waitsFor: { desk: 'caught up to leaf 3 of 9' } })
    waits = undefined
    expect((await made.inject('/health/ready')).json()).toEqual({ status: 'ready' })
  })
})

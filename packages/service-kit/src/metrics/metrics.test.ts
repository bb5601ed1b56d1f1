import { describe, expect, it } from 'vitest'
import { createLogger } from '../create-logger.ts'
import { createServer } from '../create-server.ts'
import { ProblemError } from '../problem-error.ts'
import { createMetrics, type MetricsAccess, metricsRoute } from './index.ts'

async function serverWith(access: Partial<MetricsAccess> = {}) {
  const metrics = createMetrics()
  const logger = createLogger('silent')
  const server = await createServer({ logger, title: 'test', version: '0', metrics })
  metricsRoute(server, metrics, { behindProxy: false, ...access })
  return { server, metrics }
}

describe('metrics', () => {
  it('say in a label only what was declared, and other for the rest: nothing that somebody sends becomes a label', async () => {
    const metrics = createMetrics()
    const kinds = new Set(['known'])
    const count = metrics.counter({ name: 'tidings_things_total', help: 'Things', labels: { kind: kinds } })
    count({ kind: 'known' }, 2)
    count({ kind: 'Invented Person' })
    expect(await metrics.text()).toContain('tidings_things_total{kind="known"} 2')
    expect(await metrics.text()).toContain('tidings_things_total{kind="other"} 1')
    kinds.add('later')
    count({ kind: 'later' })
    expect(await metrics.text()).toContain('kind="later"')
    expect(await metrics.text()).not.toContain('Invented')
  })

  it('read a gauge when it is asked for; one that cannot be read shows nothing and spoils nothing', async () => {
    const metrics = createMetrics()
    let value: number | undefined = 7
    metrics.gauge({ name: 'tidings_leaves', help: 'Leaves', read: () => value })
    metrics.gauge({
      name: 'tidings_broken',
      help: 'Broken',
      read() {
        throw new Error('the disk is gone')
      },
    })
    metrics.gauge({
      name: 'tidings_contents',
      help: 'Contents',
      labels: { state: new Set(['live', 'pending']) },
      read: async () => [{ value: 3, labels: { state: 'live' } }],
    })
    expect(await metrics.text()).toMatch(/^tidings_leaves 7$/m)
    expect(await metrics.text()).toMatch(/^tidings_contents\{state="live"\} 3$/m)
    expect(await metrics.text()).not.toMatch(/^tidings_broken /m)
    value = undefined
    expect(await metrics.text()).not.toMatch(/^tidings_leaves /m)
  })

  it('count requests by pattern, method and status, and problems by type, whatever the address says', async () => {
    const { server, metrics } = await serverWith()
    server.get('/persons/:id', async () => {
      throw new ProblemError('not-found')
    })
    await server.inject('/persons/somebody?name=somebody')
    await server.inject('/elsewhere/somebody')
    await server.inject({ method: 'DELETE', url: '/somebody' })
    const text = await metrics.text()
    expect(text).toContain('tidings_http_requests_total{route="/persons/:id",method="GET",status="404"} 1')
    expect(text).toContain('tidings_http_requests_total{route="none",method="GET",status="404"} 1')
    expect(text).toContain('tidings_http_requests_total{route="none",method="other",status="404"} 1')
    expect(text).toContain('tidings_problems_total{route="/persons/:id",problem="not-found"} 1')
    expect(text).not.toContain('somebody')
  })

  it('of two servers in one process share nothing', async () => {
    const [one, other] = [await serverWith(), await serverWith()]
    await one.server.inject('/openapi.json')
    expect(await one.metrics.text()).toContain('/openapi.json')
    expect(await other.metrics.text()).not.toContain('/openapi.json')
  })
})

describe('/metrics', () => {
  const secret = 'a-secret-of-this-test'
  it.each<[string, Partial<MetricsAccess>, { remoteAddress?: string; headers?: Record<string, string> }, number]>([
    ['opens to this machine', {}, { remoteAddress: '127.0.0.1' }, 200],
    ['opens to this machine over IPv6', {}, { remoteAddress: '::1' }, 200],
    ['opens to this machine over IPv6 that carries IPv4', {}, { remoteAddress: '::ffff:127.0.0.1' }, 200],
    ['is closed to others', {}, { remoteAddress: '192.0.2.7' }, 403],
    ['is closed to whom a proxy hands on', {}, { headers: { 'x-forwarded-for': '192.0.2.7' } }, 403],
    ['is closed to all without a secret where a proxy is known of', { behindProxy: true }, {}, 403],
    ['with a secret is closed even to this machine', { secret }, {}, 403],
    ['with a secret is closed to another secret', { secret }, { headers: { authorization: `Bearer ${secret}x` } }, 403],
    [
      'with a secret opens to whoever brings it, from anywhere',
      { secret, behindProxy: true },
      { remoteAddress: '192.0.2.7', headers: { authorization: `Bearer ${secret}` } },
      200,
    ],
  ])('%s', async (_, access, request, status) => {
    const { server } = await serverWith(access)
    const answer = await server.inject({ url: '/metrics', ...request })
    expect(answer.statusCode).toBe(status)
    if (status === 200) expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4')
    else expect(answer.json()).toMatchObject({ type: 'urn:tidings:problem:not-entitled' })
  })
})

describe('the id of a request', () => {
  it.each([
    ['is that of a proxy on this machine', '127.0.0.1', 'a3bb189e-8bf9-3888-9912-ace4e6543002', true],
    ['is that of nginx, which writes no hyphens', '127.0.0.1', 'a3bb189e8bf938889912ace4e6543002', true],
    ['is never chosen from outside', '192.0.2.7', 'a3bb189e-8bf9-3888-9912-ace4e6543002', false],
    ['is never a word that could tell something', '127.0.0.1', 'invented-person', false],
  ])('%s', async (_, remoteAddress, id, isTaken) => {
    const { server } = await serverWith()
    const answer = await server.inject({ url: '/nowhere', remoteAddress, headers: { 'x-request-id': id } })
    const answered = answer.headers['x-request-id']
    expect(answered === id).toBe(isTaken)
    expect(answered).toMatch(/^[0-9a-f-]{32,36}$/)
    expect(answer.json().instance).toBe(answered)
  })
})

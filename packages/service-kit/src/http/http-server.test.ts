import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Problem, problemName } from '@tidings/client/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLogger } from '../create-logger.ts'
import { createServer, type ServerOptions } from '../create-server.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import type { Server } from '../server.ts'

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

interface Running {
  readonly port: number
  readonly server: Server
  log(): string
}

async function running(limits: Partial<Limits> = {}, options: Partial<ServerOptions> = {}): Promise<Running> {
  let log = ''
  const logger = createLogger('trace', {
    write(text: string) {
      log += text
    },
  })
  const server = await createServer({
    logger,
    title: 'test',
    version: '0',
    limits: { ...defaultLimits, ...limits },
    ...options,
  })
  let underWay = 0
  server.get('/small', async () => 'small')
  server.get('/large', async () => 'x'.repeat(8 * 1024 * 1024))
  server.get('/slow', async () => {
    underWay++
    const seen = underWay
    await pause(200)
    underWay--
    return String(seen)
  })
  server.get('/things/:id', async () => 'thing')
  server.post('/bodies', { schema: { body: z.object({ text: z.string() }) } }, async () => 'taken')
  await server.listen({ host: '127.0.0.1', port: 0 })
  opened.push(server)
  return { port: (server.server.address() as AddressInfo).port, server, log: () => log }
}

/** A connection, and all that came on it. */
function open(port: number, localAddress = '127.0.0.1') {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  const closed = new Promise<string>((settle) => socket.once('close', () => settle(received)))
  return { socket, closed, received: () => received }
}

/** What is answered to these bytes until the service ends the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const { socket, closed } = open(port)
  socket.write(bytes, 'latin1')
  return closed
}

function problemIn(answer: string): Problem {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head.toLowerCase()).toContain('content-type: application/problem+json')
  expect(head.toLowerCase()).toContain('x-content-type-options: nosniff')
  expect(head.toLowerCase()).toContain('cache-control: no-store')
  const problem = JSON.parse(body) as Problem
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${problem.status} `))
  return problem
}

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (const end = Date.now() + 10_000; !(await holds()); await pause(10)) {
    if (Date.now() > end) throw new Error('it did not come about in 10 s')
  }
}

describe('a request that is no proper one is refused with a problem', () => {
  it.each([
    ['what is not HTTP', 'hello\r\n\r\n', 'malformed-request'],
    ['HTTP/2 without having agreed on it', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'malformed-request'],
    ['a method that the service does not take', 'DELETE /small HTTP/1.1\r\nhost: a\r\n\r\n', 'method'],
    ['TRACE', 'TRACE /small HTTP/1.1\r\nhost: a\r\n\r\n', 'method'],
    ['OPTIONS', 'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n', 'method'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n\r\n', 'method'],
    ['an absolute address', 'GET http://a/small HTTP/1.1\r\nhost: a\r\n\r\n', 'malformed-request'],
    ['an address of another host', 'GET //a/small HTTP/1.1\r\nhost: a\r\n\r\n', 'malformed-request'],
    ['an address that cannot be decoded', 'GET /%c3%28 HTTP/1.1\r\nhost: a\r\n\r\n', 'malformed-request'],
    ['no Host', 'GET /small HTTP/1.1\r\n\r\n', 'malformed-request'],
    ['two of them', 'GET /small HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n', 'malformed-request'],
    ['a Host that names none', 'GET /small HTTP/1.1\r\nhost: a/b@c\r\n\r\n', 'malformed-request'],
    [
      'two lengths',
      'POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n',
      'malformed-request',
    ],
    [
      'a length and chunks',
      'POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'malformed-request',
    ],
    [
      'a coding that is not chunked last',
      'POST /bodies HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'malformed-request',
    ],
    [
      'chunked twice',
      'POST /bodies HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
      'malformed-request',
    ],
    ['a space before the colon', 'GET /small HTTP/1.1\r\nhost: a\r\ncontent-length : 3\r\n\r\n', 'malformed-request'],
    ['a folded header', 'GET /small HTTP/1.1\r\nhost: a\r\nx: 1\r\n 2\r\n\r\n', 'malformed-request'],
    ['a bare line feed', 'GET /small HTTP/1.1\nhost: a\n\n', 'malformed-request'],
    ['a body where none is taken', 'GET /small HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx', 'malformed-request'],
    [
      'two tokens',
      'GET /small HTTP/1.1\r\nhost: a\r\nauthorization: x\r\nauthorization: y\r\n\r\n',
      'malformed-request',
    ],
    ['an unknown expectation', 'GET /small HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n', 'expectation'],
    ['a long address', `GET /${'x'.repeat(5000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 'target-too-long'],
    ['large header fields', `GET /small HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 'headers-too-large'],
    ['many header fields', `GET /small HTTP/1.1\r\nhost: a\r\n${'x: 1\r\n'.repeat(101)}\r\n`, 'headers-too-large'],
  ])('%s', async (_, bytes, name) => {
    const { port } = await running()
    expect(problemName(problemIn(await answerTo(port, bytes)))).toBe(name)
  })

  it('which tells the methods that an address takes', async () => {
    const { server } = await running()
    const answer = await server.inject({ method: 'GET', url: '/bodies?x=1' })
    expect(problemName(answer.json())).toBe('method')
    expect(answer.headers.allow).toBe('POST')
    const other = await server.inject({ method: 'POST', url: '/things/1' })
    expect(other.headers.allow).toBe('GET, HEAD')
  })

  it('and a part of an address that no id is so long as', async () => {
    const { server } = await running()
    const answer = await server.inject(`/things/${'x'.repeat(201)}`)
    expect([answer.statusCode, problemName(answer.json())]).toEqual([414, 'target-too-long'])
  })
})

describe('what reaches no route', () => {
  it('is counted by the type of its problem', async () => {
    const metrics = createMetrics()
    const { port } = await running({ addressRequests: 1 }, { metrics })
    await answerTo(port, 'DELETE /small HTTP/1.1\r\nhost: a\r\n\r\n')
    await answerTo(port, 'hello\r\n\r\n')
    for (let i = 0; i < 4; i++) await getSmall(port)
    const text = await metrics.text()
    for (const [name, count] of [
      ['method', 1],
      ['malformed-request', 1],
      ['too-many-requests', 2],
    ]) {
      expect(text).toContain(`tidings_problems_total{route="none",problem="${name}"} ${count}`)
    }
  })
})

describe('browsers are told', () => {
  it('with every answer to load and frame nothing, and who made it is not said', async () => {
    const { port } = await running()
    for (const path of ['/small', '/nowhere', '//']) {
      const { headers } = await fetch(`http://127.0.0.1:${port}${path}`)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      for (const name of ['access-control-allow-origin', 'server', 'x-powered-by']) expect(headers.get(name)).toBeNull()
    }
  })

  it('to insist on https where readers come by https', async () => {
    const insisting = async ({ port }: Running) =>
      (await fetch(`http://127.0.0.1:${port}/small`)).headers.get('strict-transport-security')
    expect(await insisting(await running())).toBeNull()
    expect(await insisting(await running({}, { publicUrl: 'http://tidings.example' }))).toBeNull()
    expect(await insisting(await running({}, { publicUrl: 'https://tidings.example' }))).toContain('max-age=')
  })
})

describe('slow clients', { timeout: 20_000 }, () => {
  it('have so long for the header of a request', async () => {
    const { port } = await running({ headerSeconds: 1 })
    const { socket, closed } = open(port)
    socket.write('GET /small HTTP/1.1\r\nhost: a\r\n')
    expect(problemName(problemIn(await closed))).toBe('request-timeout')
  })

  it('and so long for the whole of it', async () => {
    const { port } = await running({ headerSeconds: 1, requestSeconds: 1 })
    const { socket, closed } = open(port)
    socket.write('POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{')
    expect(problemName(problemIn(await closed))).toBe('request-timeout')
  })

  it('may stand still for so long, not for as long as the whole may take', async () => {
    const { port } = await running({ idleSeconds: 1 })
    const { socket, closed } = open(port)
    socket.write('POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{')
    expect(problemName(problemIn(await closed))).toBe('request-timeout')
  })

  it('that do not read their answer are cut off', async () => {
    const { port, server } = await running({ idleSeconds: 1 })
    await cutsOffOneThatDoesNotRead(port, server)
  })

  it('that have not read it to the end in time are cut off, however they read', async () => {
    const { port, server } = await running({ answerSeconds: 1 })
    await cutsOffOneThatDoesNotRead(port, server)
  })

  it('do not keep the service from stopping', async () => {
    const { port, server } = await running()
    const { socket, closed } = open(port)
    socket.write('GET /small HTTP/1.1\r\n')
    await until(async () => (await connectionsOf(server)) === 1)
    await server.close()
    expect(await closed).toBe('')
  })
})

describe('connections', () => {
  it('are so many from one address, whatever others have', async () => {
    const { port } = await running({ connectionsPerAddress: 2 })
    const held = [open(port, '127.0.0.2'), open(port, '127.0.0.2')]
    await Promise.all(held.map(({ socket }) => once(socket, 'connect')))
    expect(problemName(problemIn(await open(port, '127.0.0.2').closed))).toBe('too-many-requests')
    expect(await getSmall(port)).toContain('small')
    held[0]?.socket.destroy()
    await pause(50)
    const again = open(port, '127.0.0.2')
    again.socket.write('GET /small HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    expect(await again.closed).toContain('small')
    for (const { socket } of held) socket.destroy()
  })

  it('are so many in all: the one that has waited for its client longest gives way to another', async () => {
    const { port } = await running({ connections: 2 })
    const slow = open(port)
    slow.socket.write('GET /small HTTP/1.1\r\nhost: a\r\n')
    await once(slow.socket, 'connect')
    const sending = open(port)
    sending.socket.write(
      'POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    )
    await once(sending.socket, 'connect')
    await pause(50)
    expect(await getSmall(port)).toContain('200 OK')
    expect(problemName(problemIn(await slow.closed))).toBe('busy')
    const others = [open(port), open(port)]
    expect(problemName(problemIn(await sending.closed))).toBe('busy')
    for (const { socket } of others) socket.destroy()
  })

  it('are refused while all of them are being worked for', async () => {
    const { port } = await running({ connections: 1 })
    const { socket, received } = open(port)
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'connect')
    await pause(20)
    expect(problemName(problemIn(await open(port).closed))).toBe('busy')
    await until(() => received().includes('200 OK'))
    socket.destroy()
  })

  it('are not counted to a proxy, which has them for its clients', async () => {
    const { port } = await running({ connectionsPerAddress: 1 }, { proxies: ['loopback'] })
    const held = open(port)
    await once(held.socket, 'connect')
    expect(await getSmall(port)).toContain('small')
    held.socket.destroy()
  })

  it('have their requests handled one after the other, however many are sent at once', async () => {
    const { port } = await running()
    const { socket, closed } = open(port)
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(3))
    socket.write('GET /small HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    const answers = (await closed).split('HTTP/1.1 ').slice(1)
    expect(answers.map((answer) => answer.split('\r\n\r\n')[1])).toEqual(['1', '1', '1', 'small'])
  })

  it('let so many wait, answer those, and end with a refusal', async () => {
    const { port } = await running({ pipelined: 2 })
    const answers = (await answerTo(port, 'GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(50)))
      .split('HTTP/1.1 ')
      .slice(1)
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['200', '200', '200', '429'])
  })
})

describe('what connections hold', { timeout: 20_000 }, () => {
  it('is bounded for each address: who keeps an answer longest is cut off, and others are served', async () => {
    const { port, server } = await running({ heldBytesPerAddress: 20 * 1024 * 1024 })
    let came = 0
    server.server.on('connection', () => {
      came++
    })
    const idle = Array.from({ length: 6 }, () => {
      const { socket } = open(port, '127.0.0.2')
      socket.pause()
      socket.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
      return socket
    })
    await until(() => came === 6)
    await until(async () => (await connectionsOf(server)) < 4)
    expect(await connectionsOf(server)).toBeGreaterThan(0)
    expect(await getSmall(port)).toContain('small')
    for (const socket of idle) socket.destroy()
  })

  it('counts bodies that are still coming, and tells the one that is cut off', async () => {
    const { port } = await running({ heldBytes: 100_000, bodyBytes: 1_000_000 })
    const { socket, closed } = open(port)
    socket.write(
      `POST /bodies HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n${'x'.repeat(200_000)}`,
    )
    expect(problemName(problemIn(await closed))).toBe('busy')
    expect(await getSmall(port)).toContain('small')
  })
})

describe('rates', () => {
  it('are told with each answer, and what goes beyond is refused until when it says', async () => {
    const { port } = await running({ addressRequests: 2, addressSeconds: 7 })
    const first = await getSmall(port)
    expect(first).toContain('ratelimit-policy: "address";q=2;w=7\r\n')
    expect(first).toContain('ratelimit: "address";r=1;t=7\r\n')
    expect(await getSmall(port)).toContain('ratelimit: "address";r=0')
    const refused = await getSmall(port)
    expect(problemName(problemIn(refused))).toBe('too-many-requests')
    expect(refused).toMatch(/retry-after: [1-7]\r\n/)
  })

  it('are those of each address; a whole network of IPv6 is one', async () => {
    const { server } = await running({ addressRequests: 1 })
    const from = async (remoteAddress: string) => (await server.inject({ url: '/small', remoteAddress })).statusCode
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429, 200])
    expect(await from('2001:db8:1:2::1')).toBe(200)
    expect(await from('2001:db8:1:2:ffff::9')).toBe(429)
    expect(await from('2001:db8:1:3::1')).toBe(200)
    expect(await from('::ffff:192.0.2.1')).toBe(429)
  })

  it('take the address from the proxies that are ours, from nobody else', async () => {
    const alone = await running({ addressRequests: 1 })
    const behind = await running({ addressRequests: 1 }, { proxies: ['192.0.2.7'] })
    const status = async ({ server }: Running, remoteAddress: string, client: string) =>
      (await server.inject({ url: '/small', remoteAddress, headers: { 'x-forwarded-for': client } })).statusCode
    expect(await status(alone, '192.0.2.1', '198.51.100.1')).toBe(200)
    expect(await status(alone, '192.0.2.1', '198.51.100.2')).toBe(429)
    expect(await status(behind, '192.0.2.7', '198.51.100.1')).toBe(200)
    expect(await status(behind, '192.0.2.7', '198.51.100.2')).toBe(200)
    expect(await status(behind, '192.0.2.7', '198.51.100.2')).toBe(429)
    // Somebody who claims to be a proxy, or writes more before what the proxy says.
    expect(await status(behind, '192.0.2.1', '198.51.100.3')).toBe(200)
    expect(await status(behind, '192.0.2.1', '198.51.100.4')).toBe(429)
    expect(await status(behind, '192.0.2.7', '203.0.113.9, 198.51.100.2')).toBe(429)
  })

  it('do not flood the log: refusals of a flood are told together', async () => {
    const { server, log } = await running({ addressRequests: 1 })
    for (let i = 0; i < 50; i++) await server.inject('/small')
    expect(log().match(/too-many-requests/g)).toHaveLength(1)
    expect(log()).not.toContain('127.0.0.1"')
  })
})

function getSmall(port: number): Promise<string> {
  return answerTo(port, 'GET /small HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
}

function connectionsOf({ server }: Server): Promise<number> {
  return new Promise((settle) => server.getConnections((_, count) => settle(count)))
}

async function cutsOffOneThatDoesNotRead(port: number, server: Server): Promise<void> {
  const { socket } = open(port)
  socket.pause()
  socket.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(server.server, 'connection')
  // Whatever it sends meanwhile is no sign that it reads.
  const sending = setInterval(() => socket.write('\r\n'), 100)
  await until(async () => (await connectionsOf(server)) === 0)
  clearInterval(sending)
  socket.destroy()
}

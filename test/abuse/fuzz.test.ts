import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { accessTokens } from '@tidings/client'
import { problem, problemName } from '@tidings/client/contract'
import { newThingId } from '@tidings/statement'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Author, inventedPerson } from '../support/author.ts'
import { type AnyRequest, type InterfaceDocument, operationsOf } from './support/arbitrary-request.ts'
import { type Attacked, startAttacked, tell } from './support/attacked.ts'

// Always one that can be told: with it, the same requests come again.
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31)
const perOperation = 30
const onTheLine = 600
const atOnce = 24
const mib = 1024 * 1024

let attacked: Attacked
let author: Author
let known: string[]
let document: InterfaceDocument
let authorize: (method: string, url: string) => Promise<Record<string, string>>
const aCase = () => ({ kind: 'case.describe' as const, about: newThingId(), body: {}, tells: inventedPerson })
// Addresses that the document leaves out: pages, and the log's tiles.
const unlisted = ['/', '/docs/', '/openapi.json', '/tile/0/000', '/tile/entries/000', '/tile/{id}']
const withUnlisted = ({ paths, ...rest }: InterfaceDocument): InterfaceDocument => ({
  ...rest,
  paths: { ...Object.fromEntries(unlisted.map((path) => [path, { get: {} }])), ...paths },
})
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

beforeAll(async () => {
  attacked = await startAttacked({ limits: ['address-requests=100000000', 'reader-requests=100000000'] })
  const party = await attacked.party()
  author = party.author
  const told = await author.prepare(aCase())
  await author.post(told.submission)
  const { id, payload } = told.statement
  known = [author.id, payload.about, id, payload.content?.[0]?.commitment ?? '', '0', '2']
  const patience = { patienceMs: 10_000 }
  const { url, origin: audience } = attacked
  const fetching = (address: string, init: RequestInit) => fetch(address, init)
  const tokens = accessTokens({ url, audience, party: author.id, signer: author.signer, fetch: fetching, patience })
  authorize = tokens.authorize
  document = (await fetch(`${url}/openapi.json`).then((answer) => answer.json())) as InterfaceDocument
  tell(`TIDINGS_SEED=${seed} makes these requests again; TIDINGS_SEED=random makes others`)
})
afterAll(async () => {
  agent.destroy()
  await attacked[Symbol.asyncDispose]()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Sends a request as it stands; undefined when the service has ended the connection without an answer, as it may while too much is being sent. */
async function send({ method, path, headers, body, authorized }: AnyRequest): Promise<Answer | undefined> {
  const proof = authorized ? await authorize(method, `${attacked.url}${path}`) : {}
  return await new Promise((settle) => {
    const sending = request({
      host: '127.0.0.1',
      port: attacked.port,
      method,
      path,
      agent,
      headers: { ...headers, ...proof },
    })
    sending.on('error', () => settle(undefined))
    sending.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      const end = () => settle({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      // A stream of changes has no end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        end()
        sending.destroy()
        return
      }
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', end)
      response.on('error', () => settle(undefined))
    })
    sending.end(body)
  })
}

/** What is wrong with an answer, if anything. */
function faultOf(asked: AnyRequest, { status, headers, body }: Answer): string | undefined {
  if (status < 400) return undefined
  if (!headers['content-type']?.startsWith('application/problem+json')) return `${status} as ${headers['content-type']}`
  const parsed = problem.strict().safeParse(JSON.parse(body))
  if (!parsed.success) return `${status}: no problem by its schema: ${body}`
  const name = problemName(parsed.data)
  if (name === undefined || parsed.data.status !== status) return `${status}: not of the registry: ${body}`
  // To be told that a leaf is not there yet is what was asked for.
  const waited = name === 'not-reached' && asked.path.includes('after=')
  return status >= 500 && !waited ? `${status}: ${body}` : undefined
}

/** Everything that is kept: the size of the log, and the rows of the vault and of the record. */
async function kept(): Promise<unknown> {
  const size = (await fetch(`${attacked.url}/checkpoint`).then((answer) => answer.text())).split('\n')[1]
  return { size, vault: rowsOf('vault.db'), record: rowsOf('record.db') }
}

function rowsOf(file: string): Record<string, unknown> {
  using db = new DatabaseSync(join(attacked.data, file), { readOnly: true })
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()
  return Object.fromEntries(
    tables.map(({ name }) => [String(name), db.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n]),
  )
}

async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await run(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

describe('whatever is sent', () => {
  it('every operation of the interface answers without failing, each refusal is a problem of the registry, and nothing is kept', async () => {
    const operations = operationsOf(withUnlisted(document), known)
    expect(operations.length).toBeGreaterThan(25)
    const requests = operations.flatMap(({ requests }) => fc.sample(requests, { seed, numRuns: perOperation }))
    // Once to fill what may be filled, so that what grows afterwards is a leak.
    await inTurns(requests, send)
    const [before, warm] = [await kept(), await attacked.memory()]
    const statuses: Record<string, number> = {}
    const faults: string[] = []
    const answers = await inTurns(requests, send)
    for (const [i, answer] of answers.entries()) {
      const asked = requests[i] as AnyRequest
      const status = answer?.status ?? 'none'
      statuses[status] = (statuses[status] ?? 0) + 1
      const fault = answer && faultOf(asked, answer)
      if (fault !== undefined) faults.push(`${asked.method} ${asked.path.slice(0, 300)}: ${fault.slice(0, 500)}`)
    }
    const memory = await attacked.memory()
    tell(`${operations.length} operations, ${requests.length} requests: ${JSON.stringify(statuses)}`)
    tell(`memory: ${(warm / mib).toFixed(0)} MiB warm, ${(memory / mib).toFixed(0)} MiB after as many again`)
    expect(faults).toEqual([])
    expect(await kept()).toEqual(before)
    expect(memory - warm).toBeLessThan(64 * mib)
    // The requests are not all refused at the door.
    expect(statuses['200']).toBeGreaterThan(operations.length)
    expect(statuses['401']).toBeGreaterThan(operations.length)
  }, 180_000)

  it('a signed statement that was changed anywhere is refused, or is the one that was recorded', async () => {
    const { submission } = await author.prepare(aCase())
    expect((await author.post(submission)).status).toBe(201)
    const before = await kept()
    const text = JSON.stringify(submission)
    const changes = fc.sample(
      fc.record({ at: fc.nat(text.length - 1), by: fc.string({ unit: 'binary', maxLength: 3 }), drop: fc.nat(3) }),
      { seed, numRuns: 300 },
    )
    const faults: string[] = []
    await inTurns(changes, async ({ at, by, drop }) => {
      const body = Buffer.from(text.slice(0, at) + by + text.slice(at + drop))
      const asked = {
        method: 'POST',
        path: '/v1/statements',
        headers: { 'content-type': 'application/json' },
        body,
        authorized: false,
      }
      const answer = await send(asked)
      const fault = answer && (answer.status === 201 ? 'it was recorded' : faultOf(asked, answer))
      if (fault !== undefined) faults.push(`${at} ${JSON.stringify(by)} ${drop}: ${fault}`)
    })
    expect(faults).toEqual([])
    expect(await kept()).toEqual(before)
  }, 120_000)

  it('bytes on the line that are nearly a request are refused with problems, and the next connection is served', async () => {
    const body = '{"statement":"x"}'
    const sound = [
      'GET /v1/requests?limit=5 HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n',
      `POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      `POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n11\r\n${body}\r\n0\r\n\r\n`,
      'GET /vkey HTTP/1.1\r\nhost: a\r\n\r\nGET /checkpoint HTTP/1.0\r\nhost: a\r\n\r\n',
    ]
    const bits = [
      '\r\n',
      '\n',
      '\0',
      ' ',
      ':',
      'content-length: 5\r\n',
      'transfer-encoding: chunked\r\n',
      'host: b\r\n',
      'expect: x\r\n',
      '\u00ff',
      'x'.repeat(17_000),
      'upgrade: h2c\r\nconnection: upgrade\r\n',
      '%',
      '0\r\n\r\n',
    ]
    const spoilt = fc.record({
      text: fc.constantFrom(...sound),
      changes: fc.array(fc.record({ at: fc.nat(400), bit: fc.constantFrom(...bits), drop: fc.nat(2) }), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    const before = await kept()
    const statuses: Record<string, number> = {}
    const faults: string[] = []
    await inTurns(fc.sample(spoilt, { seed, numRuns: onTheLine }), async ({ text, changes }) => {
      let bytes = text
      for (const { at, bit, drop } of changes) {
        const place = at % bytes.length
        bytes = bytes.slice(0, place) + bit + bytes.slice(place + drop)
      }
      for (const answer of await answersOnTheLine(bytes)) {
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
        const fine = answer.status < 400 || (answer.status < 500 && answer.text.includes('application/problem+json'))
        if (!fine) faults.push(`${JSON.stringify(bytes.slice(0, 400))}: ${answer.text}`)
      }
    })
    tell(`${onTheLine} connections: ${JSON.stringify(statuses)}`)
    expect(faults).toEqual([])
    expect(statuses['400']).toBeGreaterThan(50)
    expect(await kept()).toEqual(before)
    expect((await fetch(`${attacked.url}/health/ready`)).status).toBe(200)
  }, 120_000)
})

/** What is answered to bytes after which nothing more comes. */
async function answersOnTheLine(bytes: string): Promise<{ readonly status: number; readonly text: string }[]> {
  const socket = connect({ port: attacked.port, host: '127.0.0.1' })
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.end(bytes, 'latin1')
  await once(socket, 'close')
  return text
    .split(/(?=^HTTP\/1\.1 \d{3} )/m)
    .filter((answer) => answer !== '')
    .map((answer) => ({ status: Number(answer.slice(9, 12)), text: answer }))
}

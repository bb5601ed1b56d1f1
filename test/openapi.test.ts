import { readFile, writeFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import {
  type Connection,
  connect,
  disclosures,
  discoverVkey,
  operations,
  problemTypes,
  register,
} from '@tidings/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventedReply } from './support/author.ts'
import { asked, type Scene, twoCommissions } from './support/scenes.ts'

const committed = new URL('../schemas/openapi.json', import.meta.url)
const examplesFile = new URL('../packages/service-kit/src/openapi/examples.json', import.meta.url)

/** As much of the document as is looked at here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Answer>> }
}
interface Operation {
  readonly operationId: string
  readonly security: readonly unknown[]
  readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> }
  readonly responses: Readonly<Record<string, Answer>>
}
interface Answer {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly example?: unknown; readonly examples?: object }>>
}

/** One request that the client has made, and what it was answered. */
interface Exchange {
  readonly operationId: string
  readonly params: Readonly<Record<string, string>>
  readonly request?: unknown
  answer: unknown
}

/** Operations that the client does not reach, and why. */
const notByTheClient: Readonly<Record<string, string>> = {
  submitStatements: 'for those who submit thousands: what the client does with one statement, a line each',
  keptCheckpoint: 'read and verified by @tidings/transparency',
  live: 'for whoever runs the service',
  ready: 'for whoever runs the service',
}

let document: Document
let scene: Scene
const exchanges: Exchange[] = []

/** Operations with their ids, paths and methods. */
const described = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** The operation that a request was for, with its parameters. */
function operationAt(method: string, url: URL) {
  for (const one of described()) {
    const form = new RegExp(`^${one.path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const found = one.method === method.toLowerCase() && form.exec(url.pathname)
    if (found) return { ...one, params: { ...found.groups, ...Object.fromEntries(url.searchParams) } }
  }
  return undefined
}

/** Sends a request and notes what came of it. */
async function noted(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, init)
  const found = operationAt(init.method ?? 'GET', new URL(address))
  if (!found || !response.ok) return response
  const { operationId } = found.operation
  const request = typeof init.body === 'string' ? bodyOf(init.body) : undefined
  const exchange: Exchange = { operationId, params: found.params, ...(request && { request }), answer: '' }
  exchanges.push(exchange)
  if (operationId === 'changes' && response.body) {
    const text = new TextDecoder()
    const watched = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(bytes, controller) {
        exchange.answer += text.decode(bytes, { stream: true })
        controller.enqueue(bytes)
      },
    })
    return new Response(response.body.pipeThrough(watched), response)
  }
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  exchange.answer = isJson ? await response.clone().json() : await response.clone().text()
  return response
}

const bodyOf = (text: string) =>
  text.startsWith('{') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))

beforeAll(async () => {
  document = JSON.parse(await readFile(committed, 'utf8'))
  scene = await twoCommissions()
  const { a, b, mechanism, service } = scene
  const vkey = await discoverVkey(service.url, { fetch: noted })
  await using tidings = await connect({ url: service.url, party: a.id, signer: a.signer, vkey, fetch: noted })
  const request = asked(b, mechanism)
  const { body: submitted } = await a.say(request.said)
  await b.say({
    kind: 'request.reply',
    about: request.about,
    mechanism,
    to: [a.id],
    aud: [a.id],
    re: [submitted.id],
    body: { answers: [{ question: 'fate', disposition: 'none-found' }] },
    tells: inventedReply,
  })
  await readEverything(tidings, { mechanism, request: request.about, other: b.id, statement: submitted.id })
}, 60_000)
afterAll(() => scene[Symbol.asyncDispose]())

interface Meant {
  readonly mechanism: string
  readonly request: string
  readonly other: string
  readonly statement: string
}

/** Calls every reading that the client has. */
async function readEverything({ read, state, party }: Connection, { mechanism, request, other, statement }: Meant) {
  const file = register.describeCase({ names: [{ full: 'Person 1' }] })
  await state(file)
  const burial = { type: 'Feature', geometry: null, properties: { registerNumber: 'B-17' } } as const
  const place = register.describeSite(burial)
  await state(place)
  const list = register.publishList({ version: 1, asOf: '2031-01-02', cases: [file.about], mechanism })
  const { leaf } = await state(list)
  const after = { after: leaf }
  const { participants } = await read.mechanism(mechanism, after)
  const told = { site: place.about, place: burial }
  const disclosed = disclosures.make({ mechanism, participants, author: party, to: [other], told })
  const last = await state(disclosed)
  await read.party(party, { after: last.leaf })
  await read.outstanding(party)
  await all(read.mechanisms())
  await all(read.requests())
  await read.request(request)
  await read.timeline(request)
  await read.duty(`${request}.0`)
  await read.calculation(`${request}.0`, { assume: 'continuation' })
  await read.deadlines()
  await all(read.reminders())
  await all(read.disclosures())
  await read.disclosure(disclosed.about)
  await read.disclosureTimeline(disclosed.about)
  await all(read.cases())
  await read.case(file.about)
  await all(read.lists())
  await read.list(list.about)
  await all(read.sites())
  await read.site(place.about)
  const { statement: jws } = await read.statement(statement)
  expect(jws).toBeDefined()
  await read.receipt(statement)
  const { content } = await read.request(request)
  await read.content(content.commitment)
  for await (const seen of read.changes({ after: last.leaf - 1 })) if (seen.leaf >= last.leaf) break
}

async function all(items: AsyncIterable<unknown>) {
  for await (const _ of items);
}

describe('the OpenAPI document', () => {
  it('passes the linter without a warning, each example held to its schema', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: false },
        'no-invalid-parameter-examples': 'error',
        'operation-description': 'error',
        'tag-description': 'error',
      },
    })
    const source = await readFile(committed, 'utf8')
    const faults = await lintFromString({ source, absoluteRef: '/openapi.json', config })
    expect(
      faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`),
    ).toEqual([])
  })

  it('shows each operation by an example, of something that was asked and answered (TIDINGS_UPDATE_EXAMPLES=1 asks anew)', async () => {
    if (process.env.TIDINGS_UPDATE_EXAMPLES === '1') await writeFile(examplesFile, await examplesText())
    for (const { operation, path } of described()) {
      const { operationId, responses, requestBody } = operation
      for (const [status, answer] of Object.entries(responses)) {
        if (!status.startsWith('2')) continue
        for (const media of Object.values(answer.content ?? {})) expect(media.example, operationId).toBeDefined()
      }
      for (const media of Object.values(requestBody?.content ?? {})) expect(media.example, operationId).toBeDefined()
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in === 'path') expect(parameter, `${path} ${parameter.name}`).toHaveProperty('example')
      }
    }
  })

  it('tells every type of problem where it may be met, and shows it', () => {
    const told = new Set(
      Object.values(document.components.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    )
    // These two are answers of the address, not of an operation.
    const ofNoOperation = ['method']
    expect(Object.keys(problemTypes).filter((name) => !told.has(name) && !ofNoOperation.includes(name))).toEqual([])
    for (const { operation } of described()) {
      for (const status of ['429', '500', '503'])
        expect(operation.responses, operation.operationId).toHaveProperty(status)
      if (operation.security.length > 0) expect(operation.responses).toHaveProperty('401')
    }
  })
})

describe('the client', () => {
  it('reaches every operation, or it stands here why not', () => {
    const reached = new Set(exchanges.map(({ operationId }) => operationId))
    const missing = described().flatMap(({ operation: { operationId } }) =>
      reached.has(operationId) ? [] : operationId,
    )
    expect(missing.sort()).toEqual(Object.keys(notByTheClient).sort())
  })

  it('reads by the very operations that the routes are made of', () => {
    const byId = new Map(described().map((one) => [one.operation.operationId, one]))
    for (const [name, operation] of Object.entries(operations)) {
      const route = byId.get(name)
      expect(route?.method, name).toBe('get')
      expect(route?.path.replace(/\{(\w+)\}/g, ':$1')).toBe(operation.path)
      const names = (where: string) =>
        (route?.operation.parameters ?? []).flatMap((one) => (one.in === where ? (one.name ?? '') : [])).sort()
      expect(names('path')).toEqual(Object.keys(operation.params.shape).sort())
      expect(names('query')).toEqual(Object.keys(operation.query.shape).sort())
    }
    const reading = described().filter(({ operation }) => operation.security.length > 0)
    expect(reading.map(({ operation }) => operation.operationId).sort()).toEqual(Object.keys(operations).sort())
  })

  it('is answered what the operation says, and nothing beside it', () => {
    for (const { operationId, answer } of exchanges) {
      const operation = operations[operationId as keyof typeof operations]
      if (operation && !('mediaType' in operation)) expect(operation.answer.parse(answer), operationId).toEqual(answer)
    }
  })
})

/** Examples of every operation, from what was asked and answered. */
async function examplesText(): Promise<string> {
  const made: Record<string, unknown> = {}
  for (const { operationId, params, request, answer } of exchanges) {
    const shown = { ...(Object.keys(params).length > 0 && { params }), ...(request !== undefined && { request }) }
    made[operationId] ??= { ...shown, answer: shortened(answer) }
  }
  made.token = JSON.parse(JSON.stringify(made.token), (_, value) =>
    // What authenticates somebody is told by its beginning alone.
    typeof value === 'string' && value.startsWith('eyJ') ? `${value.slice(0, 60)}…` : value,
  )
  const { url } = scene.service
  const text = async (path: string) => await (await fetch(url + path)).text()
  made.latestCheckpoint = { answer: await text('/checkpoint') }
  made.keptCheckpoint = { params: { size: '1' }, answer: await text('/checkpoints/1') }
  made.live = { answer: JSON.parse(await text('/health/live')) }
  made.ready = { answer: JSON.parse(await text('/health/ready')) }
  const { request, answer } = made.submitStatement as { request: unknown; answer: unknown }
  made.submitStatements = { request: `${JSON.stringify(request)}\n`, answer: { status: 201, receipt: answer } }
  return `${JSON.stringify(made, null, 2)}\n`
}

/** A list by its first item. */
function shortened(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('items' in answer) || !Array.isArray(answer.items))
    return answer
  return { ...answer, items: answer.items.slice(0, 1) }
}

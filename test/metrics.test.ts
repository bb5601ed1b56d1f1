import { problemTypes } from '@tidings/client/contract'
import { dutyKinds } from '@tidings/exchange'
import { kinds, newThingId } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author, inventedPerson, inventedReply } from './support/author.ts'
import { asked, type Scene, twoCommissions } from './support/scenes.ts'
import type { Service } from './support/service.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The samples of a text in the format of Prometheus. */
function samplesOf(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, said]) => [label, said])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })
}

describe('the metrics of a service that has worked', () => {
  let scene: Scene
  let service: Service
  let text: string
  let samples: readonly Sample[]
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, said]) => sample.labels[label] === said),
    )?.value

  beforeAll(async () => {
    scene = await twoCommissions()
    service = scene.service
    const { a, b, mechanism } = scene
    const request = asked(b, mechanism)
    const submitted = await a.prepare(request.said)
    expect((await a.post(submitted.submission)).status).toBe(201)
    expect((await a.post(submitted.submission)).status).toBe(200)
    const answered = await b.say({
      kind: 'request.reply',
      about: request.about,
      mechanism,
      to: [a.id],
      aud: [a.id],
      re: [submitted.statement.id],
      body: { answers: [{ question: 'fate', disposition: 'none-found' }] },
      tells: inventedReply,
    })
    expect(answered.status).toBe(201)
    await a.say({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson })
    // Whatever people send: names in addresses, in methods, in headers, in bodies.
    await fetch(`${service.url}/v1/requests/Invented%20Person?name=Invented`)
    await fetch(`${service.url}/Invented/Person`, { method: 'DELETE', headers: { 'x-request-id': 'Invented' } })
    await a.post({ statement: 'Invented.Person.x' })
    await a.post('{"Invented Person":')
    const stranger = await Author.make(service.url, service.origin)
    await stranger.say({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson })
    await service.desk.views.waitForLeaf((await service.size()) - 1, AbortSignal.timeout(10_000))
    const answer = await fetch(`${service.url}/metrics`)
    expect(answer.status).toBe(200)
    text = await answer.text()
    samples = samplesOf(text)
  })
  afterAll(async () => {
    await scene[Symbol.asyncDispose]()
  })

  it('say how many statements were recorded, repeated and refused', async () => {
    expect(value('tidings_statements_total', { kind: 'request.submit', outcome: 'recorded' })).toBe(1)
    expect(value('tidings_statements_total', { kind: 'request.submit', outcome: 'repeated' })).toBe(1)
    expect(value('tidings_statements_total', { kind: 'case.describe', outcome: 'recorded' })).toBe(1)
    expect(value('tidings_statements_refused_total', { problem: 'unknown-party' })).toBe(1)
    expect(value('tidings_record_statements')).toBe(await service.size())
    expect(value('tidings_log_leaves')).toBe(await service.size())
    expect(value('tidings_desk_leaves')).toBe(await service.size())
    expect(value('tidings_desk_statements_total')).toBe(await service.size())
    expect(value('tidings_desk_lag_leaves')).toBe(0)
    expect(value('tidings_desk_lag_seconds')).toBe(0)
  })

  it('time each stage of intake, and each publication of the log', async () => {
    const stages = samples.filter(({ name }) => name === 'tidings_intake_stage_duration_seconds_count')
    expect(stages.map(({ labels }) => labels.stage).sort()).toEqual([
      'append',
      'check',
      'checkpoint',
      'hold',
      'publish',
      'record',
    ])
    expect(value('tidings_log_publication_duration_seconds_count')).toBeGreaterThan(0)
    expect(value('tidings_log_batch_leaves_sum')).toBe(await service.size())
  })

  it('say what is open in a mechanism, by its id', () => {
    expect(value('tidings_duties_open', { kind: 'assess' })).toBe(1)
  })

  it('say what the machine has left, and that nothing is waited for', () => {
    expect(value('tidings_disk_free_bytes')).toBeGreaterThan(0)
    expect(value('tidings_vault_contents', { state: 'pending' })).toBe(0)
    expect(value('tidings_vault_contents', { state: 'live' })).toBeGreaterThan(0)
    for (const check of ['disk', 'clock', 'stores', 'guard', 'log', 'desk'])
      expect(value('tidings_ready', { check })).toBe(1)
    expect(value('nodejs_eventloop_lag_seconds')).toBeDefined()
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  it('have labels from closed sets only, and nothing of what people have sent', async () => {
    const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: object }
    const routes = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'))
    const allowed: Readonly<Record<string, readonly string[] | RegExp>> = {
      route: [...routes, '/', '/metrics', '/openapi.json', '/tile/*', '/docs', '/docs/*', 'none'],
      method: ['GET', 'HEAD', 'POST', 'other'],
      status: /^[1-5]\d\d$/,
      problem: Object.keys(problemTypes),
      kind: [...Object.keys(kinds), ...dutyKinds, 'major', 'minor', 'incremental'],
      outcome: ['recorded', 'repeated', 'opened-again', 'stopped'],
      stage: ['check', 'record', 'hold', 'append', 'publish', 'checkpoint'],
      state: ['live', 'pending'],
      check: ['disk', 'clock', 'stores', 'guard', 'log', 'desk'],
      mechanism: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      // Of the buckets and quantiles, and what the library tells of Node itself.
      le: /^(\+Inf|[\d.]+)$/,
      quantile: /^[\d.]+$/,
      version: /^v?\d+\.\d+\.\d+$/,
      node: /^v\d+\.\d+\.\d+$/,
      major: /^\d+$/,
      minor: /^\d+$/,
      patch: /^\d+$/,
      space: /^[a-z_]+$/,
      type: /^[A-Za-z]+$/,
    }
    const outside = samples.flatMap(({ name, labels }) =>
      Object.entries(labels).flatMap(([label, said]) => {
        const set = allowed[label]
        const isIn = set instanceof RegExp ? set.test(said) : set?.includes(said) === true
        return isIn ? [] : [`${name}{${label}="${said}"}`]
      }),
    )
    expect(outside).toEqual([])
    expect(text).not.toMatch(/invented|person/i)
  })
})

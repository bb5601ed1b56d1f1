import type { EventStore } from '@tidings/event-store'
import type { IntakeOptions } from '@tidings/service-intake'
import type { Limits } from '@tidings/service-kit'
import { newThingId } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author, inventedPerson, postBatch } from './support/author.ts'
import { replaced, startIntake } from './support/second-intake.ts'
import { type Service, startService } from './support/service.ts'

describe('a service with more to do than it can', () => {
  let service: Service
  let a: Author

  beforeAll(async () => {
    service = await startService()
    a = await Author.begin(service.url, service.origin)
  })
  afterAll(() => service[Symbol.asyncDispose]())

  /** A second intake on the same stores: its record can be held back, as a slow disk would. */
  async function secondIntake(limits: Partial<Limits>, options: Partial<IntakeOptions> = {}) {
    let open = Promise.withResolvers<void>()
    open.resolve()
    const slow = replaced<EventStore>(service.store, {
      async appendEach(appends) {
        await open.promise
        return await service.store.appendEach(appends)
      },
    })
    const intake = await startIntake(service, { store: slow, ...options }, limits)
    return {
      ...intake,
      holdBack: () => {
        open = Promise.withResolvers<void>()
      },
      goOn: () => open.resolve(),
    }
  }

  const cases = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const said = { kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson } as const
        return (await a.prepare(said)).submission
      }),
    )

  const single = async (url: string, submission: unknown) => {
    const response = await fetch(`${url}/v1/statements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(submission),
    })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
  }

  it('turns away what exceeds its statements under way, at once and with a time to come back; what it has let in is answered', async () => {
    await using intake = await secondIntake({ underWayStatements: 20 })
    const batches = [await cases(15), await cases(15), await cases(15)]
    const before = await service.size()
    intake.holdBack()
    const turnedAway = Promise.withResolvers<void>()
    let count = 0
    const answering = batches.map(async (submissions) => {
      const answer = await postBatch(intake.url, submissions)
      if (answer.status === 503 && ++count === 2) turnedAway.resolve()
      return answer
    })
    await turnedAway.promise
    expect(await service.size(), 'nobody has been recorded yet').toBe(before)
    intake.goOn()
    const answers = await Promise.all(answering)
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused.map(({ body }) => body?.type)).toEqual(Array(2).fill('urn:tidings:problem:busy'))
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
    const letIn = answers.find(({ status }) => status === 200)
    expect(letIn?.lines.map(({ status }) => status)).toEqual(Array(15).fill(201))
    expect(await service.size(), 'what was turned away has left nothing').toBe(before + 15)
    for (const submissions of batches) expect((await postBatch(intake.url, submissions)).status).toBe(200)
    expect(await service.size()).toBe(before + 45)
  })

  it('turns away what exceeds its bytes under way before it reads them, single ones as well as many', async () => {
    const submissions = await cases(6)
    const size = JSON.stringify(submissions[0]).length
    await using intake = await secondIntake({ underWayBytes: 2.5 * size })
    intake.holdBack()
    const turnedAway = Promise.withResolvers<void>()
    let count = 0
    const answering = submissions.map(async (submission, i) => {
      const answer = i % 2 === 0 ? await single(intake.url, submission) : await postBatch(intake.url, [submission])
      if (answer.status === 503 && ++count === 4) turnedAway.resolve()
      return answer
    })
    await turnedAway.promise
    intake.goOn()
    const answers = await Promise.all(answering)
    expect(answers.filter(({ status }) => status !== 503)).toHaveLength(2)
    for (const { status, body } of answers) if (status === 503) expect(body.type).toBe('urn:tidings:problem:busy')
    for (const submission of submissions) expect((await single(intake.url, submission)).status).toBeLessThan(300)
  })

  it('takes a body only as large as it is told', async () => {
    await using intake = await secondIntake({ batchBytes: 10_000 })
    expect((await postBatch(intake.url, await cases(30))).status).toBe(413)
    expect((await postBatch(intake.url, await cases(2))).status).toBe(200)
  })

  it('says of those whose checking thread has ended that nothing was kept, and takes them when they come again', async () => {
    const script = new URL('../services/intake/src/checking/mortal-thread.fixture.ts', import.meta.url)
    await using intake = await secondIntake({}, { threads: 1, script })
    const submissions = await cases(3)
    const before = await service.size()
    const { lines } = await postBatch(intake.url, [...submissions, { statement: 'end this thread' }])
    expect(lines.map(({ problem }) => problem?.type)).toEqual(Array(4).fill('urn:tidings:problem:busy'))
    expect(await service.size()).toBe(before)
    expect((await service.vault.count()).pending).toBe(0)
    expect((await postBatch(intake.url, submissions)).lines.map(({ status }) => status)).toEqual([201, 201, 201])
    expect((await single(intake.url, submissions[0])).status).toBe(200)
  })
})

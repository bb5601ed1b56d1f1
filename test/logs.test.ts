import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@tidings/client'
import { newThingId } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { Author } from './support/author.ts'
import { freePort, ready, spawnService } from './support/child-service.ts'

describe('the log lines of a service', () => {
  it('are JSON with the time in UTC and the id of the request, and hold nothing of what was said, at the finest level', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-logs-'))
    const data = join(folder, 'data')
    const service = spawnService(data, await freePort(), '--log-level', 'trace')
    await ready(service)
    const { origin } = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')) as { origin: string }
    const author = await Author.begin(service.url, origin)
    const person = {
      mediaType: 'application/vnd.tidings.person+json',
      value: { names: [{ full: 'Zzyzx Quuxley' }] },
    }
    const said = { kind: 'case.describe', about: newThingId(), body: {}, tells: person } as const
    const { statement, submission } = await author.prepare(said)
    expect((await author.post(submission)).status).toBe(201)
    expect((await author.post(submission)).status).toBe(200)
    const [content] = submission.contents ?? []
    // Refused for many reasons, each of which is logged.
    const altered = {
      ...submission,
      contents: [{ ...content, data: Buffer.from('{"Zzyzx":1}').toString('base64url') }],
    }
    const refused = [
      altered,
      { ...submission, statement: `${submission.statement}A` },
      { ...submission, unknown: 'Zzyzx Quuxley' },
      '{"names":"Zzyzx',
      { statement: 'Zzyzx.Quuxley.x' },
    ]
    for (const body of refused) expect((await author.post(body)).status).toBeGreaterThanOrEqual(400)
    const vkey = (await (await fetch(`${service.url}/vkey`)).text()).trim()
    {
      await using connection = await connect({ url: service.url, party: author.id, signer: author.signer, vkey })
      const commitment = statement.payload.content?.[0]?.commitment ?? ''
      expect((await connection.read.content(commitment)).data).toBe(content?.data)
      await connection.read.case('Zzyzx-Quuxley').catch(() => undefined)
    }
    await fetch(`${service.url}/v1/cases/Zzyzx?name=Quuxley`, {
      headers: { authorization: 'DPoP Zzyzx', dpop: 'Quuxley' },
    })
    await fetch(`${service.url}/Zzyzx/Quuxley`, { headers: { 'user-agent': 'Zzyzx', 'x-request-id': 'Quuxley' } })
    const answer = await fetch(`${service.url}/nowhere`)
    const id = answer.headers.get('x-request-id') ?? ''
    await service.stop()

    const lines = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) expect(JSON.parse(line).time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(lines.some((line) => JSON.parse(line).reqId === id)).toBe(true)
    const printed = service.output()
    const [, payload = '', signature = ''] = submission.statement.split('.')
    for (const secret of ['Zzyzx', 'Quuxley', content?.salt, content?.data, payload, signature, 'DPoP ', 'eyJ'])
      expect(printed).not.toContain(secret)
    await rm(folder, { recursive: true })
  })
})

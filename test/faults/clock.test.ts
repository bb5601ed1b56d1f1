import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@tidings/client'
import { verifyCheckpoint } from '@tidings/transparency'
import { keptCheckpoints } from '@tidings/transparency/files'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertHeld } from '../support/acknowledged.ts'
import { freePort, ready } from '../support/child-service.ts'
import { tidingsIn } from '../support/command-line.ts'
import { spawnFaulty } from './faulty-service.ts'
import { type Scene, sceneOf } from './scene.ts'
import { canFail, compileShim, type Fault } from './shim.ts'

const day = 86_400
const year = 365 * day

describe.skipIf(!canFail)('a service whose clock jumps (needs gcc)', () => {
  let library: string
  let folder: string
  beforeAll(async () => {
    library = compileShim()
    folder = await mkdtemp(join(tmpdir(), 'tidings-clock-'))
  })
  afterAll(async () => {
    await rm(library, { force: true })
    await rm(folder, { recursive: true, force: true })
  })

  async function start(name: string, ...faults: Fault[]) {
    const data = join(folder, name)
    const args = ['--port', String(await freePort()), '--data', data, '--empty', '--log-level', 'error']
    const service = spawnFaulty(library, `${data}.faults`, args, faults)
    await ready(service)
    return { service, data }
  }

  /** Times of all checkpoints that were ever signed, in their order. */
  async function times({ data, vkey }: Scene): Promise<number[]> {
    const found: number[] = []
    for await (const text of keptCheckpoints(join(data, 'log'))) found.push((await verifyCheckpoint(text, vkey)).time)
    return found
  }

  /** Reads as a party does whose own clock is right. */
  async function read({ service, author, vkey }: Scene): Promise<unknown> {
    await using connection = await connect({ url: service.url, party: author.id, signer: author.signer, vkey })
    return await connection.read.party(author.id)
  }

  const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b)

  it.each([
    ['back by a day', -day, /^Nothing new is taken now: the clock says .* before the last checkpoint at /],
    ['ahead by a year', year, /^Nothing new is taken now: the clock went ahead by 3\d{7} s more than has passed, to /],
  ])('takes nothing new while it is %s, and goes on by itself when it is set right', async (name, seconds, says) => {
    const { service, data } = await start(name.replaceAll(' ', '-'))
    const at = await sceneOf(service, data)
    const { acknowledged, prepare, post, waitsFor } = at
    const before = await prepare()
    expect((await post(before)).status).toBe(201)
    service.suffer(`clock ${seconds}`)
    const refused = await prepare()
    expect(await post(refused)).toMatchObject({ status: 503, problem: 'busy', detail: expect.stringMatching(says) })
    expect(Object.keys(await waitsFor())).toEqual(['clock'])
    expect((await post(before)).status, 'what is recorded is answered as before').toBe(200)
    await expect(read(at), 'a reader whose clock is another is told').rejects.toThrow(/service's time/)
    service.suffer()
    expect(await waitsFor()).toEqual({})
    expect((await post(refused)).status).toBe(201)
    await read(at)
    expect(await service.stop()).toBe(0)
    await assertHeld(data, acknowledged)
    const signed = await times(at)
    expect(signed).toEqual(ascending(signed))
    expect(Math.max(...signed), 'nothing was signed with the time of the jump').toBeLessThan(Date.now() / 1000 + 1)
  })

  it('goes on when it is set back by a little, and no checkpoint goes back', async () => {
    const { service, data } = await start('a-little')
    const at = await sceneOf(service, data)
    expect((await at.post(await at.prepare())).status).toBe(201)
    service.suffer('clock -90')
    expect((await at.post(await at.prepare())).status).toBe(201)
    expect(await at.waitsFor()).toEqual({})
    expect(await service.stop()).toBe(0)
    await assertHeld(data, at.acknowledged)
    const signed = await times(at)
    expect(signed).toEqual(ascending(signed))
  })

  it('cannot know at its start that a clock is ahead: what was signed then holds up what is new, also over restarts', async () => {
    const { service, data } = await start('from-the-start', `clock ${year}`)
    const at = await sceneOf(service, data)
    expect((await at.post(await at.prepare())).status).toBe(201)
    service.suffer()
    const refused = await at.prepare()
    const says = expect.stringMatching(/before the last checkpoint .*it ends by itself when that time has come/)
    expect(await at.post(refused)).toMatchObject({ status: 503, problem: 'busy', detail: says })
    await service.kill()
    const args = ['--port', new URL(service.url).port, '--data', data, '--empty', '--log-level', 'error']
    const again = spawnFaulty(library, `${data}.faults`, args)
    await expect.poll(() => at.waitsFor().catch(() => ({})), { timeout: 20_000 }).toEqual({ clock: says })
    expect(await at.post(refused)).toMatchObject({ status: 503, problem: 'busy', detail: says })
    await read(at)
    const doctor = await tidingsIn(join(folder, 'none'), join(folder, 'none'), 'doctor', '--service', service.url)
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(/the last checkpoint is 3\d{7} s ahead of this machine's clock/)
    expect(doctor.out).toMatch(/clock: the clock says .* before the last checkpoint/)
    expect(await again.stop()).toBe(0)
    await assertHeld(data, at.acknowledged)
  })
})

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { assertHeld } from '../support/acknowledged.ts'
import type { Prepared } from '../support/author.ts'
import { freePort, ready, spawnServer } from '../support/child-service.ts'
import { viewsOf } from '../support/views.ts'
import { spawnFaulty } from './faulty-service.ts'
import { type Scene, sceneOf } from './scene.ts'
import { canFail, compileShim, errors, type Fault } from './shim.ts'

describe.skipIf(!canFail)('a service whose disk fails (needs gcc)', () => {
  let library: string
  let folder: string
  beforeAll(async () => {
    library = compileShim()
    folder = await mkdtemp(join(tmpdir(), 'tidings-faults-'))
  })
  afterAll(async () => {
    await rm(library, { force: true })
    await rm(folder, { recursive: true, force: true })
  })

  async function scene(name: string): Promise<Scene> {
    const data = join(folder, name)
    await mkdir(dirname(data), { recursive: true })
    const port = await freePort()
    const args = ['--port', String(port), '--data', data, '--empty', '--log-level', 'error']
    const service = spawnFaulty(library, `${data}.faults`, args)
    await ready(service)
    return await sceneOf(service, data)
  }

  /** The statement is acknowledged in the end, by repeating it as its author does. */
  async function acknowledgedInTheEnd({ post }: Scene, prepared: Prepared): Promise<void> {
    await expect
      .poll(() => post(prepared).then(({ status }) => status), { timeout: 40_000, interval: 250 })
      .toBeLessThan(300)
  }

  const { EIO, ENOSPC } = errors
  const refusing: readonly (readonly [string, Fault])[] = [
    ['the vault cannot be flushed', `sync vault.db ${EIO}`],
    ['the vault has no room', `write vault.db ${ENOSPC}`],
    ['the record cannot be flushed', `sync record.db ${EIO}`],
    ['the record has no room', `write record.db ${ENOSPC}`],
    ['nothing can be written', `write / ${ENOSPC}`],
  ]
  it.each(refusing)('refuses clearly while %s, and takes it when that has passed', async (name, fault) => {
    const at = await scene(name.replaceAll(' ', '-'))
    const { service, acknowledged, prepare, post, waitsFor } = at
    expect((await post(await prepare())).status).toBe(201)
    service.suffer(fault)
    const refused = await Promise.all(Array.from({ length: 5 }, prepare))
    for (const answer of await Promise.all(refused.map(post))) {
      expect(answer.status).toBe(503)
      expect(['busy', 'outcome-unknown']).toContain(answer.problem)
      expect(answer.detail).toMatch(/vault|record|disk|same/i)
    }
    expect(Object.keys(await waitsFor())).toContain('stores')
    service.suffer()
    for (const prepared of refused) await acknowledgedInTheEnd(at, prepared)
    expect(acknowledged).toHaveLength(6)
    await service.kill()
    await comesToRest(at)
    await assertHeld(at.data, acknowledged)
  })

  const waiting: readonly (readonly [string, Fault])[] = [
    ['a tile cannot be flushed', `sync log/tile ${EIO}`],
    ['the log has no room', `write data/log/ ${ENOSPC}`],
    ['a kept checkpoint cannot be flushed', `sync checkpoints.db ${EIO}`],
    ['a kept checkpoint has no room', `write checkpoints.db ${ENOSPC}`],
    ['the guard cannot be flushed', `sync .guard ${EIO}`],
    ['the guard cannot be written', `write .guard ${EIO}`],
  ]
  it.each(waiting)('signs nothing while %s, refuses what is new, and goes on by itself', async (name, fault) => {
    const at = await scene(`${name.replaceAll(' ', '-')}/data`)
    const { service, acknowledged, prepare, post, waitsFor } = at
    // With the author's own beginning it is the 256th that fills a tile: the next one.
    await Promise.all(Array.from({ length: 254 }, async () => post(await prepare())))
    expect(acknowledged).toHaveLength(254)
    service.suffer(fault)
    const recorded = await prepare()
    const answered = post(recorded)
    await expect.poll(() => waitsFor().then(Object.keys), { timeout: 10_000 }).toContain('log')
    const refused = await prepare()
    expect(await post(refused)).toMatchObject({ status: 503, problem: 'busy', detail: expect.stringMatching(/log/) })
    await pause(2_500)
    expect(acknowledged, 'nothing is acknowledged meanwhile').toHaveLength(254)
    service.suffer()
    expect(await answered, 'the one that was recorded gets its receipt').toMatchObject({ status: 201 })
    await acknowledgedInTheEnd(at, refused)
    await service.kill()
    await comesToRest(at)
    await assertHeld(at.data, acknowledged)
  })

  const unhurt: readonly (readonly [string, Fault])[] = [
    ['the views cannot be flushed', `sync desk.db ${EIO}`],
    ['the views have no room', `write desk.db ${ENOSPC}`],
    ['every flush takes long', 'delay / 20'],
  ]
  it.each(unhurt)('goes on taking statements while %s, and the views are whole afterwards', async (name, fault) => {
    const at = await scene(name.replaceAll(' ', '-'))
    const { service, acknowledged, prepare, post, waitsFor } = at
    service.suffer(fault)
    for (let i = 0; i < 5; i++) expect((await post(await prepare())).status).toBe(201)
    service.suffer()
    await expect.poll(waitsFor, { timeout: 20_000 }).toEqual({})
    expect(await service.stop()).toBe(0)
    await assertHeld(at.data, acknowledged)
    expect(await viewsOf(at.data)).toEqual(await viewsOf(at.data, { rebuilt: true }))
  })

  /** Starts what was killed once more, without faults, until its log has caught up, and stops it. */
  async function comesToRest({ data }: Scene): Promise<void> {
    const args = ['--port', String(await freePort()), '--data', data, '--empty', '--log-level', 'error']
    const again = spawnFaulty(library, `${data}.faults`, args)
    await ready(again)
    expect(await again.stop()).toBe(0)
  }
})

const namespaces =
  process.platform === 'linux' && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

describe.skipIf(!namespaces)('a service on a disk that is full (needs root, to mount a small one)', () => {
  it('keeps its reserve, refuses clearly beyond it, and takes statements when there is room again', async () => {
    await using disk = await smallDisk(64)
    const { service, data } = await disk.service('--disk-reserve', '16')
    const at = await sceneOf(service, data)
    const { acknowledged, prepare, post, waitsFor } = at
    expect((await post(await prepare())).status).toBe(201)
    await disk.fill(8)
    // A look at the disk counts for a moment.
    await pause(500)
    const refused = await prepare()
    expect(await post(refused)).toMatchObject({
      status: 503,
      problem: 'busy',
      detail: expect.stringMatching(/the disk of the data folder has \d+ MiB left, of which 16 MiB are kept/),
    })
    expect(Object.keys(await waitsFor())).toEqual(['disk'])
    await disk.empty()
    await expect.poll(() => post(refused).then(({ status }) => status), { timeout: 20_000 }).toBe(201)
    expect(await waitsFor()).toEqual({})
    expect(await service.stop()).toBe(0)
    await assertHeld(await disk.copyOut(), acknowledged)
  })

  it('without a reserve, and to the last byte, loses nothing acknowledged and recovers by itself', async () => {
    await using disk = await smallDisk(64)
    const { service, data } = await disk.service('--disk-reserve', '0')
    const { acknowledged, prepare, post, waitsFor } = await sceneOf(service, data)
    expect((await post(await prepare())).status).toBe(201)
    await disk.fill(0)
    const sent = await Promise.all(Array.from({ length: 40 }, prepare))
    const answers = sent.map(post)
    await expect.poll(waitsFor, { timeout: 20_000 }).not.toEqual({})
    const before = acknowledged.length
    await disk.empty()
    for (const { status } of await Promise.all(answers)) expect([201, 503]).toContain(status)
    for (const prepared of sent)
      await expect.poll(() => post(prepared).then(({ status }) => status), { timeout: 40_000 }).toBeLessThan(300)
    expect(before).toBeLessThan(41)
    await expect.poll(waitsFor, { timeout: 20_000 }).toEqual({})
    expect(await service.stop()).toBe(0)
    await assertHeld(await disk.copyOut(), acknowledged)
  })
})

/** A disk of so many MiB in memory, mounted where only its own processes see it. It goes with them. */
async function smallDisk(sizeMiB: number) {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-small-'))
  const mounted = `mount -t tmpfs -o size=${sizeMiB}m tmpfs '${folder}' && echo mounted && exec sleep 600`
  const holder = spawn('unshare', ['-m', 'sh', '-c', mounted], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const inside = `/proc/${holder.pid}/root${folder}`
  const filler = join(inside, 'filler')
  return {
    /** Starts a service on this disk. The path of its data folder is as this process sees it. */
    async service(...args: readonly string[]) {
      const port = await freePort()
      const given = ['--port', String(port), '--data', join(folder, 'data'), '--empty', '--log-level', 'error', ...args]
      const service = spawnServer(given, {}, ['nsenter', '-t', String(holder.pid), '-m'])
      onTestFinished(service.kill)
      await ready(service)
      return { service, data: join(inside, 'data') }
    },
    /** Copies the data folder to where SQLite finds its files under the names it is given. */
    async copyOut() {
      const copy = join(folder, 'copy')
      await cp(join(inside, 'data'), copy, { recursive: true })
      return copy
    },
    /** Leaves about so many MiB free: none at all with 0. */
    async fill(leaveMiB: number) {
      const { bavail, bsize } = await statfs(inside)
      const file = await open(filler, 'w')
      const block = Buffer.alloc(64 * 1024)
      for (let left = bavail * bsize - leaveMiB * 1024 ** 2; left > 0; left -= block.length) {
        const written = await file.write(block).catch((error: NodeJS.ErrnoException) => error)
        if (written instanceof Error) break
      }
      await file.close()
    },
    empty: () => rm(filler),
    async [Symbol.asyncDispose]() {
      const ended = once(holder, 'exit')
      holder.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { decodeEventData, leafEntry, newThingId, readStatement } from '@tidings/statement'
import { checkLog, verifyTlogProof } from '@tidings/transparency'
import { folderTiles, keptCheckpoints, openLogFolder } from '@tidings/transparency/files'
import { describe, expect, it } from 'vitest'
import { Author, inventedPerson } from './support/author.ts'
import { freePort, ready, spawnService } from './support/child-service.ts'
import { viewsOf } from './support/views.ts'

const kills = 50

describe('nothing acknowledged is ever lost', () => {
  it(`survives ${kills} kills at random moments under load: everything acknowledged is there, no fork, the views equal a rebuild`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-kill-'))
    const data = join(folder, 'data')
    const port = await freePort()
    const acknowledged: { id: string; leaf: number; jws: string; proof: string }[] = []
    let author: Author | undefined

    for (let round = 0; round < kills; round++) {
      const service = spawnService(data, port)
      await ready(service)
      const origin = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')).origin as string
      author ??= await Author.begin(service.url, origin)
      const stop = new AbortController()
      const load = Promise.all(Array.from({ length: 8 }, () => speak(author as Author, acknowledged, stop.signal)))
      await pause(40 + Math.random() * 400)
      await service.kill()
      stop.abort()
      await load
    }

    const service = spawnService(data, port)
    await ready(service)
    expect(await service.stop()).toBe(0)
    expect(acknowledged.length, 'the load was real').toBeGreaterThan(kills * 5)

    // The record holds every acknowledged statement at its leaf, and the log proves each of them under its present checkpoint.
    await using store = await openSqliteEventStore({ file: join(data, 'record.db'), mode: 'read' })
    const atLeaf = new Map<number, string>()
    for await (const event of store.readAll()) atLeaf.set(event.position, decodeEventData(event.data).jws)
    for (const { id, leaf, jws } of acknowledged) {
      expect(atLeaf.get(leaf)).toBe(jws)
      expect(readStatement(jws).id).toBe(id)
    }
    await using log = await openLogFolder({ folder: join(data, 'log') })
    const latest = await log.latest()
    expect(latest.size).toBe(atLeaf.size)
    await checkLog(folderTiles(join(data, 'log')), log.vkey, { checkpoints: keptCheckpoints(join(data, 'log')) })

    // No fork: every checkpoint that was ever handed out is a prefix of the log.
    for (const { leaf, jws, proof } of acknowledged) {
      const checkpoint = await verifyTlogProof(proof, leafEntry(jws), log.vkey)
      expect(checkpoint.size).toBeGreaterThan(leaf)
      expect(await log.rootAt(checkpoint.size)).toEqual(checkpoint.root)
    }
    expect(await viewsOf(data), 'views equal a rebuild').toEqual(await viewsOf(data, { rebuilt: true }))
    await rm(folder, { recursive: true })
  }, 600_000)

  it('an old copy of the data folder refuses to sign when the guard is kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-old-'))
    const data = join(folder, 'data')
    const port = await freePort()
    const first = spawnService(data, port)
    await ready(first)
    const origin = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')).origin as string
    const author = await Author.begin(first.url, origin)
    await first.stop()
    await cp(data, join(folder, 'copy'), { recursive: true })

    const second = spawnService(data, port)
    await ready(second)
    expect(
      (await author.say({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson })).status,
    ).toBe(201)
    await second.stop()

    await rm(data, { recursive: true })
    await cp(join(folder, 'copy'), data, { recursive: true })
    const restored = spawnService(data, port)
    await expect(ready(restored)).rejects.toThrow(/guard/)
    expect(restored.process.exitCode).toBe(1)
    await rm(folder, { recursive: true })
  }, 60_000)

  it('a second process on the same data folder is refused with a clear message', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-two-'))
    const data = join(folder, 'data')
    const first = spawnService(data, await freePort())
    await ready(first)
    const second = spawnService(data, await freePort())
    await expect(ready(second)).rejects.toThrow(/another process/i)
    await first.stop()
    await rm(folder, { recursive: true })
  }, 60_000)
})

/** Submits one case after the other, and keeps what was acknowledged, until the service is gone. */
async function speak(
  author: Author,
  acknowledged: { id: string; leaf: number; jws: string; proof: string }[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { submission } = await author.prepare({
      kind: 'case.describe',
      about: newThingId(),
      body: {},
      tells: inventedPerson,
    })
    const answer = await author.post(submission).catch(() => undefined)
    if (!answer) return
    if (answer.status !== 201) throw new Error(`refused: ${JSON.stringify(answer.body)}`)
    acknowledged.push({
      id: answer.body.id,
      leaf: answer.body.leaf,
      jws: submission.statement,
      proof: answer.body.proof,
    })
  }
}

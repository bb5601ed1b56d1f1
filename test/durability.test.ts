import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { newThingId } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { type Acknowledged, assertHeld, sendAgain, speak, speakInBatches } from './support/acknowledged.ts'
import { Author, inventedCase, inventedPerson } from './support/author.ts'
import { type ChildService, freePort, ready, spawnService } from './support/child-service.ts'
import { viewsOf } from './support/views.ts'

describe('nothing acknowledged is ever lost', () => {
  it.each([
    { load: 'single statements', kills: 50, callers: 8, speaking: speak, atLeast: 5 },
    { load: 'many statements a request', kills: 15, callers: 3, speaking: speakInBatches, atLeast: 50 },
  ])(
    'survives $kills kills at random moments under load of $load: everything acknowledged is there, no fork, the views equal a rebuild',
    async ({ kills, callers, speaking, atLeast }) => {
      const folder = await mkdtemp(join(tmpdir(), 'tidings-kill-'))
      const data = join(folder, 'data')
      const port = await freePort()
      const acknowledged: Acknowledged[] = []
      let author: Author | undefined

      // What kills have left without an answer comes again by the thousand: its address would be told to slow down for that.
      const start = () => spawnService(data, port, '--limit', 'address-requests=1000000')
      for (let round = 0; round < kills; round++) {
        const service = start()
        await ready(service)
        const origin = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')).origin as string
        author ??= await Author.begin(service.url, origin)
        const stop = new AbortController()
        const load = Promise.all(
          Array.from({ length: callers }, () => speaking(author as Author, acknowledged, stop.signal, service.url)),
        )
        // A service that has just begun is slow at first, on a busy machine for seconds. Most kills fall after its first answers, some before.
        const before = acknowledged.length
        while (round % 5 > 0 && acknowledged.length === before && service.process.exitCode === null) await pause(5)
        await pause(40 + Math.random() * 400)
        await service.kill()
        stop.abort()
        await load
      }

      const service = start()
      await ready(service)
      await sendAgain(service.url, acknowledged)
      await expect.poll(() => behind(service), { timeout: 30_000 }).toBe(0)
      expect(await service.stop()).toBe(0)
      expect(acknowledged.length, 'the load was real').toBeGreaterThan(kills * atLeast)

      await assertHeld(data, acknowledged)
      expect(await viewsOf(data), 'views equal a rebuild').toEqual(await viewsOf(data, { rebuilt: true }))
      await rm(folder, { recursive: true })
    },
    600_000,
  )

  it('contents whose going live a loss of power took back are live again after a start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-power-'))
    const data = join(folder, 'data')
    const port = await freePort()
    const first = spawnService(data, port)
    await ready(first)
    const origin = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')).origin as string
    const author = await Author.begin(first.url, origin)
    const about = newThingId()
    expect((await author.say(inventedCase(about))).status).toBe(201)
    await first.stop()

    // That commit is not flushed by itself: this is what the disk may hold of it.
    const states = () => {
      using vault = new DatabaseSync(join(data, 'vault.db'))
      const count = (sql: string) => Number(Object.values(vault.prepare(sql).get() ?? {})[0])
      return { pending: count('SELECT count(*) FROM pending'), live: count('SELECT live FROM vault') }
    }
    expect(states()).toEqual({ pending: 0, live: 1 })
    {
      using vault = new DatabaseSync(join(data, 'vault.db'))
      vault.exec(`INSERT INTO pending (statement, stream, held_at, contents) SELECT statement, 'case-${about}', 0, 1 FROM contents;
        UPDATE vault SET live = 0`)
    }
    expect(states()).toEqual({ pending: 1, live: 0 })

    const second = spawnService(data, port)
    await ready(second)
    await second.stop()
    expect(states()).toEqual({ pending: 0, live: 1 })
    await rm(folder, { recursive: true })
  })

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

/** How many statements of the record the views do not know yet: what was recorded when the kill fell is published and folded after the start. */
async function behind({ url }: ChildService): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  return value('tidings_record_statements') - value('tidings_desk_leaves')
}

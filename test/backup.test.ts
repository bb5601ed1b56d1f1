import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, open, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from '@tidings/client'
import { leafEntry, readStatement } from '@tidings/statement'
import { verifyTlogProof } from '@tidings/transparency'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Acknowledged, assertHeld, speak } from './support/acknowledged.ts'
import { Author, inventedCase } from './support/author.ts'
import { type ChildService, freePort, ready, spawnService } from './support/child-service.ts'
import { tidingsIn } from './support/command-line.ts'

const operate = new URL('../services/standalone/src/operate.ts', import.meta.url).pathname

describe('a backup', () => {
  let folder: string
  const path = (name: string) => join(folder, name)
  /** `tidings`, in a home that holds no party: what an operator runs. */
  const tidings = (...args: string[]) => tidingsIn(path('home'), path('none'), ...args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-backup-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function start(data: string, ...args: string[]): Promise<ChildService> {
    const service = spawnService(path(data), await freePort(), ...args)
    await ready(service)
    return service
  }
  async function authorAt(service: ChildService, data: string): Promise<Author> {
    const { origin } = JSON.parse(await readFile(join(path(data), 'tidings.json'), 'utf8'))
    return await Author.begin(service.url, origin)
  }
  const vkeyOf = async (data: string) => (await readFile(join(path(data), 'log', 'vkey'), 'utf8')).trim()

  describe('of a service under load', () => {
    const acknowledged: Acknowledged[] = []
    let before: readonly Acknowledged[]
    let service: ChildService
    let author: Author

    beforeAll(async () => {
      service = await start('busy')
      author = await authorAt(service, 'busy')
      const stop = new AbortController()
      const load = Promise.all(Array.from({ length: 8 }, () => speak(author, acknowledged, stop.signal)))
      while (acknowledged.length < 300) await pause(20)
      before = [...acknowledged]
      const made = await tidings('backup', '--data', path('busy'), '--to', path('backup'))
      expect(made).toMatchObject({ code: 0 })
      const during = acknowledged.length
      stop.abort()
      await load
      expect(during, 'the service was at work meanwhile').toBeGreaterThan(before.length)
    })
    afterAll(async () => {
      await service.stop()
    })

    it('tells what it holds, and that every content in it was opened', async () => {
      const manifest = JSON.parse(await readFile(path('backup/backup.json'), 'utf8'))
      expect(manifest.log.size).toBeGreaterThanOrEqual(before.length)
      expect(manifest.statements).toBeGreaterThanOrEqual(manifest.log.size)
      expect(manifest.contents, 'each case brings one content; the inception none').toBe(manifest.statements - 1)
    })

    it('holds every receipt issued before it began, and its log is whole', async () => {
      await assertHeld(path('backup'), before, false)
      const verified = await tidings('verify', path('backup/log'), '--vkey', await vkeyOf('busy'))
      expect(verified.code).toBe(0)
    })

    it('holds neither keys nor guard nor views, and is for its owner alone', async () => {
      expect((await readdir(path('backup'))).sort()).toEqual([
        'backup.json',
        'log',
        'record.db',
        'tidings.json',
        'vault.db',
      ])
      expect((await stat(path('backup'))).mode & 0o777).toBe(0o700)
      for (const file of ['record.db', 'vault.db', 'backup.json'])
        expect((await stat(path(`backup/${file}`))).mode & 0o777).toBe(0o600)
    })

    it('restored without the guard, refuses to sign, and serves what it holds for reading', async () => {
      const args = ['restore', '--from', path('backup'), '--data', path('restored'), '--keys', path('busy/keys')]
      const restored = await tidings(...args)
      expect(restored.code).toBe(0)
      expect(restored.json()).toMatchObject({ guard: 'missing', keysMissing: [] })
      await expect(start('restored')).rejects.toThrow(/transparency\/guard-missing/)

      const copy = await start('restored', '--read-only')
      const vkey = await vkeyOf('busy')
      await using connection = await connect({ url: copy.url, party: author.id, signer: author.signer, vkey })
      for (const { id, jws } of before.slice(0, 30)) {
        const receipt = await connection.read.receipt(id)
        expect(receipt.statement, 'what was acknowledged is there with its receipt').toBe(jws)
        await verifyTlogProof(receipt.proof, leafEntry(jws), vkey)
        const [reference] = readStatement(jws).payload.content ?? []
        const content = await connection.read.content(reference?.commitment ?? '')
        expect(content.data.length, 'and with its content').toBeGreaterThan(0)
      }
      const { submission } = await author.prepare(inventedCase())
      const refused = await fetch(`${copy.url}/v1/statements`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(submission),
      })
      expect(await refused.json()).toMatchObject({
        type: 'urn:tidings:problem:read-only',
        status: 403,
      })
      expect(await (await fetch(copy.url)).text()).toContain('a copy of the record, for reading only')
      expect(await copy.stop()).toBe(0)
    })

    it('restored beside the present guard, refuses to sign another history', async () => {
      const args = ['restore', '--from', path('backup'), '--data', path('old'), '--keys', path('busy/keys')]
      // What was acknowledged after the backup is what makes it old.
      expect((await author.say(inventedCase())).status).toBe(201)
      await cp(path('busy.guard'), path('old.guard'))
      const restored = await tidings(...args)
      expect(restored.json()).toMatchObject({ guard: 'newer' })
      await expect(start('old')).rejects.toThrow(/transparency\/record-behind-guard/)
    })
  })

  it('of a stopped service, restored elsewhere with keys and guard, goes on where it was', async () => {
    const first = await start('one')
    const author = await authorAt(first, 'one')
    const acknowledged: Acknowledged[] = []
    const say = async (url: Author) => {
      const { submission } = await url.prepare(inventedCase())
      const { status, body } = await url.post(submission)
      expect(status).toBe(201)
      acknowledged.push({ id: body.id, leaf: body.leaf, jws: submission.statement, proof: body.proof })
    }
    for (let i = 0; i < 5; i++) await say(author)
    await first.stop()
    expect((await tidings('backup', '--data', path('one'), '--to', path('one-backup'))).code).toBe(0)
    await cp(path('one.guard'), path('two.guard'))
    const args = ['restore', '--from', path('one-backup'), '--data', path('two'), '--keys', path('one/keys')]
    expect((await tidings(...args)).json()).toMatchObject({ guard: 'agrees', keysMissing: [] })
    const second = spawnService(path('two'), Number(new URL(first.url).port))
    await ready(second)
    await say(author)
    expect(await second.stop()).toBe(0)
    await assertHeld(path('two'), acknowledged)
  })

  const strace = spawnSync('strace', ['-V']).status === 0
  it.skipIf(!strace).each(['pwrite64', 'fsync', 'rename'])(
    'killed at any %s leaves nothing under its name, harms nobody, and can be made again (needs strace)',
    async (call) => {
      const data = `killed-at-${call}`
      const service = await start(data)
      const author = await authorAt(service, data)
      for (let i = 0; i < 5; i++) await author.say(inventedCase())
      let killed = 0
      for (let at = 1; ; at *= 2) {
        const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${at}`]
        const args = [
          process.execPath,
          operate,
          '--act',
          'backup',
          '--data',
          path(data),
          '--to',
          path(`${data}-backup`),
        ]
        const child = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, ...args], { stdio: 'ignore' })
        const [code] = await once(child, 'exit')
        expect((await author.say(inventedCase())).status).toBe(201)
        if (code === 0) break
        killed++
        expect(await readdir(folder)).not.toContain(`${data}-backup`)
      }
      expect(killed).toBeGreaterThan(0)
      expect(await readdir(folder)).toContain(`${data}-backup`)
      expect(await service.stop()).toBe(0)
    },
  )

  it('of a vault that lacks a content is made all the same, says of which leaf, and ends with 5', async () => {
    const service = await start('lacking')
    const author = await authorAt(service, 'lacking')
    for (let i = 0; i < 3; i++) expect((await author.say(inventedCase())).status).toBe(201)
    await service.stop()
    const vault = new DatabaseSync(join(path('lacking'), 'vault.db'))
    vault.exec('DELETE FROM contents WHERE number = 2')
    vault.close()
    const made = await tidings('backup', '--data', path('lacking'), '--to', path('lacking-backup'))
    expect(made.code).toBe(5)
    expect(made.json()).toMatchObject({ statements: 4, contents: 2, missing: [2] })
  })

  describe('is refused', () => {
    beforeAll(async () => {
      const service = await start('small')
      const author = await authorAt(service, 'small')
      await author.say(inventedCase())
      await service.stop()
      expect((await tidings('backup', '--data', path('small'), '--to', path('small-backup'))).code).toBe(0)
    })
    const failed = async (...args: string[]) => {
      const { code, err } = await tidings(...args)
      expect(code).not.toBe(0)
      return JSON.parse(err.trim().split('\n').at(-1) ?? '').error
    }

    it('over one that is there', async () => {
      const error = await failed('backup', '--data', path('small'), '--to', path('small-backup'))
      expect(error).toMatchObject({ code: 'backup/exists' })
    })

    it('into the data folder itself', async () => {
      await symlink(path('small'), path('alias'))
      for (const to of ['small/backups/one', 'small', 'alias/one']) {
        const error = await failed('backup', '--data', path('small'), '--to', path(to))
        expect(error).toMatchObject({
          code: 'backup/inside',
          message: expect.stringContaining('lies in the data folder'),
        })
      }
      expect(await readdir(path('small'))).not.toContain('backups')
    })

    it('of what is no data folder', async () => {
      const error = await failed('backup', '--data', path('small/log'), '--to', path('nothing'))
      expect(error).toMatchObject({ code: 'backup/no-data-folder' })
    })

    it('into a folder that is not empty', async () => {
      const error = await failed('restore', '--from', path('small-backup'), '--data', path('small'))
      expect(error).toMatchObject({ code: 'backup/exists' })
    })

    it.each(['record.db', 'vault.db', 'log/checkpoints.db', 'log/checkpoint', 'tidings.json'])(
      'with a byte of %s altered, and nothing is restored',
      async (name) => {
        await rm(path('altered'), { recursive: true, force: true })
        await cp(path('small-backup'), path('altered'), { recursive: true })
        const file = await open(path(`altered/${name}`), 'r+')
        const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 100)
        await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, 100)
        await file.close()
        const error = await failed('restore', '--from', path('altered'), '--data', path('from-altered'))
        expect(error).toMatchObject({ code: 'backup/damaged', message: expect.stringContaining(name) })
        expect(error.message.toLowerCase(), 'and the backup is named').toContain(
          `${path('altered').toLowerCase()} is damaged`,
        )
        expect(await readdir(folder)).not.toContain('from-altered')
      },
    )

    it('unfinished', async () => {
      await cp(path('small-backup'), path('unfinished'), { recursive: true })
      await rm(path('unfinished/backup.json'))
      const error = await failed('restore', '--from', path('unfinished'), '--data', path('from-unfinished'))
      expect(error).toMatchObject({ code: 'backup/not-a-backup' })
    })

    it('with the keys of another service, and nothing is restored', async () => {
      const other = await start('other')
      await other.stop()
      const args = ['--from', path('small-backup'), '--data', path('from-other'), '--keys', path('other/keys')]
      expect(await failed('restore', ...args)).toMatchObject({ code: 'backup/other-keys' })
      expect(await readdir(folder)).not.toContain('from-other')
    })
  })

  it('whose newest copy is lost is followed by a new log: the old statements stay evidence, and are not taken for new ones', async () => {
    const old = await start('lost')
    const author = await authorAt(old, 'lost')
    const said = await author.prepare(inventedCase())
    const { body } = await author.post(said.submission)
    const vkey = await vkeyOf('lost')
    await old.stop()

    const anew = spawnService(path('anew'), Number(new URL(old.url).port), '--origin', 'tidings.example/log/after')
    await ready(anew)
    // The author begins again, from a first checkpoint of the new log, and states again what is still to stand.
    author.sees({ origin: 'tidings.example/log/after', size: 0, root: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' })
    expect((await author.say(author.inception())).status).toBe(201)
    expect((await author.post(said.submission)).body).toMatchObject({ type: 'urn:tidings:problem:seen-not-a-prefix' })
    expect((await author.say(inventedCase())).status).toBe(201)
    expect(await anew.stop()).toBe(0)
    expect((await verifyTlogProof(body.proof, leafEntry(said.statement.jws), vkey)).size).toBeGreaterThan(body.leaf)
  })
})

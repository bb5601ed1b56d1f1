import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content, from, hash, subjectOf } from '../invented-contents.fixture.ts'
import type { NewContent } from '../vault.ts'
import { createMasterKey, openSqliteVault } from './index.ts'

const fixture = fileURLToPath(new URL('hold-until-killed.fixture.ts', import.meta.url))
const statement = hash('statement')

describe('the file of a vault', () => {
  let folder: string
  let file: string
  let masterKeyFile: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-'))
    file = join(folder, 'vault.db')
    masterKeyFile = join(folder, 'vault.key')
    await createMasterKey(masterKeyFile)
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = () => openSqliteVault({ file, masterKeyFile })

  async function keep(...contents: NewContent[]) {
    await using vault = await open()
    await vault.hold(from(statement), contents)
    await vault.publish(statement)
  }

  function change(sql: string) {
    using db = new DatabaseSync(file)
    db.exec(sql)
  }

  describe('keys', () => {
    it('opens with the master key it was made with, and with no other', async () => {
      await keep(content('a'))
      const masterKey = await readFile(masterKeyFile)
      await rm(masterKeyFile)
      await expect(open()).rejects.toMatchObject({ code: 'vault/master-key-missing' })
      await createMasterKey(masterKeyFile)
      await expect(open()).rejects.toMatchObject({ code: 'vault/master-key-wrong' })
      await writeFile(masterKeyFile, masterKey)
      await using vault = await open()
      expect(await vault.count()).toEqual({ pending: 0, live: 1 })
    })

    it('begins no vault without a master key', async () => {
      await rm(masterKeyFile)
      await expect(open()).rejects.toMatchObject({ code: 'vault/master-key-missing' })
      await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
    })

    it('shows nothing of a content, its salt or the master key in its bytes', async () => {
      const [salt, marker] = [randomBytes(32), 'a name that nobody else has']
      await using vault = await open()
      await vault.hold(from(statement), [{ ...content(`${marker} `.repeat(200)), salt }])
      for (const suffix of ['', '-wal']) {
        const bytes = await readFile(file + suffix)
        expect(bytes.length).toBeGreaterThan(1_000)
        for (const secret of [
          marker,
          salt,
          Buffer.from(await readFile(masterKeyFile, 'utf8'), 'base64url'),
          await readFile(masterKeyFile),
        ])
          expect(bytes.includes(secret)).toBe(false)
      }
    })

    it('encrypts the same content differently each time', async () => {
      await keep(content('a', { commitment: hash('1') }), content('a', { commitment: hash('2') }))
      using db = new DatabaseSync(file, { readOnly: true })
      const column = (name: string) =>
        db
          .prepare(`SELECT ${name} FROM contents`)
          .all()
          .map((row) => Buffer.from(row[name] as Uint8Array).toString('hex'))
      for (const name of ['sealed', 'wrapped_key']) expect(new Set(column(name)).size).toBe(2)
    })

    it("makes every content of a subject unreadable when the subject's key is gone, and no other", async () => {
      const [a, b, other] = [content('a'), content('b'), content('other', { subject: subjectOf(1) })]
      await keep(a, b, other)
      change(`DELETE FROM subjects WHERE subject = x'${subjectOf(0).replaceAll('-', '')}'`)
      await using vault = await open()
      for (const { commitment } of [a, b])
        await expect(vault.read(from(statement), commitment)).rejects.toMatchObject({ code: 'vault/damaged' })
      expect((await vault.read(from(statement), other.commitment))?.data).toEqual(other.data)
    })

    it.each([
      ['a content', 'UPDATE contents SET sealed = zeroblob(length(sealed))'],
      [
        'the bytes of two contents, exchanged',
        'CREATE TEMP TABLE before AS SELECT * FROM contents; UPDATE contents SET sealed = (SELECT sealed FROM before b WHERE b.number <> contents.number)',
      ],
      ['the media type of a content', "UPDATE contents SET media_type = 'text/html'"],
      ['the key of a content', 'UPDATE contents SET wrapped_key = zeroblob(40)'],
      ['the key of a subject', 'UPDATE subjects SET wrapped_key = zeroblob(40)'],
      ['the subject of a content', 'UPDATE contents SET subject = 3 - subject'],
    ])('shows that somebody altered %s', async (_, sql) => {
      const [a, b] = [content('a'), content('b', { subject: subjectOf(1) })]
      await keep(a, b)
      change(sql)
      await using vault = await open()
      for (const { commitment } of [a, b])
        await expect(vault.read(from(statement), commitment)).rejects.toMatchObject({
          name: 'VaultError',
          code: 'vault/damaged',
        })
    })

    it('shows that somebody gave a content to another statement', async () => {
      const a = content('a')
      await keep(a)
      const thief = createHash('sha256').update('thief').digest()
      change(
        `UPDATE contents SET statement = x'${thief.toString('hex')}', statement_start = ${thief.readBigInt64BE(0)}`,
      )
      await using vault = await open()
      await expect(vault.read(from(thief.toString('base64url')), a.commitment)).rejects.toMatchObject({
        code: 'vault/damaged',
      })
    })

    it('leaves no trace of the ciphertext that a sweep deleted', async () => {
      await using vault = await open()
      await vault.hold(from(statement), [content('a')])
      const sealed = sealedIn(file)
      await vault.sweep(new Date(Date.now() + 60_000), async () => false)
      for (const suffix of ['', '-wal']) expect((await readFile(file + suffix)).includes(sealed)).toBe(false)
    })
  })

  describe('file', () => {
    it('is readable by its owner alone', async () => {
      await using _ = await open()
      for (const suffix of ['', '-wal', '-shm']) expect((await stat(file + suffix)).mode & 0o077).toBe(0)
    })

    it('has one process that writes it', async () => {
      await using _ = await open()
      await expect(open()).rejects.toMatchObject({ code: 'vault/second-writer' })
    })

    it('is refused when it is something else, or newer', async () => {
      await writeFile(file, 'a letter '.repeat(1_000))
      await expect(open()).rejects.toMatchObject({ code: 'vault/damaged' })
      await rm(file)
      await keep(content('a'))
      change('PRAGMA user_version = 3')
      await expect(open()).rejects.toMatchObject({ code: 'vault/newer-format' })
    })

    it('is refused when it is from before the first release', async () => {
      await keep(content('a'))
      change('PRAGMA user_version = 1')
      await expect(open()).rejects.toThrow('from before the first release')
    })

    it('is refused when it has lost its key check', async () => {
      await keep(content('a'))
      change('DELETE FROM vault')
      await expect(open()).rejects.toMatchObject({ code: 'vault/damaged' })
    })
  })

  it('holds everything that was acknowledged when it is killed under load', { timeout: 60_000 }, async () => {
    const acknowledged = new Map<string, string>()
    let process_: ChildProcess | undefined
    try {
      for (let round = 0; round < 4; round++) {
        process_ = spawn(process.execPath, [fixture, file, masterKeyFile], { stdio: ['ignore', 'pipe', 'inherit'] })
        await acknowledgements(process_, acknowledged, 100, 41 * round)
        await using vault = await open()
        for (const [id, state] of acknowledged) {
          if (state === 'held') await vault.publish(id)
          const read = await vault.read(from(id), id)
          expect(
            Buffer.from(read?.data ?? [])
              .toString()
              .trimEnd(),
          ).toBe(id)
        }
      }
    } finally {
      process_?.kill('SIGKILL')
    }
    expect(acknowledged.size).toBeGreaterThan(400)
  })
})

/** Collects what the process acknowledges; once that are so many lines more, has it killed after a while. */
async function acknowledgements(
  child: ChildProcess,
  acknowledged: Map<string, string>,
  atLeast: number,
  delay: number,
) {
  if (!child.stdout) throw new Error('the process prints to a pipe')
  const exit = once(child, 'exit')
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [state = '', id = ''] = line.split(' ')
    acknowledged.set(id, state)
    if (++lines === atLeast) setTimeout(() => child.kill('SIGKILL'), delay)
  }
  await exit
}

function sealedIn(file: string): Uint8Array {
  using db = new DatabaseSync(file, { readOnly: true })
  return db.prepare('SELECT sealed FROM contents').get()?.sealed as Uint8Array
}

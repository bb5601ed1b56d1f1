import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileFormat, isNetworkFileSystem, openFileToRead, openFileToWrite } from './open-file.ts'
import { takeWriterLock } from './writer-lock.ts'

const format: FileFormat = {
  name: 'a list',
  applicationId: 7,
  version: 2,
  oldest: 2,
  schema: 'CREATE TABLE items (item TEXT) STRICT',
}

describe('a file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-file-'))
    file = join(folder, 'list.db')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const options = () => ({ file, format, settings: 'PRAGMA synchronous = FULL' })
  const settingsOf = (db: DatabaseSync) =>
    ['journal_mode', 'synchronous', 'page_size', 'application_id', 'user_version'].map(
      (name) => db.prepare(`PRAGMA ${name}`).get()?.[name],
    )

  it('is made for its owner alone, in write-ahead mode, with its tables and its marks', async () => {
    using db = openFileToWrite(options())
    expect(settingsOf(db)).toEqual(['wal', 2, 8192, 7, 2])
    expect(db.prepare('SELECT * FROM items').all()).toEqual([])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is begun again when its maker died before its first transaction', () => {
    const unfinished = new DatabaseSync(file)
    unfinished.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL')
    unfinished.close()
    using db = openFileToWrite(options())
    expect(settingsOf(db)).toEqual(['wal', 2, 8192, 7, 2])
  })

  it('is brought to the disk when it is opened: nothing stays in the write-ahead log', async () => {
    using left = openFileToWrite(options())
    left.exec("INSERT INTO items VALUES ('a')")
    expect((await stat(`${file}-wal`)).size).toBeGreaterThan(0)
    using db = openFileToWrite(options())
    expect((await stat(`${file}-wal`)).size).toBe(0)
    expect(db.prepare('SELECT * FROM items').all()).toHaveLength(1)
  })

  it.each([
    ['missing', undefined],
    ['missing', 'PRAGMA user_version = 0'],
    ['not-ours', 'PRAGMA application_id = 8'],
    ['not-ours', 'CREATE TABLE other (x)'],
    ['not-ours', 'PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE items (x)'],
    ['newer', 'PRAGMA application_id = 7; PRAGMA user_version = 3; CREATE TABLE items (x)'],
    ['damaged', 'PRAGMA application_id = 7; PRAGMA user_version = 2'],
    ['damaged', 'PRAGMA application_id = 7; CREATE TABLE items (x)'],
  ] as const)('is refused as %s after: %s', (reason, sql) => {
    if (sql) {
      const db = new DatabaseSync(file)
      db.exec(sql)
      db.close()
    }
    expect(() => openFileToRead(options())).toThrow(expect.objectContaining({ name: 'FileError', reason }))
  })

  it('has one holder of its lock, until that one lets go', () => {
    const lock = takeWriterLock(file)
    expect(() => takeWriterLock(file)).toThrow(expect.objectContaining({ reason: 'in-use' }))
    lock[Symbol.dispose]()
    using again = takeWriterLock(file)
    expect(again).toBeDefined()
  })

  it.runIf(process.platform === 'linux')('is not kept on NFS, SMB or 9P (Linux)', () => {
    expect([0x6969, 0xfe534d42, 0xff534d42, 0x01021997].map(isNetworkFileSystem)).toEqual([true, true, true, true])
    // The numbers are signed on some systems; ext4, XFS, Btrfs, tmpfs and overlay are at home.
    expect(isNetworkFileSystem(0xff534d42 | 0)).toBe(true)
    expect([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630].map(isNetworkFileSystem)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DamagedError, EventStoreError, NewerFormatError, SecondWriterError, UnavailableError } from '../errors.ts'
import type { RecordedEvent } from '../event-store.ts'
import { openSqliteEventStore } from './open.ts'

const fixture = fileURLToPath(new URL('append-until-killed.fixture.ts', import.meta.url))

describe('the file of a record', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-store-'))
    file = join(folder, 'record.db')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const openToWrite = () => openSqliteEventStore({ file, mode: 'write' })
  const openToRead = () => openSqliteEventStore({ file, mode: 'read' })

  async function writeSome(count: number) {
    await using store = await openToWrite()
    for (let n = 0; n < count; n++) {
      const id = `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`
      await store.append(`case-${n % 7}`, n < 7 ? 'no-stream' : Math.floor(n / 7) - 1, [
        { id, type: 'test', data: Buffer.alloc(600, n) },
      ])
    }
  }

  async function change(sql: string) {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }

  it('is readable by its owner alone', async () => {
    await using _ = await openToWrite()
    for (const suffix of ['', '-wal', '-shm']) expect((await stat(file + suffix)).mode & 0o077).toBe(0)
  })

  it('is refused to a second writer in this process, and free again when the first has closed', async () => {
    const first = await openToWrite()
    await expect(openToWrite()).rejects.toThrow(SecondWriterError)
    await expect(openToWrite()).rejects.toThrow(`written by another process (number ${process.pid})`)
    await first[Symbol.asyncDispose]()
    await (await openToWrite())[Symbol.asyncDispose]()
  })

  it('is refused to a second writer in another process, and free again when the first has been killed', async () => {
    const first = spawn(process.execPath, [fixture, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(first.stdout, 'data')
      await expect(openToWrite()).rejects.toMatchObject({ code: 'event-store/second-writer' })
      await expect(openToWrite()).rejects.toThrow(`(number ${first.pid})`)
    } finally {
      first.kill('SIGKILL')
    }
    await once(first, 'exit')
    await using store = await openToWrite()
    expect(await store.size()).toBeGreaterThan(0)
  })

  it('can be read while nobody writes it', async () => {
    await writeSome(10)
    await using reader = await openToRead()
    expect(await reader.size()).toBe(10)
    await expect(reader.append('case-1', 'no-stream', [])).rejects.toBeInstanceOf(UnavailableError)
  })

  it('is not there to read before a writer has begun it', async () => {
    await expect(openToRead()).rejects.toThrow(UnavailableError)
    await writeFile(file, '')
    await expect(openToRead()).rejects.toThrow(UnavailableError)
  })

  it('cannot be begun in a folder that does not exist', async () => {
    file = join(folder, 'missing', 'record.db')
    await expect(openToWrite()).rejects.toThrow(UnavailableError)
  })

  it('is refused, and left as it is, when it is something else', async () => {
    await writeFile(file, 'This is a letter, not a database. '.repeat(500))
    const before = await readFile(file)
    await expect(openToWrite()).rejects.toThrow(DamagedError)
    expect(await readFile(file)).toEqual(before)
  })

  it("is refused, and left as it is, when it is somebody else's database", async () => {
    await change('CREATE TABLE letters (text TEXT)')
    const before = await readFile(file)
    await expect(openToWrite()).rejects.toThrow('is not a record of Tidings')
    await expect(openToRead()).rejects.toMatchObject({ code: 'event-store/damaged' })
    expect(await readFile(file)).toEqual(before)
  })

  it('is refused when a newer version wrote it', async () => {
    await writeSome(1)
    await change('PRAGMA user_version = 2')
    await expect(openToWrite()).rejects.toThrow(NewerFormatError)
    await expect(openToRead()).rejects.toThrow('format 2')
  })

  it('does not let even SQLite itself change or delete what it holds', async () => {
    await writeSome(3)
    for (const sql of [
      "UPDATE events SET data = x'00'",
      'DELETE FROM events',
      'UPDATE streams SET name = name',
      'DELETE FROM categories',
    ])
      await expect(change(sql)).rejects.toThrow(/the record never (changes|forgets)/)
  })

  it('shows an event that was altered, and one that was taken out', async () => {
    await writeSome(20)
    await change('DROP TRIGGER events_never_updated; UPDATE events SET data = zeroblob(600) WHERE position = 11')
    await expect(readWhole()).rejects.toThrow('the event at position 11 is not as it was written')
    await change('DROP TRIGGER events_never_deleted; DELETE FROM events WHERE position = 11')
    await expect(readWhole()).rejects.toThrow('position 11 is missing')
  })

  it('with one flipped bit is read as it was written, or refused with a typed error', { timeout: 30_000 }, async () => {
    await writeSome(120)
    const whole = await readWhole()
    const bytes = await readFile(file)
    const copy = join(folder, 'copy.db')
    let refused = 0
    let flips = 0
    // The stride is coprime to the page size: it meets headers, cells and free space alike.
    for (let offset = 0; offset < bytes.length; offset += 797, flips++) {
      await writeFile(copy, flipBit(bytes, offset))
      try {
        expect(await readWhole(copy), `bit flipped at ${offset}`).toEqual(whole)
      } catch (error) {
        if (!(error instanceof EventStoreError)) throw error
        refused++
      }
    }
    // Most of the file is events: most flips must have been found.
    expect(refused).toBeGreaterThan(flips / 2)
  })

  it('with one flipped bit never gives a stream an event that is not its own', { timeout: 30_000 }, async () => {
    await writeSome(120)
    const whole = await readStreams()
    const bytes = await readFile(file)
    const copy = join(folder, 'copy.db')
    for (let offset = 0; offset < bytes.length; offset += 797) {
      await writeFile(copy, flipBit(bytes, offset))
      try {
        const streams = await readStreams(copy)
        // A damaged index can end a stream early: that shows when the record as a whole is read beside it.
        streams.forEach((stream, n) => {
          expect(stream, `bit flipped at ${offset}`).toEqual(whole[n]?.slice(0, stream.length))
        })
      } catch (error) {
        if (!(error instanceof EventStoreError)) throw error
      }
    }
  })

  it('that is cut short is refused', async () => {
    await writeSome(120)
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, 3 * 8192))
    await expect(openToWrite()).rejects.toThrow(DamagedError)
  })

  async function readWhole(of = file): Promise<string[]> {
    await using store = await openSqliteEventStore({ file: of, mode: 'write' })
    return (await Array.fromAsync(store.readAll())).map(inOneLine)
  }

  async function readStreams(of = file): Promise<string[][]> {
    await using store = await openSqliteEventStore({ file: of, mode: 'write' })
    const streams = Array.from({ length: 7 }, (_, n) => Array.fromAsync(store.readStream(`case-${n}`)))
    return (await Promise.all(streams)).map((events) => events.map(inOneLine))
  }
})

function inOneLine({ position, stream, revision, id, type, data }: RecordedEvent): string {
  return `${position} ${stream} ${revision} ${id} ${type} ${data.toHex()}`
}

function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  const flipped = Uint8Array.from(bytes)
  flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8))
  return flipped
}

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkLog } from '../check-log.ts'
import { verifyCheckpoint } from '../checkpoint.ts'
import { folderTiles, keptCheckpoints, openLogFolder } from '../files/index.ts'
import { inventedEntries, inventedEntry, inventedRecord, inventedSigner } from '../invented-log.fixture.ts'
import { emptyRoot, merkleRoot } from '../merkle.ts'
import { temporaryFolder, testGuard } from '../temporary-folder.fixture.ts'
import { createLog, type EntryRecord, type LogWriterOptions, openLog } from './index.ts'

const origin = 'tidings.example/log'
const code = (name: string) => ({ code: `transparency/${name}` })

/** A log in a temporary folder, with its guard beside it. */
async function home(now?: () => number) {
  const path = await temporaryFolder()
  const folder = join(path, 'data', 'log')
  const options = async (): Promise<LogWriterOptions> => ({
    folder,
    guard: await testGuard(join(path, 'data.guard')),
    origin,
    signer: await inventedSigner(),
    ...(now === undefined ? {} : { now }),
  })
  return {
    path,
    folder,
    guardFile: join(path, 'data.guard'),
    async create() {
      return await createLog(await options())
    },
    async open(record: EntryRecord) {
      return await openLog({ ...(await options()), record })
    },
    /** A log that has published sizes one after the other. */
    async having(...sizes: readonly number[]) {
      await using writer = await createLog(await options())
      for (const size of sizes) await writer.publish(inventedEntries(writer.checkpoint.size, size), size - 1)
      return writer.checkpoint
    },
    async check() {
      const { vkey } = await openLogFolder({ folder })
      return await checkLog(folderTiles(folder), vkey, { checkpoints: keptCheckpoints(folder) })
    },
  }
}

describe('a new log', () => {
  it('has a signed checkpoint of the empty tree, its key for outsiders, and a guard', async () => {
    const log = await home()
    await using writer = await log.create()
    expect(writer.checkpoint).toMatchObject({ size: 0, root: emptyRoot(), origin })
    expect(await readFile(join(log.folder, 'vkey'), 'utf8')).toBe(`${writer.vkey}\n`)
    const text = await readFile(join(log.folder, 'checkpoint'), 'utf8')
    expect(await verifyCheckpoint(text, writer.vkey)).toEqual(writer.checkpoint)
  })

  it('is not created over another, nor beside the guard of another', async () => {
    const log = await home()
    await log.having(3)
    await expect(log.create()).rejects.toMatchObject(code('log-exists'))
    await rm(log.folder, { recursive: true })
    await expect(log.create()).rejects.toMatchObject(code('log-exists'))
  })
})

describe('publishing', () => {
  it('gives a checkpoint over the entries, in order, whatever the batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }), async (batches) => {
        const log = await home()
        await using writer = await log.create()
        let size = 0
        for (const batch of batches) {
          const checkpoint = await writer.publish(inventedEntries(size, size + batch), size + batch - 1)
          size += batch
          expect(checkpoint.size).toBe(size)
          expect(checkpoint.root).toEqual(merkleRoot(inventedEntries(0, size)))
        }
        expect(await log.check()).toMatchObject({ checkpoint: { size }, checkpoints: batches.length + 1 })
      }),
      { numRuns: 8 },
    )
  })

  it('writes what tlog-tiles names, and removes partial tiles that were long replaced', async () => {
    const log = await home()
    await log.having(1, 255, 256, 300, 513, 1000)
    const names = await readdir(join(log.folder, 'tile'), { recursive: true, withFileTypes: true })
    const files = names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(log.folder.length + 1))
    const partial = (tile: string, ...widths: number[]) => widths.map((width) => `${tile}.p/${width}`)
    expect(files.sort()).toEqual(
      [
        ...['0/000', '0/001', '0/002', 'entries/000', 'entries/001', 'entries/002'],
        ...['0', 'entries'].flatMap((level) => partial(`${level}/003`, 1000 - 768)),
        ...['0', 'entries'].flatMap((level) => partial(`${level}/002`, 513 - 512)),
        ...partial('1/000', 1, 2, 3),
      ]
        .map((path) => `tile/${path}`)
        .sort(),
    )
  })

  it('answers with the last checkpoint when there is nothing to publish', async () => {
    await using writer = await (await home()).create()
    expect(await writer.publish([], -1)).toBe(writer.checkpoint)
  })

  it('serves calls one after the other, and tells subscribers of each', async () => {
    await using writer = await (await home()).create()
    const told: number[] = []
    writer.subscribe(({ size }) => told.push(size))
    await Promise.all([0, 1, 2].map((n) => writer.publish([inventedEntry(n)], n)))
    expect(told).toEqual([1, 2, 3])
  })

  it('never goes back in time, whatever the clock says', async () => {
    const clock = [1000, 900, 2000, 1999].map((seconds) => seconds * 1000)
    const log = await home(() => clock.shift() ?? 0)
    await using writer = await log.create()
    const times = [writer.checkpoint.time]
    for (let n = 0; n < 3; n++) times.push((await writer.publish([inventedEntry(n)], n)).time)
    expect(times).toEqual([1000, 1000, 2000, 2000])
  })

  it('refuses an entry that no bundle can hold, and goes on', async () => {
    await using writer = await (await home()).create()
    await expect(writer.publish([inventedEntry(0), new Uint8Array(65_536)], 1)).rejects.toMatchObject(
      code('entry-too-large'),
    )
    expect((await writer.publish([inventedEntry(0)], 0)).size).toBe(1)
  })

  it('stops when another signer has set the guard', async () => {
    const log = await home()
    await using writer = await log.create()
    const guard = await testGuard(log.guardFile)
    const state = await guard.read()
    await guard.compareAndSet(state, { size: 1, root: merkleRoot([inventedEntry(0)]), position: 0 })
    await expect(writer.publish([inventedEntry(0)], 0)).rejects.toMatchObject(code('guard-conflict'))
    await expect(writer.publish([inventedEntry(0)], 0)).rejects.toMatchObject(code('guard-conflict'))
  })

  it('stops when the disk refuses, and goes on after it was opened again', async () => {
    const log = await home()
    {
      await using writer = await log.create()
      await writeFile(join(log.folder, 'tile'), 'a file where a folder must be')
      await expect(writer.publish([inventedEntry(0)], 0)).rejects.toMatchObject(code('writer-failed'))
      await rm(join(log.folder, 'tile'))
      await expect(writer.publish([inventedEntry(0)], 0)).rejects.toMatchObject(code('writer-failed'))
    }
    await using writer = await log.open(inventedRecord(1))
    expect((await writer.publish([inventedEntry(0)], 0)).size).toBe(1)
  })

  it('is refused after the log was closed', async () => {
    const writer = await (await home()).create()
    await writer[Symbol.asyncDispose]()
    await expect(writer.publish([inventedEntry(0)], 0)).rejects.toMatchObject(code('closed'))
  })
})

describe('opening a log again', () => {
  it.each([0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])('continues after %i entries', async (size) => {
    const log = await home()
    await log.having(size)
    await using writer = await log.open(inventedRecord(size + 300))
    expect(writer.checkpoint.size).toBe(size)
    expect(writer.position).toBe(size - 1)
    const checkpoint = await writer.publish(inventedEntries(size, size + 300), size + 299)
    expect(checkpoint.root).toEqual(merkleRoot(inventedEntries(0, size + 300)))
    if (size < 1000) await log.check()
  })

  it('signs nothing anew when everything was signed', async () => {
    const log = await home()
    const before = await log.having(10)
    await using writer = await log.open(inventedRecord(12))
    expect(writer.checkpoint).toEqual(before)
  })

  it('signs what the guard allowed and nobody signed, if the record still says the same', async () => {
    const log = await home()
    await log.having(10)
    {
      const guard = await testGuard(log.guardFile)
      await guard.compareAndSet(await guard.read(), {
        size: 12,
        root: merkleRoot(inventedEntries(0, 12)),
        position: 11,
      })
    }
    await using writer = await log.open(inventedRecord(20))
    expect(writer.checkpoint).toMatchObject({ size: 12, root: merkleRoot(inventedEntries(0, 12)) })
    await log.check()
  })

  it('makes anew, from the record, what a power failure has taken: tiles not synced, the checkpoint file', async () => {
    const log = await home()
    const before = await log.having(300, 310, 320)
    for (const lost of ['tile/0/001.p', 'tile/entries/001.p', 'checkpoint'])
      await rm(join(log.folder, lost), { recursive: true })
    await using writer = await log.open(inventedRecord(320))
    expect(writer.checkpoint).toEqual(before)
    expect((await log.check()).checkpoints).toBe(4)
  })

  it('mends tiles that are missing or cut short before the guarded root can be made of them', async () => {
    const log = await home()
    await log.having(700)
    await rm(join(log.folder, 'tile/1'), { recursive: true })
    await writeFile(join(log.folder, 'tile/0/001'), 'cut short')
    await using _writer = await log.open(inventedRecord(700))
    await log.check()
  })

  it.each([
    ['all', [100, 300, 520, 600], 'tile'],
    ['those above level 0', [256, 512, 768, 1000], 'tile/1'],
    ['those of one earlier size alone', [256, 512, 768, 1000], 'tile/1/000.p/2'],
    ['all, with partial tiles at three levels', [65_535, 65_536, 65_800, 66_100], 'tile'],
  ])('makes lost tiles anew for whoever holds any checkpoint: %s', async (_, sizes, lost) => {
    const log = await home()
    await log.having(...sizes)
    await rm(join(log.folder, lost), { recursive: true })
    await using _writer = await log.open(inventedRecord(sizes.at(-1) ?? 0))
    expect((await log.check()).checkpoints).toBe(sizes.length + 1)
  })

  it('makes the whole folder anew from the record', async () => {
    const log = await home()
    const before = await log.having(700)
    await rm(log.folder, { recursive: true })
    await using writer = await log.open(inventedRecord(700))
    expect(writer.checkpoint.root).toEqual(before.root)
    await log.check()
  })
})

describe('opening a log is refused', () => {
  it('without its guard', async () => {
    const log = await home()
    await log.having(3)
    await rm(log.guardFile)
    await expect(log.open(inventedRecord(3))).rejects.toMatchObject(code('guard-missing'))
    await expect(log.create()).rejects.toMatchObject(code('guard-missing'))
  })

  it('with an old record: its guard has signed more', async () => {
    const log = await home()
    await log.having(3)
    await cp(join(log.path, 'data'), join(log.path, 'copy'), { recursive: true })
    {
      await using writer = await log.open(inventedRecord(5))
      await writer.publish(inventedEntries(3, 5), 4)
    }
    await rm(join(log.path, 'data'), { recursive: true })
    await cp(join(log.path, 'copy'), join(log.path, 'data'), { recursive: true })
    await expect(log.open(inventedRecord(3))).rejects.toMatchObject(code('record-behind-guard'))
  })

  it('with a record that says otherwise, in the last entries or before them', async () => {
    const log = await home()
    await log.having(600)
    const forged = (at: number) => inventedRecord(700, (n) => inventedEntry(n === at ? 100_000 : n))
    await expect(log.open(forged(599))).rejects.toMatchObject(code('record-differs'))
    await rm(join(log.folder, 'tile'), { recursive: true })
    await expect(log.open(forged(7))).rejects.toMatchObject(code('record-differs'))
  })

  it('with an old guard: the log has signed more', async () => {
    const log = await home()
    await log.having(3)
    await cp(log.guardFile, `${log.guardFile}.old`)
    {
      await using writer = await log.open(inventedRecord(5))
      await writer.publish(inventedEntries(3, 5), 4)
    }
    await cp(`${log.guardFile}.old`, log.guardFile)
    await expect(log.open(inventedRecord(5))).rejects.toMatchObject(code('guard-behind'))
  })

  it('under another key', async () => {
    const log = await home()
    await log.having(3)
    const guard = await testGuard(log.guardFile)
    await expect(
      openLog({ folder: log.folder, guard, origin, signer: await inventedSigner(2), record: inventedRecord(3) }),
    ).rejects.toMatchObject(code('other-key'))
  })

  it('while another writer is at work', async () => {
    const log = await home()
    await using _writer = await log.create()
    await expect(log.open(inventedRecord(0))).rejects.toMatchObject(code('second-writer'))
  })
})

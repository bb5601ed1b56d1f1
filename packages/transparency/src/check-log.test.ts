import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkLog } from './check-log.ts'
import { signCheckpoint } from './checkpoint.ts'
import { folderTiles, keptCheckpoints } from './files/index.ts'
import { inventedEntries, inventedSigner } from './invented-log.fixture.ts'
import { leafHash } from './merkle.ts'
import { temporaryFolder, testGuard } from './temporary-folder.fixture.ts'
import type { TileSource } from './tile-source.ts'
import { createLog } from './writer/index.ts'

const origin = 'tidings.example/log'

/** A log held in memory, so that a byte can be changed and checked thousands of times. */
interface Copy {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly checkpoints: readonly string[]
  readonly vkey: string
}

async function copyOfLog(...sizes: readonly number[]): Promise<Copy> {
  const home = await temporaryFolder()
  const folder = join(home, 'log')
  const guard = await testGuard(join(home, 'guard'))
  await using writer = await createLog({ folder, guard, origin, signer: await inventedSigner() })
  for (const size of sizes) await writer.publish(inventedEntries(writer.checkpoint.size, size), size - 1)
  const files = new Map<string, Uint8Array>()
  const below = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of below.filter(({ parentPath }) => parentPath.startsWith(join(folder, 'tile')))) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1)
    files.set(path, (await folderTiles(folder).read(path)) as Uint8Array)
  }
  files.set('checkpoint', await readFile(join(folder, 'checkpoint')))
  return { files, checkpoints: await Array.fromAsync(keptCheckpoints(folder)), vkey: writer.vkey }
}

function check(
  { files, checkpoints, vkey }: Copy,
  changed?: { readonly path: string; readonly data: Uint8Array | undefined },
) {
  const source: TileSource = {
    read: async (path) => (path === changed?.path ? changed.data : files.get(path)),
  }
  async function* kept() {
    yield* checkpoints
  }
  return checkLog(source, vkey, { checkpoints: kept() })
}

describe('checking a whole log', () => {
  let log: Copy
  beforeEach(async () => {
    log ??= await copyOfLog(2, 3, 258, 260)
  })

  it('finds an untouched log in order, and tells how far it has come', async () => {
    const progress: number[] = []
    const source: TileSource = { read: async (path) => log.files.get(path) }
    const { checkpoint } = await checkLog(source, log.vkey, { onProgress: ({ entries }) => progress.push(entries) })
    expect(checkpoint.size).toBe(260)
    expect(progress).toEqual([256, 260])
    expect((await check(log)).checkpoints).toBe(5)
  })

  it('finds an empty log in order', async () => {
    expect((await check(await copyOfLog())).checkpoint.size).toBe(0)
  })

  it('catches every byte that is changed in any tile, bundle or checkpoint, and names the file', async () => {
    const small = await copyOfLog(2, 3, 5)
    expect(small.files.size).toBe(7)
    let flips = 0
    for (const [path, data] of small.files)
      for (let at = 0; at < data.length; at++) {
        const flipped = data.with(at, (data[at] as number) ^ (1 << (at % 8)))
        await expect(check(small, { path, data: flipped }), `${path} byte ${at}`).rejects.toMatchObject({
          name: 'DamagedLogError',
          path,
        })
        flips++
      }
    expect(flips).toBeGreaterThan(900)
  })

  it('catches a changed byte in full tiles, in tiles above, and in entries, and names the file', async () => {
    for (const [path, data] of log.files)
      for (let at = 0; at < data.length; at += 97)
        await expect(
          check(log, { path, data: data.with(at, (data[at] as number) ^ 128) }),
          `${path} byte ${at}`,
        ).rejects.toMatchObject({ path })
  })

  it('names what is missing, cut short, or too long', async () => {
    for (const [path, data] of log.files) {
      // Partial tiles and bundles may be gone once the full one is there.
      const replaced = /\/000\.p\//.test(path) && !path.startsWith('tile/1/')
      if (!replaced) await expect(check(log, { path, data: undefined }), path).rejects.toMatchObject({ path })
      await expect(check(log, { path, data: data.subarray(0, -1) }), path).rejects.toMatchObject({ path })
      await expect(check(log, { path, data: Uint8Array.of(...data, 0) }), path).rejects.toMatchObject({ path })
    }
  })

  it('names the entry that is not the one that was signed', async () => {
    const path = 'tile/entries/000'
    const data = log.files.get(path) as Uint8Array
    await expect(check(log, { path, data: data.with(2, 0) })).rejects.toMatchObject({
      code: 'transparency/entries-damaged',
      message: expect.stringContaining('entry 0 '),
    })
  })

  it('finds a kept checkpoint that was signed over another tree: a fork', async () => {
    const forged = await signCheckpoint(
      { origin, size: 100, root: leafHash(new Uint8Array()) },
      4e9,
      await inventedSigner(),
    )
    const before = log.checkpoints.slice(0, 3)
    await expect(check({ ...log, checkpoints: [...before, forged.text] })).rejects.toMatchObject({
      code: 'transparency/fork',
    })
  })

  it('finds kept checkpoints whose time goes back', async () => {
    const [empty] = log.checkpoints as [string]
    const size = 2
    const root = Uint8Array.fromBase64((log.checkpoints[1] as string).split('\n')[2] as string)
    const early = await signCheckpoint({ origin, size, root }, 1, await inventedSigner())
    await expect(check({ ...log, checkpoints: [empty, early.text] })).rejects.toMatchObject({
      code: 'transparency/checkpoint-damaged',
    })
  })
})

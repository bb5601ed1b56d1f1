import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inventedEntries, inventedEntry, inventedSigner } from '../invented-log.fixture.ts'
import { leafHash, verifyConsistency, verifyInclusion } from '../merkle.ts'
import { temporaryFolder, testGuard } from '../temporary-folder.fixture.ts'
import { createLog, type LogWriter } from '../writer/index.ts'
import { openLogFolder } from './index.ts'

const soon = () => AbortSignal.timeout(5_000)

async function newLog(): Promise<{ readonly folder: string; readonly writer: LogWriter }> {
  const home = await temporaryFolder()
  const folder = join(home, 'log')
  const guard = await testGuard(join(home, 'guard'))
  return {
    folder,
    writer: await createLog({ folder, guard, origin: 'tidings.example/log', signer: await inventedSigner() }),
  }
}

async function publish(writer: LogWriter, ...sizes: readonly number[]): Promise<void> {
  for (const size of sizes) await writer.publish(inventedEntries(writer.checkpoint.size, size), size - 1)
}

describe.each([
  ['in the process of the writer', true],
  ['in any other process', false],
])('reading a log folder %s', (_where, together) => {
  const openReader = ({ folder, writer }: Awaited<ReturnType<typeof newLog>>) =>
    openLogFolder({ folder, ...(together ? { publications: writer } : {}) })

  it('proves every leaf under every checkpoint that covers it', async () => {
    const log = await newLog()
    await using writer = log.writer
    await using reader = await openReader(log)
    await publish(writer, 1, 2, 7, 256, 300, 520)
    for await (const { size, root } of reader.checkpointsAfter(0)) {
      const leaves = Array.from({ length: size }, (_, leaf) => leaf)
      const proofs = await reader.inclusionProofs(leaves, size)
      for (const index of leaves)
        verifyInclusion({
          leaf: leafHash(inventedEntry(index)),
          index,
          size,
          root,
          proof: proofs[index] as Uint8Array[],
        })
      expect(await reader.inclusionProof(size - 1, size)).toEqual(proofs.at(-1))
      expect(await reader.rootAt(size)).toEqual(root)
    }
  })

  it('proves that each checkpoint continues each earlier one', async () => {
    const log = await newLog()
    await using writer = log.writer
    await using reader = await openReader(log)
    await publish(writer, 1, 2, 7, 256, 300, 520)
    const checkpoints = await Array.fromAsync(reader.checkpointsAfter(-1))
    expect(checkpoints.map(({ size }) => size)).toEqual([0, 1, 2, 7, 256, 300, 520])
    for (const from of checkpoints)
      for (const to of checkpoints.filter(({ size }) => size >= from.size))
        verifyConsistency({ from, to, proof: await reader.consistencyProof(from.size, to.size) })
  })

  it('gives the first checkpoint that covers a size: at once, or when it is published', async () => {
    const log = await newLog()
    await using writer = log.writer
    await publish(writer, 3, 5)
    await using reader = await openReader(log)
    expect((await reader.waitForSize(2, soon())).size).toBe(3)
    expect((await reader.waitForSize(4, soon())).size).toBe(5)
    const waiting = [6, 7, 8].map((size) => reader.waitForSize(size, soon()))
    await publish(writer, 7, 8)
    expect((await Promise.all(waiting)).map(({ size }) => size)).toEqual([7, 7, 8])
    expect((await reader.latest()).size).toBe(8)
  })

  it('stops waiting when it is told to, and when it is closed', async () => {
    const log = await newLog()
    await using _writer = log.writer
    const reader = await openReader(log)
    await expect(reader.waitForSize(1, AbortSignal.timeout(1))).rejects.toMatchObject({ name: 'TimeoutError' })
    const waiting = expect(reader.waitForSize(1, soon())).rejects.toMatchObject({ code: 'transparency/closed' })
    await reader[Symbol.asyncDispose]()
    await waiting
    await expect(reader.latest()).rejects.toMatchObject({ code: 'transparency/closed' })
  })

  it('refuses to prove what is not published', async () => {
    const log = await newLog()
    await using writer = log.writer
    await using reader = await openReader(log)
    await publish(writer, 3)
    const outOfRange = { code: 'transparency/out-of-range' }
    await expect(reader.inclusionProof(3, 3)).rejects.toMatchObject(outOfRange)
    await expect(reader.inclusionProof(0, 4)).rejects.toMatchObject(outOfRange)
    await expect(reader.consistencyProof(3, 2)).rejects.toMatchObject(outOfRange)
    await expect(reader.rootAt(4)).rejects.toMatchObject(outOfRange)
  })

  it('gives no proof from a damaged tile', async () => {
    const log = await newLog()
    await using writer = log.writer
    await publish(writer, 700)
    const full = join(log.folder, 'tile/0/001')
    await rename(full, `${full}.right`)
    await writeFile(full, new Uint8Array(8192))
    {
      await using reader = await openReader(log)
      await expect(reader.inclusionProof(256, 700)).rejects.toMatchObject({
        code: 'transparency/tile-damaged',
        path: 'tile/0/001',
      })
      await reader.inclusionProof(0, 700)
    }
    await rename(`${full}.right`, full)
    await writeFile(join(log.folder, 'tile/0/002.p/188'), new Uint8Array(188 * 32))
    await using reader = await openReader(log)
    await expect(reader.inclusionProof(0, 700)).rejects.toMatchObject({ code: 'transparency/tile-damaged' })
  })

  it('takes the full tile where the partial one has been removed', async () => {
    const log = await newLog()
    await using writer = log.writer
    await publish(writer, 100)
    await using reader = await openReader(log)
    const { size, root } = await reader.latest()
    await publish(writer, 600)
    await rm(join(log.folder, 'tile/0/000.p'), { recursive: true, force: true })
    verifyInclusion({
      leaf: leafHash(inventedEntry(9)),
      index: 9,
      size,
      root,
      proof: await reader.inclusionProof(9, size),
    })
  })
})

describe('a folder', () => {
  it('without a log is refused by name', async () => {
    await expect(openLogFolder({ folder: await temporaryFolder() })).rejects.toMatchObject({
      code: 'transparency/resource-missing',
    })
  })

  it('of another log than the pinned one gives no checkpoint', async () => {
    const { folder, writer } = await newLog()
    await using _writer = writer
    const { vkey } = await (async () => {
      const other = await newLog()
      await other.writer[Symbol.asyncDispose]()
      return { vkey: other.writer.vkey.replace('tidings', 'another') }
    })()
    await expect(openLogFolder({ folder, vkey })).rejects.toMatchObject({ code: 'transparency/malformed-vkey' })
  })
})

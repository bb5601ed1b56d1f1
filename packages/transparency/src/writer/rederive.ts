import { join } from 'node:path'
import { equalBytes } from '../bytes.ts'
import { TransparencyError } from '../errors.ts'
import type { SizeSpan } from '../files/checkpoints-file.ts'
import { readIfThere } from '../files/folder-tiles.ts'
import { HASH_SIZE } from '../merkle.ts'
import { TileHashes } from '../tile-hashes.ts'
import { partialTiles, TILE_WIDTH, tilePath } from '../tiles.ts'
import { writeDurably } from './durable-files.ts'
import type { EntryRecord } from './entry-record.ts'
import type { GuardState } from './guard.ts'
import { type Resource, TreeEdge } from './tree-edge.ts'

/**
 * The right edge of the tree that the guard allows to be signed.
 *
 * The partial tiles above level 0 were synced before the guard was set, and the record holds the rest: reading at most 255 entries is enough after any
 * crash. Where that does not lead to the guard's root (the folder is older than the guard, or damaged), every tile is made anew from the record.
 *
 * @throws {TransparencyError} `transparency/record-behind-guard`, `transparency/record-differs`
 */
export async function deriveEdge(folder: string, state: GuardState, record: EntryRecord): Promise<TreeEdge> {
  const edge = await edgeFromTiles(folder, state, record)
  if (edge !== undefined && equalBytes(edge.root(), state.root)) {
    await mend(folder, edge.take().passing)
    return edge
  }
  const anew = await appendFrom(record, TreeEdge.empty(), state.size, folder)
  if (!equalBytes(anew.root(), state.root))
    throw new TransparencyError(
      'transparency/record-differs',
      `the record's first ${state.size} entries are not those that the log has signed: signing would be a fork. ` +
        'Put back the record that belongs to this guard; docs/operating.md says how to recover when it is lost',
    )
  return anew
}

async function edgeFromTiles(folder: string, { size }: GuardState, record: EntryRecord): Promise<TreeEdge | undefined> {
  const start = size - (size % TILE_WIDTH)
  const partials = new Map<number, TileHashes>()
  for (const tile of partialTiles(start)) {
    const bytes = await readIfThere(join(folder, tilePath(tile)))
    if (bytes?.length !== tile.width * HASH_SIZE) return undefined
    partials.set(tile.level, new TileHashes(bytes))
  }
  const edge = TreeEdge.at(start, partials)
  if (start < size) await appendFrom(record, edge, size)
  return edge
}

/** Appends the record's entries up to this size; with a folder, mends it on the way so that memory stays bounded. */
async function appendFrom(record: EntryRecord, edge: TreeEdge, size: number, folder?: string): Promise<TreeEdge> {
  if (edge.size < size) {
    for await (const entry of record.entries(edge.size)) {
      edge.append(entry)
      if (folder !== undefined && edge.size % (16 * TILE_WIDTH) === 0) await mend(folder, edge.take().lasting)
      if (edge.size === size) break
    }
  }
  if (edge.size < size)
    throw new TransparencyError(
      'transparency/record-behind-guard',
      `the record ends after ${edge.size} entries, the log has signed ${size}: this is an old copy of the data folder`,
    )
  if (folder !== undefined) {
    const { lasting, passing } = edge.take()
    await mend(folder, [...lasting, ...passing])
  }
  return edge
}

/**
 * Partial tiles as earlier checkpoints had them, at every level: whoever holds such a checkpoint may ask for them until the full tile is there
 * (C2SP tlog-tiles). Above level 0 they are there unless files were lost; those of level 0 are not synced when they are written, because the record
 * has them, and a power failure may have taken some.
 *
 * @param kept for each span of sizes whether a checkpoint of such a size is kept
 */
export async function mendEarlierPartials(
  folder: string,
  edge: TreeEdge,
  kept: (spans: readonly SizeSpan[]) => Promise<readonly boolean[]>,
): Promise<void> {
  for (const { level, index, width: last } of partialTiles(edge.size)) {
    const hashes = TILE_WIDTH ** level
    const spans = Array.from({ length: last - 1 }, (_, i): SizeSpan => {
      const from = (index * TILE_WIDTH + i + 1) * hashes
      return [from, from + hashes]
    })
    for (const [i, wanted] of (await kept(spans)).entries()) if (wanted) await mend(folder, edge.narrower(level, i + 1))
  }
}

/** Writes what is missing or differs, and leaves alone what is right. */
async function mend(folder: string, resources: readonly Resource[]): Promise<void> {
  const wrong = []
  for (const { path, data } of resources) {
    const file = join(folder, path)
    const there = await readIfThere(file)
    if (there === undefined || !equalBytes(there, data)) wrong.push({ path: file, data })
  }
  await writeDurably(wrong)
}

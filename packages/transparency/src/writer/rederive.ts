import { join } from 'node:path'
import { equalBytes } from '../bytes.ts'
import { TransparencyError } from '../errors.ts'
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

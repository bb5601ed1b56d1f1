import { equalBytes, textOf } from './bytes.ts'
import { verifyCheckpoint } from './checkpoint.ts'
import { decodeEntries } from './entry-bundle.ts'
import { DamagedLogError, TransparencyError } from './errors.ts'
import type { Checkpoint } from './log-reader.ts'
import { leafHash } from './merkle.ts'
import { parseVkey } from './signed-note.ts'
import { TileHashes } from './tile-hashes.ts'
import type { TileSource } from './tile-source.ts'
import { bundlePath, partialTiles, TILE_WIDTH, type TileId, tilePath, widthAt } from './tiles.ts'
import { VerifiedTree } from './verified-tree.ts'

/** How far a check has come. */
export interface CheckProgress {
  /** Entries hashed and found in the tree. */
  readonly entries: number
  /** Entries of the log. */
  readonly of: number
}

/** What to check of a log. */
export interface CheckLogOptions {
  /** Told after each bundle of entries. */
  readonly onProgress?: (progress: CheckProgress) => void
  /** Kept checkpoints, smallest first: each is verified, found in the tree, and its partial tiles with it. */
  readonly checkpoints?: AsyncIterable<string>
}

/** What a check found in order. */
export interface CheckedLog {
  readonly checkpoint: Checkpoint
  /** Kept checkpoints that were verified. */
  readonly checkpoints: number
}

/**
 * Checks a whole log: the checkpoint under the pinned key, every tile against the tile above it up to the root, every entry against its tile. The
 * first thing that is not what was signed is thrown, by its path.
 *
 * @param vkey the log's verifier key, `name+hash+base64`
 * @throws {DamagedLogError} `transparency/checkpoint-damaged`, `transparency/tile-damaged`, `transparency/entries-damaged`,
 * `transparency/resource-missing`
 * @throws {TransparencyError} `transparency/fork`: a kept checkpoint is of another tree; `transparency/unreachable`
 */
export async function checkLog(source: TileSource, vkey: string, options: CheckLogOptions = {}): Promise<CheckedLog> {
  parseVkey(vkey)
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) throw missing('checkpoint')
  const checkpoint = await checkpointOf(() => textOf(bytes, 'transparency/malformed-note', 'it'), vkey, 'checkpoint')
  const tree = new VerifiedTree(source)
  try {
    await tree.adopt(checkpoint.size, checkpoint.root)
  } catch (error) {
    throw (error instanceof DamagedLogError && (await damagedEdgeTile(source, checkpoint))) || error
  }
  for (let index = 0; index * TILE_WIDTH < checkpoint.size; index++) {
    const tile = await tree.tile(0, index)
    await checkEntries(source, index, tile)
    options.onProgress?.({ entries: index * TILE_WIDTH + tile.width, of: checkpoint.size })
  }
  return { checkpoint, checkpoints: await checkKept(source, tree, vkey, options.checkpoints) }
}

async function checkpointOf(text: () => string, vkey: string, path: string): Promise<Checkpoint> {
  try {
    return await verifyCheckpoint(text(), vkey)
  } catch (cause) {
    if (!(cause instanceof TransparencyError)) throw cause
    throw new DamagedLogError('transparency/checkpoint-damaged', path, `${path} is damaged: ${cause.message}`, {
      cause,
    })
  }
}

async function checkEntries(source: TileSource, index: number, tile: TileHashes): Promise<void> {
  const { path, bytes } = await readBundle(source, index, tile.width)
  const damaged = (why: string) =>
    new DamagedLogError('transparency/entries-damaged', path, `${path} is damaged: ${why}`)
  const entries = entriesOf(bytes)
  // A log entry of which only the beginning was asked for may go on behind it.
  if (entries === undefined || entries.length < tile.width) throw damaged('it ends within an entry')
  if (entries.length > tile.width && path === bundlePath({ index, width: tile.width }))
    throw damaged('it has more entries')
  for (let i = 0; i < tile.width; i++)
    if (!equalBytes(leafHash(entries[i] as Uint8Array), tile.hash(0, i)))
      throw damaged(`entry ${index * TILE_WIDTH + i} is not the one that was signed`)
}

function entriesOf(bundle: Uint8Array): Uint8Array[] | undefined {
  try {
    return decodeEntries(bundle)
  } catch {
    return undefined
  }
}

async function readBundle(source: TileSource, index: number, width: number) {
  for (const candidate of width === TILE_WIDTH ? [TILE_WIDTH] : [width, TILE_WIDTH]) {
    const path = bundlePath({ index, width: candidate })
    const bytes = await source.read(path)
    if (bytes !== undefined) return { path, bytes }
  }
  throw missing(bundlePath({ index, width }))
}

/**
 * The partial tiles end the tree and have no tile above that could tell which of them is damaged: one of them is, if the root comes out right once it
 * is replaced by what the level below says it should be.
 */
async function damagedEdgeTile(source: TileSource, checkpoint: Checkpoint): Promise<DamagedLogError | undefined> {
  for (const id of partialTiles(checkpoint.size)) {
    const path = tilePath(id)
    const repaired = await derivedTile(source, id).catch(() => undefined)
    if (repaired === undefined) continue
    const tree = new VerifiedTree({ read: async (p) => (p === path ? repaired : await source.read(p)) })
    const proven = await tree.adopt(checkpoint.size, checkpoint.root).then(
      () => true,
      () => false,
    )
    if (!proven) continue
    const stored = await source.read(path)
    return stored === undefined
      ? missing(path)
      : new DamagedLogError('transparency/tile-damaged', path, `${path} is damaged: the level below says otherwise`)
  }
  return undefined
}

/** A tile made anew from the level below it. */
async function derivedTile(source: TileSource, { level, index, width }: TileId): Promise<Uint8Array> {
  const hashes = new Uint8Array(width * 32)
  if (level === 0) {
    const { bytes } = await readBundle(source, index, width)
    for (const [i, entry] of decodeEntries(bytes).slice(0, width).entries()) hashes.set(leafHash(entry), i * 32)
    return hashes
  }
  for (let i = 0; i < width; i++) {
    const below = { level: level - 1, index: index * TILE_WIDTH + i, width: TILE_WIDTH }
    const bytes = await source.read(tilePath(below))
    if (bytes === undefined) throw missing(tilePath(below))
    hashes.set(new TileHashes(bytes).root(), i * 32)
  }
  return hashes
}

async function checkKept(
  source: TileSource,
  tree: VerifiedTree,
  vkey: string,
  texts: AsyncIterable<string> | undefined,
): Promise<number> {
  let count = 0
  let before: Checkpoint | undefined
  for await (const text of texts ?? []) {
    const name = `checkpoints/${(before?.size ?? -1) + 1}`
    const checkpoint = await checkpointOf(() => text, vkey, name)
    if (before !== undefined && (checkpoint.size <= before.size || checkpoint.time < before.time))
      throw new DamagedLogError(
        'transparency/checkpoint-damaged',
        name,
        `${name} is damaged: size or time goes back from ${before.size} at ${before.time} to ${checkpoint.size} at ${checkpoint.time}`,
      )
    // One that was kept, but not yet published when the log was stopped, is beyond what the tiles can show.
    if (checkpoint.size <= tree.size) {
      await tree.adopt(checkpoint.size, checkpoint.root)
      await checkPartials(source, tree, checkpoint.size)
      count++
    }
    before = checkpoint
  }
  return count
}

/** The partial tiles and entries of an earlier size: equal to the beginning of what became of them, or replaced by the full one. */
async function checkPartials(source: TileSource, tree: VerifiedTree, size: number): Promise<void> {
  for (const id of partialTiles(size)) {
    const path = tilePath(id)
    const tile = await tree.tile(id.level, id.index)
    const stored = await source.read(path)
    if (stored === undefined && tile.width < TILE_WIDTH) throw missing(path)
    if (stored !== undefined && !equalBytes(stored, tile.bytes.subarray(0, id.width * 32)))
      throw new DamagedLogError('transparency/tile-damaged', path, `${path} is damaged: the tree goes on otherwise`)
  }
  const index = Math.floor(size / TILE_WIDTH)
  const width = widthAt(0, index, size)
  if (width === 0) return
  const tile = await tree.tile(0, index)
  if ((await source.read(bundlePath({ index, width }))) !== undefined)
    await checkEntries(source, index, new TileHashes(tile.bytes.subarray(0, width * 32)))
  else if (tile.width < TILE_WIDTH) throw missing(bundlePath({ index, width }))
}

function missing(path: string): DamagedLogError {
  return new DamagedLogError('transparency/resource-missing', path, `${path} is missing`)
}

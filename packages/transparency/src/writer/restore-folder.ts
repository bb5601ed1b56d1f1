import { join } from 'node:path'
import { FileError, openFileToRead } from '@tidings/sqlite-file'
import { utf8 } from '../bytes.ts'
import { verifyCheckpoint } from '../checkpoint.ts'
import { TransparencyError } from '../errors.ts'
import {
  CHECKPOINT_FILE,
  checkpointsError,
  checkpointsFile,
  checkpointsFormat,
  VKEY_FILE,
} from '../files/checkpoints-file.ts'
import { readIfThere } from '../files/folder-tiles.ts'
import type { Checkpoint } from '../log-reader.ts'
import { HASH_SIZE } from '../merkle.ts'
import { partialTiles, TILE_WIDTH, tilePath } from '../tiles.ts'
import { replaceFile, writeDurably } from './durable-files.ts'
import type { EntryRecord } from './entry-record.ts'
import { deriveEdge } from './rederive.ts'

/** A log folder that has lost, or never had, what can be made anew. */
export interface RestoreFolderOptions {
  /** Holds the kept checkpoints and the verifier key. */
  readonly folder: string
  /** The record that the log is a function of; it may hold more than the log. */
  readonly record: EntryRecord
}

/**
 * Makes the tiles, the entries and the file `checkpoint` of a log folder anew from the record, up to the last checkpoint that the folder keeps. Nothing is
 * signed, no guard is asked: the folder may be a copy. It is proven on the way that the record is the one that was signed.
 *
 * @throws {TransparencyError} `transparency/record-behind-guard`, `transparency/record-differs`: the record is not the one of this log;
 * `transparency/checkpoint-damaged`, `transparency/malformed-vkey`, `transparency/resource-missing`
 */
export async function restoreLogFolder({ folder, record }: RestoreFolderOptions): Promise<Checkpoint> {
  const vkey = await readIfThere(join(folder, VKEY_FILE))
  if (vkey === undefined)
    throw new TransparencyError('transparency/resource-missing', `there is no log in ${folder}: it has no verifier key`)
  using kept = openKept(folder)
  const text = kept.last()
  if (text === undefined)
    throw new TransparencyError('transparency/resource-missing', `there is no log in ${folder}: it keeps no checkpoint`)
  const checkpoint = await verifyCheckpoint(text, new TextDecoder().decode(vkey).trimEnd())
  const { size, root } = checkpoint
  const edge = await deriveEdge(folder, { size, root, position: size - 1 }, record)
  const start = size - (size % TILE_WIDTH)
  for (const before of kept.sizesBetween(start, size + 1))
    await writeDurably(edge.narrower(before - start).map(({ path, data }) => ({ path: join(folder, path), data })))
  await writeEarlierPartials(folder, size, kept.sizesBetween(0, size))
  await replaceFile(join(folder, CHECKPOINT_FILE), utf8(text))
  return checkpoint
}

/**
 * Partial tiles above level 0 as earlier checkpoints had them: whoever holds such a checkpoint may ask for them until the full tile is there
 * (C2SP tlog-tiles). Each is the beginning of what it has become.
 */
async function writeEarlierPartials(folder: string, size: number, earlier: readonly number[]): Promise<void> {
  const now = new Map(partialTiles(size).flatMap((tile) => (tile.level > 0 ? [[tile.level, tile] as const] : [])))
  const wanted = new Map<string, { readonly path: string; readonly of: string; readonly width: number }>()
  for (const tile of earlier.flatMap((before) => partialTiles(before))) {
    const last = now.get(tile.level)
    if (last?.index !== tile.index || tile.width >= last.width) continue
    const path = tilePath(tile)
    wanted.set(path, { path, of: tilePath(last), width: tile.width })
  }
  for (const { path, of, width } of wanted.values()) {
    const whole = await readIfThere(join(folder, of))
    if (whole === undefined) throw new TransparencyError('transparency/resource-missing', `${of} is missing`)
    await writeDurably([{ path: join(folder, path), data: whole.subarray(0, width * HASH_SIZE) }])
  }
}

function openKept(folder: string) {
  try {
    const db = openFileToRead({ file: checkpointsFile(folder), format: checkpointsFormat, settings: '' })
    return {
      last: () => db.prepare('SELECT text FROM checkpoint ORDER BY size DESC LIMIT 1').get()?.text?.toString(),
      sizesBetween: (above: number, below: number) =>
        db
          .prepare('SELECT size FROM checkpoint WHERE size > ? AND size < ? ORDER BY size')
          .all(above, below)
          .map((row) => Number(row.size)),
      [Symbol.dispose]: () => db.close(),
    }
  } catch (error) {
    throw error instanceof FileError ? checkpointsError(error) : error
  }
}

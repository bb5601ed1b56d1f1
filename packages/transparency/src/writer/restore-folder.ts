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
  keptWithin,
  type SizeSpan,
  VKEY_FILE,
} from '../files/checkpoints-file.ts'
import { readIfThere } from '../files/folder-tiles.ts'
import type { Checkpoint } from '../log-reader.ts'
import { replaceFile } from './durable-files.ts'
import type { EntryRecord } from './entry-record.ts'
import { deriveEdge, mendEarlierPartials } from './rederive.ts'

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
  await mendEarlierPartials(folder, edge, async (spans) => kept.within(spans))
  await replaceFile(join(folder, CHECKPOINT_FILE), utf8(text))
  return checkpoint
}

function openKept(folder: string) {
  try {
    const db = openFileToRead({ file: checkpointsFile(folder), format: checkpointsFormat, settings: '' })
    return {
      last: () => db.prepare('SELECT text FROM checkpoint ORDER BY size DESC LIMIT 1').get()?.text?.toString(),
      within: (spans: readonly SizeSpan[]) => keptWithin(db, spans),
      [Symbol.dispose]: () => db.close(),
    }
  } catch (error) {
    throw error instanceof FileError ? checkpointsError(error) : error
  }
}

import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { FileError, type FileFormat } from '@tidings/sqlite-file'
import { DamagedLogError, TransparencyError } from '../errors.ts'

/** The last published checkpoint (C2SP tlog-tiles). */
export const CHECKPOINT_FILE = 'checkpoint'
/** The log's verifier key, for people who set up a checker. */
export const VKEY_FILE = 'vkey'
/** The kept checkpoints, beside what tlog-tiles names. */
const CHECKPOINTS_FILE = 'checkpoints.db'

/** Path of the kept checkpoints of a log folder. */
export function checkpointsFile(folder: string): string {
  return join(folder, CHECKPOINTS_FILE)
}

/** Every checkpoint issued, as it was signed. They are never changed or forgotten. */
export const checkpointsFormat: FileFormat = {
  name: 'a store of checkpoints',
  applicationId: 0x54_64_43_70, // "TdCp"
  version: 1,
  schema: `
    CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, time INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TRIGGER checkpoint_never_updated BEFORE UPDATE ON checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint never changes'); END;
    CREATE TRIGGER checkpoint_never_deleted BEFORE DELETE ON checkpoint BEGIN SELECT raise(ABORT, 'a checkpoint is never forgotten'); END`,
}

/** Sizes of trees: from the first, up to the second without it. */
export type SizeSpan = readonly [from: number, below: number]

/** For each span whether a checkpoint of such a size is kept. A look-up each, however many are kept. */
export function keptWithin(database: DatabaseSync, spans: readonly SizeSpan[]): boolean[] {
  const kept = database.prepare('SELECT 1 FROM checkpoint WHERE size >= ? AND size < ? LIMIT 1')
  return spans.map(([from, below]) => kept.get(from, below) !== undefined)
}

/** This package's error for what went wrong with the file; anything else is returned as it is. */
export function checkpointsError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error
  const options = { cause: error }
  switch (error.reason) {
    case 'not-ours':
    case 'damaged':
    case 'missing':
      return new DamagedLogError('transparency/checkpoint-damaged', CHECKPOINTS_FILE, error.message, options)
    case 'newer':
      return new TransparencyError(
        'transparency/newer-format',
        `${error.message}: use that version or a later one`,
        options,
      )
    case 'in-use':
      return new TransparencyError(
        'transparency/second-writer',
        `${error.message}. Stop it first, or choose another data folder`,
        options,
      )
    case 'unavailable':
      return new TransparencyError('transparency/unreachable', error.message, options)
  }
}

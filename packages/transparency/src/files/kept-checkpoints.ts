import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TransparencyError } from '../errors.ts'
import { CHECKPOINTS_FILE } from './layout.ts'

/** The checkpoints that a log folder keeps. Their text is not verified here. */
export interface KeptCheckpoints extends Disposable {
  /** The first of at least this size; undefined when there is none. */
  covering(size: number): string | undefined
}

/**
 * Opens the kept checkpoints of a log folder for reading, while a writer may be at work; undefined where the folder keeps none.
 *
 * @throws {TransparencyError} `transparency/newer-format`
 */
export function openKeptCheckpoints(folder: string): KeptCheckpoints | undefined {
  const file = join(folder, CHECKPOINTS_FILE)
  if (!existsSync(file)) return undefined
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  const { user_version: format } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (format !== 1) {
    database.close()
    // 0: its writer has been stopped before it made anything.
    if (format === 0) return undefined
    throw new TransparencyError(
      'transparency/newer-format',
      `${file} was written by a newer version (format ${format})`,
    )
  }
  const covering = database.prepare('SELECT text FROM checkpoint WHERE size >= ? ORDER BY size LIMIT 1')
  return {
    covering: (size) => (covering.get(size) as { text: string } | undefined)?.text,
    [Symbol.dispose]: () => database.close(),
  }
}

/** Every checkpoint that a log folder keeps, as text, smallest first: for `checkLog`. None where the folder keeps none. */
export async function* keptCheckpoints(folder: string): AsyncGenerator<string> {
  using kept = openKeptCheckpoints(folder)
  for (let size = 0; ; ) {
    const text = kept?.covering(size)
    if (text === undefined) return
    yield text
    size = Number(text.split('\n')[1]) + 1
  }
}

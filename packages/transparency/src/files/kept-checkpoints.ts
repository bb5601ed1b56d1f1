import { FileError, openFileToRead } from '@tidings/sqlite-file'
import { checkpointsError, checkpointsFile, checkpointsFormat } from './checkpoints-file.ts'

/** The checkpoints that a log folder keeps. Their text is not verified here. */
export interface KeptCheckpoints extends Disposable {
  /** The first of at least this size; undefined when there is none. */
  covering(size: number): string | undefined
}

/**
 * Opens the kept checkpoints of a log folder for reading, while a writer may be at work; undefined where the folder keeps none.
 *
 * @throws {TransparencyError} `transparency/checkpoint-damaged`, `transparency/newer-format`, `transparency/unreachable`
 */
export function openKeptCheckpoints(folder: string): KeptCheckpoints | undefined {
  try {
    const database = openFileToRead({
      file: checkpointsFile(folder),
      format: checkpointsFormat,
      settings: 'PRAGMA cache_size = -2048',
    })
    const covering = database.prepare('SELECT text FROM checkpoint WHERE size >= ? ORDER BY size LIMIT 1')
    return {
      covering: (size) => (covering.get(size) as { text: string } | undefined)?.text,
      [Symbol.dispose]: () => database.close(),
    }
  } catch (error) {
    if (error instanceof FileError && error.reason === 'missing') return undefined
    throw checkpointsError(error)
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

import { backup, DatabaseSync } from 'node:sqlite'

/** A file as it was at one moment, whatever its writer does meanwhile. */
export interface Snapshot extends Disposable {
  /** Copies it as it was into a new file. */
  copyTo(file: string, onProgress?: (done: number, total: number) => void): Promise<void>
}

/** Longer than any transaction of a service takes. */
const TIMEOUT_MS = 10_000
/** 8 MiB at once: between two steps the writer is served. */
const PAGES = 1024

/**
 * Takes snapshots of several SQLite files at the same moment, while another process writes to them.
 *
 * All writers are held up together for the blink in which the snapshots begin: so what one file says of the other holds in the copies as well. A file
 * whose snapshot is open keeps growing its write-ahead log, and folds it in once the snapshot is closed.
 */
export function takeSnapshots(files: readonly string[]): readonly Snapshot[] {
  using opened = new DisposableStack()
  using writersHeldUp = new DisposableStack()
  for (const file of files) {
    const lock = new DatabaseSync(file, { timeout: TIMEOUT_MS })
    writersHeldUp.defer(() => lock.close())
    lock.exec('BEGIN IMMEDIATE')
    writersHeldUp.defer(() => lock.exec('ROLLBACK'))
  }
  const snapshots = files.map((file) => {
    const db = new DatabaseSync(file, { readOnly: true, timeout: TIMEOUT_MS })
    opened.defer(() => db.close())
    db.exec('BEGIN')
    // A transaction begins with its first reading.
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return snapshotOf(db)
  })
  opened.move()
  return snapshots
}

function snapshotOf(db: DatabaseSync): Snapshot {
  return {
    async copyTo(file, onProgress) {
      await backup(db, file, {
        rate: PAGES,
        progress: ({ totalPages, remainingPages }) => onProgress?.(totalPages - remainingPages, totalPages),
      })
    },
    [Symbol.dispose]() {
      if (db.isOpen) db.close()
    },
  }
}

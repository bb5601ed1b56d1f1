import type { DatabaseSync } from 'node:sqlite'
import { fileErrorOf, openFileToRead } from '@tidings/sqlite-file'
import { ReadModelError, toReadModelError } from './errors.ts'
import { CHECKPOINT, formatOf, settings } from './format.ts'
import type { ReadModelOptions } from './read-model.ts'

/**
 * Reads a read model beside its writer, who may be in another thread. It stands at one moment until it is told to go on: whatever is asked in between, all
 * tables are what the record up to one position makes of them.
 */
export interface ReadModelReader extends Disposable {
  /** For queries: cannot write. Statements prepared on it stay good. Its transaction is not for others to begin or end. */
  readonly db: DatabaseSync
  /** Position of the last event that is seen; -1 if none is. */
  position(): number
  /**
   * Goes on to what is committed now. To be called whenever the writer has committed or folded: a reader that stays behind keeps the write-ahead log from
   * beginning anew.
   *
   * @returns the position
   * @throws {ReadModelError} `read-model/damaged`; `read-model/unavailable`; `read-model/closed`
   */
  advance(): number
  /**
   * Resolves once the event at this position is seen.
   *
   * @throws the signal's reason when it is aborted
   * @throws {ReadModelError} `read-model/closed`
   */
  waitForPosition(position: number, signal: AbortSignal): Promise<void>
}

interface Waiter {
  readonly position: number
  resolve(): void
  reject(error: unknown): void
}

/**
 * Opens a read model for reading, after its writer has opened it (`openReadModel`).
 *
 * @throws {ReadModelError} `read-model/unavailable`, `read-model/damaged` or `read-model/not-ours`
 *
 * @example
 * using reader = openReadModelReader({ file: 'data/desk.db', version: 3 })
 * await reader.waitForPosition(41, signal)
 * reader.db.prepare('SELECT count(*) FROM cases').get()
 */
export function openReadModelReader({ file, version }: Pick<ReadModelOptions, 'file' | 'version'>): ReadModelReader {
  try {
    using resources = new DisposableStack()
    const db = resources.adopt(openFileToRead({ file, format: formatOf(version), settings }), (opened) =>
      opened.close(),
    )
    const reader = startReader(file, db)
    reader.advance()
    resources.move()
    return reader
  } catch (error) {
    throw toReadModelError(fileErrorOf(file, error))
  }
}

function startReader(file: string, db: DatabaseSync): ReadModelReader {
  const selectPosition = db.prepare(`SELECT position FROM ${CHECKPOINT}`)
  // An array, as few wait at once: a Map or Set of what comes and goes has all of it outlive its time (docs/decisions/0066).
  const waiters: Waiter[] = []
  let seen = -1
  let closed = false

  function position(): number {
    if (closed) throw new ReadModelError('read-model/closed', 'the read model has been closed')
    return seen
  }

  function goOn(): number {
    if (db.isTransaction) db.exec('COMMIT')
    // The moment is that of the first reading.
    db.exec('BEGIN')
    return Number(selectPosition.get()?.position)
  }

  return {
    db,
    position,
    advance() {
      position()
      try {
        seen = goOn()
      } catch (error) {
        throw toReadModelError(fileErrorOf(file, error))
      }
      for (const waiter of waiters) if (waiter.position <= seen) waiter.resolve()
      return seen
    },
    async waitForPosition(wanted, signal) {
      signal.throwIfAborted()
      if (position() >= wanted) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter = { position: wanted, resolve, reject }
      const abort = () => reject(signal.reason)
      waiters.push(waiter)
      signal.addEventListener('abort', abort, { once: true })
      try {
        await promise
      } finally {
        waiters.splice(waiters.indexOf(waiter), 1)
        signal.removeEventListener('abort', abort)
      }
    },
    [Symbol.dispose]() {
      if (closed) return
      closed = true
      for (const waiter of waiters)
        waiter.reject(new ReadModelError('read-model/closed', 'the read model has been closed'))
      db.close()
    },
  }
}

import { openFileToRead, openFileToWrite, takeWriterLock } from '@tidings/sqlite-file'
import { ClosedError, UnavailableError } from '../errors.ts'
import type { EventStore } from '../event-store.ts'
import { startAppender } from './appender.ts'
import { startArrivals, startPolledArrivals } from './arrivals.ts'
import { readerSettings, recordFormat, writerSettings } from './format.ts'
import { toPortError } from './port-errors.ts'
import { startReader } from './reader.ts'

/** Which record to open, and to do what with it. */
export interface SqliteEventStoreOptions {
  /** Path of the record's file; its folder must exist. SQLite keeps `-wal` and `-shm` beside it, the writer `.lock`. */
  readonly file: string
  /** `write`: be the one process that appends (it may read as well). `read`: read what another process writes. */
  readonly mode: 'write' | 'read'
}

/**
 * Opens a record kept in one SQLite file, or begins it.
 *
 * An append is durable (flushed to the disk) once it resolves; appends made in one turn of the event loop share a flush. An event has at most
 * 512 KiB.
 *
 * Damage shows where it is met: each event is checked against its checksum whenever it is read, each reading against gaps, and SQLite checks
 * the structure of the pages it walks, so `readAll` gives the whole record as it was written or throws `DamagedError`. The file is not
 * checked as a whole at opening: a crash does not damage it, a bad disk may do so at any time, and the check grows with the record. Damage to
 * an index can end the reading of a stream or of a category early; whoever reads the whole record beside it finds out.
 *
 * @throws {SecondWriterError} another process writes to this record
 * @throws {DamagedError} the file is something else, or its structure is damaged
 * @throws {NewerFormatError} a newer version wrote the file
 * @throws {UnavailableError} the file cannot be used now, or there is no record to read yet
 *
 * @example
 * await using record = await openSqliteEventStore({ file: 'data/record.db', mode: 'write' })
 * const { position } = await record.append('request-0198…', 'no-stream', [{ id, type: 'request.submit', data }])
 */
export async function openSqliteEventStore({ file, mode }: SqliteEventStoreOptions): Promise<EventStore> {
  try {
    return mode === 'write' ? openWriter(file) : openReader(file)
  } catch (error) {
    throw toPortError(error)
  }
}

function openWriter(file: string): EventStore {
  using resources = new DisposableStack()
  resources.use(takeWriterLock(file))
  const db = openFileToWrite({ file, format: recordFormat, settings: writerSettings })
  resources.defer(() => db.close())

  let closed = false
  function assertOpen() {
    if (closed) throw closedError()
  }
  const reader = startReader({ db, file, assertOpen })
  const arrivals = startArrivals(reader.sizeNow)
  const appender = startAppender({ file, committed: arrivals.announce })
  const owned = resources.move()

  const appendEach: EventStore['appendEach'] = async (appends) => {
    if (closed) return appends.map(closedError)
    return await appender.appendEach(appends)
  }
  return {
    async append(stream, expected, events) {
      const [answer] = await appendEach([{ stream, expected, events }])
      if (answer === undefined || answer instanceof Error) throw answer
      return answer
    },
    appendEach,
    readStream: reader.readStream,
    readAll: reader.readAll,
    size: async () => reader.sizeNow(),
    waitForMore: arrivals.waitForMore,
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      // What was handed in before is still done and answered.
      await appender[Symbol.asyncDispose]()
      arrivals.end(closedError())
      owned.dispose()
    },
  }
}

function openReader(file: string): EventStore {
  const db = openFileToRead({ file, format: recordFormat, settings: readerSettings })
  let closed = false
  function assertOpen() {
    if (closed) throw closedError()
  }
  const reader = startReader({ db, file, assertOpen })
  const arrivals = startPolledArrivals(db, reader.sizeNow)

  return {
    async append() {
      throw readOnlyError()
    },
    appendEach: async (appends) => appends.map(readOnlyError),
    readStream: reader.readStream,
    readAll: reader.readAll,
    size: async () => reader.sizeNow(),
    waitForMore: arrivals.waitForMore,
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      arrivals.end(closedError())
      db.close()
    },
  }
}

function closedError(): ClosedError {
  return new ClosedError('the record has been closed')
}

function readOnlyError(): UnavailableError {
  return new UnavailableError('this record was opened for reading only')
}

import { existsSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { RecordedEvent } from '@tidings/event-store'
import {
  FileError,
  type FileFormat,
  fileErrorOf,
  openFileToRead,
  openFileToWrite,
  takeWriterLock,
} from '@tidings/sqlite-file'
import { ReadModelError } from './errors.ts'

/** Changes the tables by some events of the record, in their order. Runs inside a transaction: it must not begin or end one. */
export type Apply = (db: DatabaseSync, events: readonly RecordedEvent[]) => void

/** Writes what `Apply` has kept back to write it together. Runs inside the transaction, as the last of it. */
export type Finish = (db: DatabaseSync) => void

/** Why what stood in a read model was thrown away. `other-record`: it was derived from events that the record does not hold. */
export type DiscardReason = 'other-version' | 'damaged' | 'other-record'

/** How to open a read model. */
export interface ReadModelOptions {
  /** Path of its file; the folder must exist. */
  readonly file: string
  /** Version of the tables and of what fills them, from 1: raise it whenever either changes. */
  readonly version: number
  /** Makes the tables in an empty database. Runs inside a transaction. */
  migrate(db: DatabaseSync): void
  /** Told when what was there has been thrown away; the model is then empty and has to follow the record from its beginning. */
  onDiscarded?(reason: DiscardReason): void
}

/**
 * Tables derived from the record, in an SQLite file of their own, with the position up to which they are derived.
 *
 * Tables and position change in one transaction, so a read model is at every moment what the record up to its position makes of it, whenever
 * it was stopped or killed. It is disposable: the record can always make it again.
 */
export interface ReadModel extends Disposable {
  /** For queries: cannot write, and may run beside the writer at any time. Statements prepared on it stay good. */
  readonly reader: DatabaseSync
  /** Position of the last applied event that readers see; -1 if none is. */
  position(): number
  /** Position of the last applied event, whether readers see it yet or not: what comes next is the one after it. */
  written(): number
  /** Id of the last applied event: tells whether a record is the one that the model was derived from. */
  lastEventId(): string | undefined
  /**
   * Applies the events that come next in a transaction that stays open for more: readers see none of it before `commit`, and all at once then.
   *
   * Does nothing if the model is no longer at the position before them: another follower was quicker. If it fails, all that was applied since
   * the last commit is taken back.
   *
   * @throws {ReadModelError} `read-model/gap`: they do not follow each other; `read-model/damaged`; `read-model/unavailable`
   * @throws what `apply` throws
   */
  apply(events: readonly RecordedEvent[], apply: Apply): void
  /**
   * Makes all that was applied since the last commit, and the position of the last event, stand: all or nothing. Does nothing if that is none.
   *
   * @param finish run before, in the transaction: writes what `apply` may have kept back
   * @throws {ReadModelError} `read-model/damaged`; `read-model/unavailable`
   * @throws what `finish` throws
   */
  commit(finish?: Finish): void
  /**
   * Resolves once the event at this position has been applied.
   *
   * @throws the signal's reason when it is aborted
   * @throws {ReadModelError} `read-model/closed`
   */
  waitForPosition(position: number, signal: AbortSignal): Promise<void>
  /** Empties the model: tables made anew, position -1. With a reason, `onDiscarded` is told. */
  reset(reason?: DiscardReason): void
}

const CHECKPOINT = 'read_model_checkpoint'

// A loss of power may take back the last transactions, whole: the record makes them again. The write-ahead log is folded in every 8 MB, which whoever uses
// this process waits for: 32 MB took a tenth to a fifth of a second, the more the larger the tables.
const settings = `
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 1000`

function formatOf(version: number): FileFormat {
  return {
    name: 'a read model',
    applicationId: 0x54_64_52_4d, // "TdRM"
    version,
    schema: `CREATE TABLE ${CHECKPOINT} (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL,
      event_id TEXT) STRICT`,
  }
}

/**
 * Opens a read model, or makes an empty one.
 *
 * One of another version is deleted, a damaged one is moved aside to `FILE.damaged`, and an empty one takes its place. Whether it is
 * damaged is checked at every opening (`PRAGMA quick_check`: about a second for two million rows), since nobody else would notice.
 *
 * @throws {ReadModelError} `read-model/in-use`: another process has it; `read-model/not-ours`: the file is a database of something else,
 *   and is left alone; `read-model/unavailable`
 *
 * @example
 * using model = openReadModel({ file: 'data/desk.db', version: 3, migrate: (db) => db.exec(schema) })
 * await follow({ readModel: model, store, upTo, apply, signal })
 */
export function openReadModel(options: ReadModelOptions): ReadModel {
  const { file } = options
  try {
    using resources = new DisposableStack()
    resources.use(takeWriterLock(file))
    const db = resources.adopt(openSound(options), (opened) => opened.close())
    if (!db.prepare(`SELECT 1 FROM ${CHECKPOINT}`).get()) makeTables(db, options)
    const open = { file, format: formatOf(options.version), settings }
    const reader = resources.adopt(openFileToRead(open), (opened) => opened.close())
    return startReadModel(options, db, reader, resources.move())
  } catch (error) {
    throw toReadModelError(fileErrorOf(file, error))
  }
}

/** Opens the file; throws away what is there if it is damaged or of another version. */
function openSound({ file, version, onDiscarded }: ReadModelOptions): DatabaseSync {
  const options = { file, format: formatOf(version), settings }
  let reason: DiscardReason
  try {
    const db = openFileToWrite(options)
    const check = () => Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
    if (db.prepare('PRAGMA user_version').get()?.user_version !== version) reason = 'other-version'
    else if (damagedIfThrows(file, check) !== 'ok') reason = 'damaged'
    else return db
    db.close()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    if (error.reason === 'newer') reason = 'other-version'
    else if (error.reason === 'damaged') reason = 'damaged'
    else throw error
  }
  discard(file, reason)
  onDiscarded?.(reason)
  return openFileToWrite(options)
}

function damagedIfThrows<T>(file: string, check: () => T): T | 'damaged' {
  try {
    return check()
  } catch (error) {
    const known = fileErrorOf(file, error)
    if (known instanceof FileError && known.reason === 'damaged') return 'damaged'
    throw known
  }
}

function discard(file: string, reason: DiscardReason) {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  if (reason === 'damaged' && existsSync(file)) renameSync(file, `${file}.damaged`)
  else rmSync(file, { force: true })
}

function inTransaction(db: DatabaseSync, work: () => void) {
  db.exec('BEGIN IMMEDIATE')
  try {
    work()
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function makeTables(db: DatabaseSync, { migrate }: ReadModelOptions) {
  inTransaction(db, () => {
    migrate(db)
    db.exec(`INSERT OR REPLACE INTO ${CHECKPOINT} VALUES (1, -1, NULL)`)
  })
}

interface Waiter {
  readonly position: number
  resolve(): void
  reject(error: unknown): void
}

function startReadModel(
  options: ReadModelOptions,
  db: DatabaseSync,
  reader: DatabaseSync,
  resources: Disposable,
): ReadModel {
  const { file } = options
  const selectCheckpoint = db.prepare(`SELECT position, event_id FROM ${CHECKPOINT}`)
  const updateCheckpoint = db.prepare(`UPDATE ${CHECKPOINT} SET position = ?, event_id = ?`)
  const waiters = new Set<Waiter>()
  const stored = () => Number(selectCheckpoint.get()?.position)
  // Every reading asks for it. Nobody else writes, so it is what was committed last; after a failure the table is asked what that was.
  let applied = stored()
  /** The last event of the transaction that is open, if one is. */
  let last: RecordedEvent | undefined
  let closed = false

  function assertOpen() {
    if (closed) throw new ReadModelError('read-model/closed', 'the read model has been closed')
  }

  /** What `apply` throws about itself stays as it is; what SQLite throws about the file is told as ours. */
  function using<T>(use: () => T): T {
    assertOpen()
    try {
      return use()
    } catch (error) {
      throw toReadModelError(fileErrorOf(file, error))
    }
  }

  function position(): number {
    assertOpen()
    return applied
  }

  function written(): number {
    return last?.position ?? position()
  }

  /** Takes back what is not committed. */
  function rollBack() {
    last = undefined
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  /** Works in the transaction; what fails takes all of it back. */
  function work(run: () => void) {
    using(() => {
      try {
        run()
      } catch (error) {
        rollBack()
        applied = stored()
        throw error
      }
    })
  }

  return {
    reader,
    position,
    written,
    lastEventId: () => using(() => selectCheckpoint.get()?.event_id?.toString()),
    apply(events, apply) {
      const [first, end] = [events[0], events.at(-1)]
      if (!first || !end) return
      if (events.some((event, index) => event.position !== first.position + index))
        throw new ReadModelError(
          'read-model/gap',
          `the record gave ${events.length} events from ${first.position} that do not follow each other`,
        )
      if (written() !== first.position - 1) return
      work(() => {
        if (!last) db.exec('BEGIN IMMEDIATE')
        apply(db, events)
        last = end
      })
    },
    commit(finish) {
      const end = last
      if (!end) return
      work(() => {
        finish?.(db)
        updateCheckpoint.run(end.position, end.id)
        db.exec('COMMIT')
        last = undefined
        applied = end.position
      })
      for (const waiter of waiters) if (waiter.position <= applied) waiter.resolve()
    },
    async waitForPosition(wanted, signal) {
      signal.throwIfAborted()
      if (position() >= wanted) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter = { position: wanted, resolve, reject }
      const abort = () => reject(signal.reason)
      waiters.add(waiter)
      signal.addEventListener('abort', abort, { once: true })
      try {
        await promise
      } finally {
        waiters.delete(waiter)
        signal.removeEventListener('abort', abort)
      }
    },
    reset(reason) {
      rollBack()
      work(() => {
        inTransaction(db, () => {
          dropAll(db)
          options.migrate(db)
          updateCheckpoint.run(-1, null)
        })
        applied = -1
      })
      if (reason) options.onDiscarded?.(reason)
    },
    [Symbol.dispose]() {
      if (closed) return
      closed = true
      last = undefined
      for (const waiter of waiters)
        waiter.reject(new ReadModelError('read-model/closed', 'the read model has been closed'))
      resources[Symbol.dispose]()
    },
  }
}

/** Drops all that `migrate` may have made; indexes and triggers go with their tables. */
function dropAll(db: DatabaseSync) {
  // Children would hold on to their parents' rows until the transaction ends: by then all are gone.
  db.exec('PRAGMA defer_foreign_keys = ON')
  const made = db.prepare(`SELECT type, name FROM sqlite_schema
    WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? ORDER BY type DESC`)
  for (const { type, name } of made.all(CHECKPOINT))
    db.exec(`DROP ${type === 'view' ? 'VIEW' : 'TABLE'} IF EXISTS "${String(name).replaceAll('"', '""')}"`)
}

function toReadModelError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error
  const cause = { cause: error }
  switch (error.reason) {
    case 'in-use':
      return new ReadModelError('read-model/in-use', error.message, cause)
    case 'not-ours':
      return new ReadModelError(
        'read-model/not-ours',
        `${error.message}: name another file, or move this one away`,
        cause,
      )
    case 'damaged':
      return new ReadModelError('read-model/damaged', `${error.message}: open it again, and it is made anew`, cause)
    case 'newer':
    case 'missing':
    case 'unavailable':
      return new ReadModelError('read-model/unavailable', error.message, cause)
  }
}

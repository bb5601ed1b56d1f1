import { existsSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { FileError, fileErrorOf, openFileToWrite, takeWriterLock } from '@tidings/sqlite-file'
import { ReadModelError, toReadModelError } from './errors.ts'
import { CHECKPOINT, formatOf, settings } from './format.ts'

/** An event as far as a read model itself looks at it. */
export interface Followed {
  /** Its place in the order of the record. */
  readonly position: number
  readonly id: string
}

/** Changes the tables by some events of the record, in their order. Runs inside a transaction: it must not begin or end one. */
export type Apply<E extends Followed> = (db: DatabaseSync, events: readonly E[]) => void

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
  apply<E extends Followed>(events: readonly E[], apply: Apply<E>): void
  /**
   * Makes all that was applied since the last commit, and the position of the last event, stand: all or nothing. Does nothing if that is none.
   *
   * @param finish run before, in the transaction: writes what `apply` may have kept back
   * @returns whether there was anything
   * @throws {ReadModelError} `read-model/damaged`; `read-model/unavailable`
   * @throws what `finish` throws
   */
  commit(finish?: Finish): boolean
  /**
   * Folds the write-ahead log into the file once it has grown to 8 MiB; waits for nobody. What readers of an older moment still need stays in it: it begins
   * anew with the next transaction if all readers stand at the last one when it is folded, and have gone on (`ReadModelReader.advance`) since.
   *
   * @returns whether it was folded
   * @throws {ReadModelError} `read-model/unavailable`
   */
  fold(): boolean
  /** Empties the model: tables made anew, position -1. With a reason, `onDiscarded` is told. */
  reset(reason?: DiscardReason): void
}

/** Pages of 8 KiB. */
const FOLDED_PAGES = 1000

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
 * await follow({ readModel: model, source: pagesOf(store), upTo, apply, signal })
 */
export function openReadModel(options: ReadModelOptions): ReadModel {
  const { file } = options
  try {
    using resources = new DisposableStack()
    resources.use(takeWriterLock(file))
    const db = resources.adopt(openSound(options), (opened) => opened.close())
    if (!db.prepare(`SELECT 1 FROM ${CHECKPOINT}`).get()) makeTables(db, options)
    return startReadModel(options, db, resources.move())
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

function startReadModel(options: ReadModelOptions, db: DatabaseSync, resources: Disposable): ReadModel {
  const { file } = options
  const selectCheckpoint = db.prepare(`SELECT position, event_id FROM ${CHECKPOINT}`)
  const updateCheckpoint = db.prepare(`UPDATE ${CHECKPOINT} SET position = ?, event_id = ?`)
  // Makes nothing: it tells how many pages there are, and how many of them are folded already.
  const askLog = db.prepare('PRAGMA wal_checkpoint(NOOP)')
  const stored = () => Number(selectCheckpoint.get()?.position)
  // Asked for at every page. Nobody else writes, so it is what was committed last; after a failure the table is asked what that was.
  let applied = stored()
  /** The last event of the transaction that is open, if one is. */
  let last: Followed | undefined
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
      if (!end) return false
      work(() => {
        finish?.(db)
        updateCheckpoint.run(end.position, end.id)
        db.exec('COMMIT')
        last = undefined
        applied = end.position
      })
      return true
    },
    fold() {
      return using(() => {
        const { log, checkpointed } = askLog.get() ?? {}
        if (Number(log) - Number(checkpointed) < FOLDED_PAGES) return false
        db.exec('PRAGMA wal_checkpoint(PASSIVE)')
        return true
      })
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

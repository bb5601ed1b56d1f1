import type { DatabaseSync } from 'node:sqlite'
import { FileError, type FileErrorReason, fileErrorOf, openFileToWrite } from '@tidings/sqlite-file'
import { type ContentOpening, fromBase64url, isKind, type Kind } from '@tidings/statement'
import type { Receipt, Submission } from './contract/index.ts'
import { subjectOf } from './subject-of.ts'
import type { KeptSubmission, SubmissionLedger } from './submit-many.ts'

/**
 * What became of a statement of ours:
 * - `prepared`: signed and kept, perhaps sent; nothing is known of it yet, so the same is sent again;
 * - `recorded`: it has its receipt;
 * - `refused`: the service keeps nothing of it; another may be made under its key.
 */
export type LedgerStatus = 'prepared' | 'recorded' | 'refused'

/** A statement of ours as it is kept at home. */
export interface LedgerEntry extends KeptSubmission {
  /** What it was made for, e.g. the import of cases. */
  readonly batch: string
  readonly kind: Kind
  /** The thing it is about. */
  readonly about: string
  readonly status: LedgerStatus
  /** The tlog-proof of its receipt: with the statement it proves that the statement was recorded, even if the service should forget it. */
  readonly proof?: string
  /** Why it was refused, in the service's words. */
  readonly problem?: string
}

/** The statements made for one purpose, each under a key of its own, such as a row of a table. */
export interface BatchLedger extends SubmissionLedger {
  /** What is kept under these keys, but for what was refused. */
  find(keys: readonly string[]): ReadonlyMap<string, LedgerEntry>
  /**
   * Keeps signed statements, in this order; durable when it returns. Takes the place of what was refused under the same key.
   *
   * @throws {LedgerError} `ledger/conflict` if something is kept under a key: another process does the same work. Then none is kept.
   */
  add(entries: readonly KeptSubmission[]): void
  recorded(entries: readonly { readonly key: string; readonly receipt: Receipt }[]): void
  /** Notes refusals. */
  refused(entries: readonly { readonly key: string; readonly problem: string }[]): void
}

/** Which entries to show. */
export interface LedgerFilter {
  readonly batch?: string
  readonly kind?: Kind
  readonly status?: LedgerStatus
}

/**
 * A party's own record at home: what it has signed, before it is sent, with the salts and contents that the service may one day be asked to erase, and what
 * became of it.
 *
 * What was written is durable when a call returns, and survives a crash at any moment: a statement is sent only after it was kept, so a second run sends
 * the same and nothing twice. Several processes may use one file; a write waits for another's, up to 5 seconds.
 */
export interface Ledger extends Disposable {
  batch(name: string): BatchLedger
  /** The statement with this identity. */
  entry(id: string): LedgerEntry | undefined
  /** All that was stated about a thing, oldest first. */
  about(thing: string): LedgerEntry[]
  /** Entries in the order in which they were kept. */
  entries(filter?: LedgerFilter): Iterable<LedgerEntry>
  /** The latest recorded statement of a kind about each thing: what stands of all our cases, burial places or requests. */
  things(kind: Kind): Iterable<LedgerEntry>
  counts(): { batch: string; kind: Kind; status: LedgerStatus; count: number }[]
  /** The last verified checkpoint of a log, as it was published. */
  seen(origin: string): string | undefined
  /** Keeps a verified checkpoint, unless a larger one of its log is kept. */
  keepSeen(checkpoint: { readonly origin: string; readonly size: number; readonly text: string }): void
  /** A small text under a name, such as the party's id. */
  setting(name: string): string | undefined
  keepSetting(name: string, value: string): void
}

/** Why a ledger cannot be used: what is wrong with its file, or two processes that do the same work. */
export type LedgerErrorCode = `ledger/${Exclude<FileErrorReason, 'missing'>}` | 'ledger/conflict'

/** A ledger cannot be used. */
export class LedgerError extends Error {
  override name = 'LedgerError'
  readonly code: LedgerErrorCode
  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const format = {
  name: 'a ledger',
  // "TLdg"
  applicationId: 0x544c6467,
  version: 1,
  schema: `
    CREATE TABLE statement (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      batch TEXT NOT NULL,
      key TEXT NOT NULL,
      id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      about TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('prepared', 'recorded', 'refused')),
      leaf INTEGER CHECK ((status = 'recorded') = (leaf IS NOT NULL)),
      problem TEXT,
      submission TEXT NOT NULL,
      proof TEXT,
      UNIQUE (batch, key)
    ) STRICT;
    CREATE INDEX statement_about ON statement (about, kind, status, leaf);
    CREATE INDEX statement_kind ON statement (kind, status);
    CREATE INDEX statement_batch ON statement (batch, kind, status);
    CREATE TABLE seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
}

interface Row {
  readonly place: number
  readonly batch: string
  readonly key: string
  readonly id: string
  readonly kind: string
  readonly about: string
  readonly status: LedgerStatus
  readonly leaf: number | null
  readonly problem: string | null
  readonly submission: string
  readonly proof: string | null
}

// Entries read at once while going through many: nothing stays open between them, so that what is read can be written meanwhile.
const pageSize = 200

/**
 * Opens a party's ledger; makes it, readable by its owner alone, if there is none.
 *
 * @param file its path; the folder must be there
 * @throws {LedgerError}
 */
export function openLedger(file: string): Ledger {
  const guard = <T>(use: () => T): T => {
    try {
      return use()
    } catch (cause) {
      throw ledgerError(file, cause)
    }
  }
  const db = guard(() => openFileToWrite({ file, format, settings: 'PRAGMA synchronous = FULL' }))
  const select = 'SELECT * FROM statement'
  const sql = {
    byKey: db.prepare(`${select} WHERE batch = ? AND key = ? AND status <> 'refused'`),
    byId: db.prepare(`${select} WHERE id = ?`),
    about: db.prepare(`${select} WHERE about = ? ORDER BY place`),
    page: db.prepare(
      `${select} WHERE place > :after AND (:batch IS NULL OR batch = :batch) AND (:kind IS NULL OR kind = :kind)
       AND (:status IS NULL OR status = :status) ORDER BY place LIMIT ${pageSize}`,
    ),
    things: db.prepare(
      `${select} AS it WHERE place > ? AND kind = ? AND status = 'recorded' AND NOT EXISTS (SELECT 1 FROM statement AS later
         WHERE later.about = it.about AND later.kind = it.kind AND later.status = 'recorded' AND later.leaf > it.leaf)
       ORDER BY place LIMIT ${pageSize}`,
    ),
    counts: db.prepare(
      'SELECT batch, kind, status, count(*) AS count FROM statement GROUP BY batch, kind, status ORDER BY batch, kind, status',
    ),
    dropRefused: db.prepare(`DELETE FROM statement WHERE batch = ? AND key = ? AND status = 'refused'`),
    add: db.prepare(
      `INSERT INTO statement (batch, key, id, kind, about, status, submission) VALUES (?, ?, ?, ?, ?, 'prepared', ?)
       ON CONFLICT DO NOTHING`,
    ),
    recorded: db.prepare(
      `UPDATE statement SET status = 'recorded', leaf = ?, proof = ?, problem = NULL WHERE batch = ? AND key = ? AND id = ?`,
    ),
    // What is recorded stays so: of a statement sent twice, one answer may be lost and the other late.
    refused: db.prepare(
      `UPDATE statement SET status = 'refused', problem = ? WHERE batch = ? AND key = ? AND status = 'prepared'`,
    ),
    seen: db.prepare('SELECT text FROM seen WHERE origin = ?'),
    keepSeen: db.prepare(
      `INSERT INTO seen (origin, size, text) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET size = excluded.size, text = excluded.text WHERE excluded.size >= seen.size`,
    ),
    setting: db.prepare('SELECT value FROM setting WHERE name = ?'),
    keepSetting: db.prepare(
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ),
  }
  const write = (work: () => void) => guard(() => inTransaction(db, work))

  function batch(name: string): BatchLedger {
    return {
      find: (keys) =>
        guard(() => {
          const found = new Map<string, LedgerEntry>()
          for (const key of keys) {
            const row = sql.byKey.get(name, key) as Row | undefined
            if (row) found.set(key, entryOf(row))
          }
          return found
        }),
      add: (entries) =>
        write(() => {
          for (const { key, id, submission } of entries) {
            const { kind, about } = subjectOf(submission.statement)
            sql.dropRefused.run(name, key)
            if (sql.add.run(name, key, id, kind, about, JSON.stringify(submission)).changes !== 1)
              throw new LedgerError(
                'ledger/conflict',
                'another process is doing the same work with this ledger: let it finish, then run this again',
              )
          }
        }),
      recorded: (entries) =>
        write(() => {
          for (const { key, receipt } of entries) sql.recorded.run(receipt.leaf, receipt.proof, name, key, receipt.id)
        }),
      refused: (entries) =>
        write(() => {
          for (const { key, problem } of entries) sql.refused.run(problem, name, key)
        }),
    }
  }

  function* pages(read: (after: number) => Row[]): Generator<LedgerEntry> {
    let after = 0
    for (;;) {
      const rows = guard(() => read(after))
      for (const row of rows) yield entryOf(row)
      const last = rows.at(-1)
      if (!last || rows.length < pageSize) return
      after = last.place
    }
  }

  return {
    batch,
    entry: (id) =>
      guard(() => {
        const row = sql.byId.get(id) as Row | undefined
        return row && entryOf(row)
      }),
    about: (thing) => guard(() => (sql.about.all(thing) as unknown as Row[]).map(entryOf)),
    entries: (filter = {}) =>
      pages((after) => {
        const { batch = null, kind = null, status = null } = filter
        return sql.page.all({ after, batch, kind, status }) as unknown as Row[]
      }),
    things: (kind) => pages((after) => sql.things.all(after, kind) as unknown as Row[]),
    counts: () =>
      guard(
        () => sql.counts.all() as unknown as { batch: string; kind: Kind; status: LedgerStatus; count: number }[],
      ).map((count) => ({ ...count })),
    seen: (origin) => guard(() => sql.seen.get(origin)?.text as string | undefined),
    keepSeen: ({ origin, size, text }) => write(() => sql.keepSeen.run(origin, size, text)),
    setting: (name) => guard(() => sql.setting.get(name)?.value as string | undefined),
    keepSetting: (name, value) => write(() => sql.keepSetting.run(name, value)),
    [Symbol.dispose]() {
      if (db.isOpen) db.close()
    },
  }
}

/** The openings of a submission's contents, in order. */
export function openingsOf({ contents = [] }: Submission): ContentOpening[] {
  return contents.map(({ salt, data }) => ({ salt: fromBase64url(salt), data: fromBase64url(data) }))
}

function entryOf(row: Row): LedgerEntry {
  const { batch, key, id, kind, about, status } = row
  if (!isKind(kind)) throw new LedgerError('ledger/newer', `a later version has kept a statement of kind ${kind}`)
  return {
    batch,
    key,
    id,
    kind,
    about,
    status,
    submission: JSON.parse(row.submission) as Submission,
    ...(row.leaf !== null && { leaf: row.leaf }),
    ...(row.proof !== null && { proof: row.proof }),
    ...(row.problem !== null && { problem: row.problem }),
  }
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    work()
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function ledgerError(file: string, cause: unknown): unknown {
  const error = fileErrorOf(file, cause)
  if (!(error instanceof FileError)) return error
  const reason = error.reason === 'missing' ? 'unavailable' : error.reason
  return new LedgerError(`ledger/${reason}`, error.message, { cause: error })
}

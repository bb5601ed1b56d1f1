import { closeSync, existsSync, openSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FileError, fileErrorOf } from './file-error.ts'

/** What a kind of file is recognised by, and how one begins. */
export interface FileFormat {
  /** What the file is, for messages: `a record`. */
  readonly name: string
  /** 32-bit number in the file's header that tells whose file it is (`PRAGMA application_id`). */
  readonly applicationId: number
  /** Version of the tables, from 1 (`PRAGMA user_version`). */
  readonly version: number
  /** The oldest version that is still read; 1 unless told. */
  readonly oldest?: number
  /** Statements that make the tables of an empty file. */
  readonly schema: string
}

/** How to open a file. */
export interface OpenFileOptions {
  readonly file: string
  readonly format: FileFormat
  /** Statements for each connection, such as `PRAGMA synchronous`; run before the first use of the tables. */
  readonly settings: string
}

const PAGE_SIZE = 8192
const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens a file for its one writer, in write-ahead mode; makes it, readable by its owner alone, if there is none.
 *
 * After a crash the last transactions may stand in the write-ahead log without having reached the disk: they are brought there before this
 * returns, so that nothing is shown or confirmed that a loss of power could still take away.
 *
 * @throws {FileError} `not-ours`, `damaged`, `newer`, `in-use` or `unavailable`; the file is then as it was
 */
export function openFileToWrite({ file, format, settings }: OpenFileOptions): DatabaseSync {
  return opening(file, () => {
    refuseNetworkFileSystem(file)
    // SQLite gives the files beside it the permissions of this one.
    closeSync(openSync(file, 'a', 0o600))
    const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
    return closingOnError(db, () => {
      const fresh = recognise(db, file, format) === 'empty'
      if (fresh) db.exec(`PRAGMA page_size = ${PAGE_SIZE}`)
      db.exec(settings)
      db.exec('PRAGMA journal_mode = WAL')
      if (fresh) {
        // One transaction: a file is either empty or whole.
        db.exec(`BEGIN IMMEDIATE; ${format.schema};
          PRAGMA application_id = ${format.applicationId}; PRAGMA user_version = ${format.version}; COMMIT`)
      }
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return db
    })
  })
}

/**
 * Opens a file for reading beside its writer.
 *
 * @throws {FileError} `missing`, `not-ours`, `damaged`, `newer` or `unavailable`
 */
export function openFileToRead({ file, format, settings }: OpenFileOptions): DatabaseSync {
  return opening(file, () => {
    if (!existsSync(file)) throw new FileError('missing', `${file} does not exist`)
    const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    return closingOnError(db, () => {
      if (recognise(db, file, format) === 'empty') throw new FileError('missing', `${file} is still empty`)
      db.exec(settings)
      return db
    })
  })
}

/** Reads the header and the list of tables, and changes nothing: the file may be somebody else's. */
function recognise(db: DatabaseSync, file: string, format: FileFormat): 'empty' | 'ours' {
  const number = (sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0])
  const applicationId = number('PRAGMA application_id')
  const version = number('PRAGMA user_version')
  const tables = number('SELECT count(*) FROM sqlite_schema')
  if (applicationId === 0 && version === 0 && tables === 0) return 'empty'
  if (applicationId !== format.applicationId)
    throw new FileError('not-ours', `${file} is not ${format.name} of Tidings`)
  if (version > format.version)
    throw new FileError(
      'newer',
      `${file} is ${format.name} in format ${version}, this version reads up to ${format.version}`,
    )
  if (version > 0 && version < (format.oldest ?? 1))
    throw new FileError(
      'not-ours',
      `${file} is ${format.name} in format ${version}, from before the first release: it is not read any more`,
    )
  if (version < 1 || tables === 0) throw new FileError('damaged', `${file} is damaged: its format is ${version}`)
  return 'ours'
}

// https://man7.org/linux/man-pages/man2/statfs.2.html: NFS, SMB, CIFS, SMB2, AFS, Ceph, 9P.
const NETWORK_FILE_SYSTEMS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x01021997])

/** Write-ahead mode needs memory shared between processes and locks that hold; network file systems promise neither. */
function refuseNetworkFileSystem(file: string) {
  if (isNetworkFileSystem(statfsSync(dirname(file)).type))
    throw new FileError(
      'unavailable',
      `${file} is on a network file system, where its locks do not hold: use a local disk`,
    )
}

/** True for the number by which Linux names a network file system. */
export function isNetworkFileSystem(type: number): boolean {
  return process.platform === 'linux' && NETWORK_FILE_SYSTEMS.has(type >>> 0)
}

function opening<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw new FileError('unavailable', `${file} cannot be opened: ${error.message}`, { cause: error })
    throw fileErrorOf(file, error)
  }
}

function closingOnError<T>(db: DatabaseSync, use: () => T): T {
  try {
    return use()
  } catch (error) {
    db.close()
    throw error
  }
}

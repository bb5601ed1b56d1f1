/**
 * Why a file cannot be used:
 * - `missing`: it is not there, or nothing has been written to it yet;
 * - `not-ours`: it is a database of something else;
 * - `damaged`: it is no database, or its structure is broken;
 * - `newer`: a later version wrote it;
 * - `in-use`: another process is its writer;
 * - `unavailable`: the disk or the system refuses just now (full, no permission, I/O error, network file system).
 */
export type FileErrorReason = 'missing' | 'not-ours' | 'damaged' | 'newer' | 'in-use' | 'unavailable'

/** A file cannot be used, for a reason that a program can act upon. The engines turn it into the errors of their ports. */
export class FileError extends Error {
  override name = 'FileError'
  readonly reason: FileErrorReason
  constructor(reason: FileErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** What `node:sqlite` throws: `errcode` is SQLite's extended result code (https://www.sqlite.org/rescode.html). */
interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

// Primary result codes; an extended code holds them in its low byte.
const PERM = 3
const BUSY = 5
const NO_MEMORY = 7
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error
}

/** True if SQLite says that the disk is full: what it was writing is then certainly not there. */
export function isDiskFull(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === FULL
}

/** True if SQLite says that another connection holds the lock that was wanted. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === BUSY
}

/**
 * Tells what an error thrown by `node:sqlite` means for the file.
 *
 * Errors that are not about the file (a wrong statement, a bound value of the wrong type) are returned as they are: they are ours to mend.
 */
export function fileErrorOf<E>(file: string, error: E): E | FileError {
  if (!isSqliteError(error)) return error
  switch (error.errcode & 0xff) {
    case NOT_A_DATABASE:
      return new FileError('damaged', `${file} is no database, or its beginning is damaged`, { cause: error })
    case CORRUPT:
      return new FileError('damaged', `${file} is damaged (${error.message}): restore it from a backup`, {
        cause: error,
      })
    case BUSY:
      return new FileError('unavailable', `${file} is locked by another process just now`, { cause: error })
    case FULL:
      return new FileError('unavailable', `the disk that holds ${file} is full`, { cause: error })
    case PERM:
    case READ_ONLY:
    case CANNOT_OPEN:
    case IO_ERROR:
    case NO_MEMORY:
      return new FileError('unavailable', `${file} cannot be used now: ${error.message}`, { cause: error })
    default:
      return error
  }
}

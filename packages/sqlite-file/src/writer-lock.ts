import { DatabaseSync } from 'node:sqlite'
import { FileError, fileErrorOf, isBusy } from './file-error.ts'

/** The right to write to a file, held until it is disposed or its process ends. */
export interface WriterLock extends Disposable {}

/** Long enough that one who only looks who holds the lock does not keep another from taking it. */
const LOCK_TIMEOUT_MS = 200

/**
 * Takes the right to be the one process that writes to `file`.
 *
 * The lock is a reserved lock of SQLite on a small file of its own, `FILE.lock`: the operating system holds it for the process and drops it when
 * the process ends, however it ends. A lock left behind by the dead therefore does not exist, and the file left behind means nothing. Readers
 * of `file` are not touched by it.
 *
 * @throws {FileError} `in-use` if another process, or another opening in this process, holds it
 */
export function takeWriterLock(file: string): WriterLock {
  const lockFile = `${file}.lock`
  const lock = new DatabaseSync(lockFile, { timeout: LOCK_TIMEOUT_MS, open: false })
  try {
    lock.open()
    // The number is for people who meet the lock; what counts is the transaction that stays open behind it.
    lock.exec(`PRAGMA user_version = ${process.pid}; BEGIN IMMEDIATE`)
  } catch (cause) {
    const holder = isBusy(cause) ? lock.prepare('PRAGMA user_version').get()?.user_version : undefined
    if (lock.isOpen) lock.close()
    if (holder === undefined) throw fileErrorOf(lockFile, cause)
    throw new FileError('in-use', `${file} is being written by another process (number ${holder}): only one may`, {
      cause,
    })
  }
  return {
    [Symbol.dispose]() {
      if (lock.isOpen) lock.close()
    },
  }
}

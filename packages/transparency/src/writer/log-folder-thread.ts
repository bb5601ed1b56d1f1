import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { FileError, fileErrorOf, openFileToWrite, takeWriterLock, type WriterLock } from '@tidings/sqlite-file'
import { CHECKPOINT_FILE, checkpointsFile, checkpointsFormat, keptWithin } from '../files/checkpoints-file.ts'
import type { FolderAnswer, FolderQuestion } from './log-folder-owner.ts'

// SQLite waits for the disk within the call, and a small file is written sooner by one call than by four that each change threads. Both happen on this
// thread, so that nobody else waits with it.

const folder: string = workerData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

let lock: WriterLock | undefined
let database: DatabaseSync | undefined
let insert: StatementSync | undefined

port.on('message', (question: FolderQuestion) => {
  let answer: FolderAnswer
  try {
    answer = { id: question.id, ok: true, value: answerTo(question) }
  } catch (thrown) {
    const error = systemError(thrown) ?? fileErrorOf(checkpointsFile(folder), thrown)
    answer = {
      id: question.id,
      ok: false,
      message: (error as Error).message,
      ...(error instanceof FileError ? { reason: error.reason } : {}),
    }
  }
  port.postMessage(answer)
  if (question.ask === 'close') port.close()
})

function answerTo(question: FolderQuestion): unknown {
  switch (question.ask) {
    case 'open':
      return open()
    case 'write':
      for (const { path, data } of question.resources) replace(path, data)
      return undefined
    case 'remove':
      for (const path of question.folders) rmSync(join(folder, path), { recursive: true, force: true })
      return undefined
    case 'keep':
      insert?.run(question.size, question.time, question.text)
      return replace(CHECKPOINT_FILE, question.text)
    case 'last':
      return database?.prepare('SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1').get()
    case 'keptWithin':
      return database && keptWithin(database, question.spans)
    case 'close':
      database?.close()
      lock?.[Symbol.dispose]()
      return undefined
  }
}

/** What the system refuses for a file of the log is told as what SQLite could not do: the disk refuses just now. */
function systemError(error: unknown): FileError | undefined {
  if (!(error instanceof Error && 'syscall' in error)) return undefined
  return new FileError('unavailable', `the log in ${folder} could not be written: ${error.message}`, { cause: error })
}

function open(): void {
  // Held until this process ends, however it ends. It keeps a second writer from the folder and from its guard.
  lock = takeWriterLock(checkpointsFile(folder))
  // FULL: a commit has been synced when it returns, so a checkpoint that was given out is never forgotten.
  database = openFileToWrite({
    file: checkpointsFile(folder),
    format: checkpointsFormat,
    settings: 'PRAGMA synchronous = FULL',
  })
  insert = database.prepare('INSERT INTO checkpoint (size, time, text) VALUES (?, ?, ?)')
}

/** Readers, and a start after a kill, meet the old file or the new one; a power failure may take it. */
function replace(path: string, data: Uint8Array | string): void {
  const file = join(folder, path)
  // One writer a folder, one file at a time: one name is enough, and what a kill leaves is overwritten.
  const aside = `${file}.tmp`
  try {
    writeFileSync(aside, data)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(aside, data)
  }
  renameSync(aside, file)
}

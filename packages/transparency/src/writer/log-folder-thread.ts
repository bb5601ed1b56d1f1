import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { CHECKPOINT_FILE, CHECKPOINTS_FILE } from '../files/layout.ts'
import type { FolderAnswer, FolderQuestion } from './log-folder-owner.ts'

// SQLite waits for the disk within the call, and a small file is written sooner by one call than by four that each change threads. Both happen on this
// thread, so that nobody else waits with it.

const folder: string = workerData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

/** Bumped when the layout of the kept checkpoints changes. */
const FORMAT = 1

let lock: DatabaseSync | undefined
let database: DatabaseSync | undefined
let insert: StatementSync | undefined

port.on('message', (question: FolderQuestion) => {
  let answer: FolderAnswer
  try {
    answer = { id: question.id, ok: true, value: answerTo(question) }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number }
    answer = { id: question.id, ok: false, message, ...(errcode === undefined ? {} : { errcode }) }
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
    case 'keep':
      insert?.run(question.size, question.time, question.text)
      return replace(CHECKPOINT_FILE, question.text)
    case 'last':
      return database?.prepare('SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1').get()
    case 'sizes':
      return database
        ?.prepare('SELECT size FROM checkpoint WHERE size > ? AND size < ? ORDER BY size')
        .all(question.above, question.below)
        .map(({ size }) => size)
    case 'close':
      database?.close()
      lock?.close()
      return undefined
  }
}

/** Gives the format found when it is a newer one. */
function open(): number | undefined {
  // Held until this process ends, however it ends: the operating system releases it. It keeps a second writer from the folder and from its guard.
  lock = new DatabaseSync(join(folder, 'writer.lock'), { timeout: 0 })
  lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  database = new DatabaseSync(join(folder, CHECKPOINTS_FILE), { timeout: 10_000 })
  const { user_version: format } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (format > FORMAT) return format
  // FULL: a commit has been synced when it returns, so a checkpoint that was given out is never forgotten.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS checkpoint (size INTEGER PRIMARY KEY, time INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
    PRAGMA user_version = ${FORMAT};
  `)
  insert = database.prepare('INSERT INTO checkpoint (size, time, text) VALUES (?, ?, ?)')
  return undefined
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

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { StoreAnswer, StoreQuestion, StoreThreadData } from './checkpoint-store.ts'

// SQLite waits for the disk within the call. It does so on this thread, so that nobody else waits with it.

const { databaseFile, lockFile } = workerData as StoreThreadData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

/** Bumped when the file's layout changes. */
const FORMAT = 1

let lock: DatabaseSync | undefined
let database: DatabaseSync | undefined
let insert: StatementSync | undefined

port.on('message', (question: StoreQuestion) => {
  let answer: StoreAnswer
  try {
    answer = { id: question.id, ok: true, value: answerTo(question) }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number }
    answer = { id: question.id, ok: false, message, ...(errcode === undefined ? {} : { errcode }) }
  }
  port.postMessage(answer)
  if (question.ask === 'close') port.close()
})

function answerTo(question: StoreQuestion): unknown {
  switch (question.ask) {
    case 'open':
      return openStore()
    case 'add':
      insert?.run(question.size, question.time, question.text)
      return undefined
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
function openStore(): number | undefined {
  // Held until this process ends, however it ends: the operating system releases it. It keeps a second writer from the folder and from its guard.
  lock = new DatabaseSync(lockFile, { timeout: 0 })
  lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  database = new DatabaseSync(databaseFile, { timeout: 10_000 })
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

import { parentPort, workerData } from 'node:worker_threads'
import { openFileToWrite, serveWrites } from '@tidings/sqlite-file'
import { appendJobs } from './append-jobs.ts'
import { recordFormat, writerSettings } from './format.ts'

// The thread that appends to a record: the lock on the file is held by whoever started it.

const file = workerData as string
if (parentPort === null) throw new Error('this file runs as a worker thread')

serveWrites({
  port: parentPort,
  file,
  inOrder: true,
  open() {
    const db = openFileToWrite({ file, format: recordFormat, settings: writerSettings })
    return { db, jobs: appendJobs(db) }
  },
})

import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { keepUp } from './keeper.ts'
import type { KeeperData } from './messages.ts'
import { startReadAhead } from './read-ahead.ts'

// Keeps the views in a thread of its own: folding statements, writing rows and waiting for the disk hold up nobody who reads or submits.

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const { recordFile, ...options } = workerData as KeeperData

await keepUp({
  ...options,
  port,
  openRecord: () => openSqliteEventStore({ file: recordFile, mode: 'read' }),
  startReadAhead: (stretch) => startReadAhead({ ...stretch, recordFile }),
})

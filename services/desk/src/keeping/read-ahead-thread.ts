import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { pagesOf } from '@tidings/read-model'
import { openEventReader } from '../projection/recorded-statement.ts'
import { told } from './messages.ts'
import { type PageAnswer, packed, type ReadAheadData } from './read-ahead.ts'

// Reads a stretch of the record, a page each time it is asked, until it is ended.

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const { recordFile, from, before, pageEvents } = workerData as ReadAheadData
const { page } = pagesOf(await openSqliteEventStore({ file: recordFile, mode: 'read' }), pageEvents)
const read = openEventReader()
let at = from

async function answer(): Promise<PageAnswer> {
  try {
    const events = at < before ? await page(at, before) : []
    at += events.length
    return { page: packed(events.map(read)) }
  } catch (error) {
    return { error: told(error) }
  }
}

let answering = Promise.resolve()
port.on('message', () => {
  answering = answering.then(async () => port.postMessage(await answer()))
})

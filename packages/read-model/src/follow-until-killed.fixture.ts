// Run as a process of its own by the tests: follows the record named by its first argument in the read model named by its second, and prints a
// line for each transaction.
import { writeSync } from 'node:fs'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { follow, pagesOf } from './follow.ts'
import { openReadModel } from './read-model.ts'
import { apply, migrate } from './testing.fixture.ts'

const [record = '', model = ''] = process.argv.slice(2)
await using store = await openSqliteEventStore({ file: record, mode: 'read' })
using readModel = openReadModel({ file: model, version: 1, migrate })
await follow({
  readModel,
  source: pagesOf(store, 7),
  upTo: (after, signal) => store.waitForMore(after, signal),
  apply,
  onProgress: ({ applied }) => readModel.position() === applied - 1 && writeSync(1, `${applied}\n`),
  signal: new AbortController().signal,
  transactionEvents: (left) => (left > 3000 ? 20 : 0),
})

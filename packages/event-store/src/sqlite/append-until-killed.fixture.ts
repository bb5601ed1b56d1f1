// Run as a process of its own by the tests: appends to the record named by its argument from 16 callers, and prints one line for each append
// once it is acknowledged: stream, position, id.
import { createHash } from 'node:crypto'
import { eventId } from '../event-id.ts'
import { openSqliteEventStore } from './open.ts'

const [file = ''] = process.argv.slice(2)
const store = await openSqliteEventStore({ file, mode: 'write' })
const size = await store.size()

async function call(caller: number) {
  for (let n = 0; ; n++) {
    const stream = `case-${size}-${caller}-${n}`
    const data = new TextEncoder().encode(stream.padEnd(1_000))
    const id = eventId(createHash('sha256').update(data).digest())
    try {
      const { position } = await store.append(stream, 'no-stream', [{ id, type: 'test', data }])
      process.stdout.write(`acknowledged ${stream} ${position} ${id}\n`)
    } catch (error) {
      // The disk refuses: say so, and try again a little later.
      process.stdout.write(`refused ${error instanceof Error && 'code' in error ? error.code : error}\n`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

await Promise.all(Array.from({ length: 16 }, (_, caller) => call(caller)))

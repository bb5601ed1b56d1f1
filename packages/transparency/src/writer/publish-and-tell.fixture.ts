import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { inventedEntries, inventedRecord, inventedSigner } from '../invented-log.fixture.ts'
import { createLog, openGuardFile, openLog } from './index.ts'

// A process to be killed: publishes one batch after the other, and tells of each checkpoint once it was promised, before it goes on.
// Arguments: the folder, and how many publications.

const [, , home = '', count = '0'] = process.argv
const guard = await openGuardFile(join(home, 'guard'))
const options = {
  folder: join(home, 'log'),
  guard,
  origin: 'tidings.example/log',
  signer: await inventedSigner(),
  record: inventedRecord(1_000_000_000),
}
const writer = (await guard.read()) === undefined ? await createLog(options) : await openLog(options)
tell(writer.checkpoint.text)
for (let n = 0; n < Number(count); n++) {
  const from = writer.checkpoint.size
  const to = from + ([1, 256, 2, 90, 1][n % 5] as number)
  const checkpoint = await writer.publish(inventedEntries(from, to), to - 1)
  tell(checkpoint.text)
}
await writer[Symbol.asyncDispose]()
await guard[Symbol.asyncDispose]()

function tell(text: string): void {
  writeSync(1, `${JSON.stringify(text)}\n`)
}

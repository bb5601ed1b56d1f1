/** For tests: keeps one statement after the other and tells each key once it is kept, until it is killed. */
import { newThingId, sha256, toBase64url, utf8 } from '@tidings/statement'
import { openLedger } from './ledger.ts'

const [file = ''] = process.argv.slice(2)
using ledger = openLedger(file)
for (let i = 0; ; i++) {
  const payload = toBase64url(utf8(JSON.stringify({ kind: 'case.describe', about: newThingId() })))
  const statement = `e30.${payload}.AA`
  ledger.batch('cases').add([{ key: `${i}`, id: toBase64url(sha256(utf8(statement))), submission: { statement } }])
  process.stdout.write(`${i}\n`)
  await new Promise((resolve) => setTimeout(resolve, 1))
}

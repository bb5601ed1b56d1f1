// Run as a process of its own by the tests: holds and publishes contents from 16 callers in the vault named by its arguments, and prints one line
// once each is acknowledged.
import { createHash } from 'node:crypto'
import { openSqliteVault } from './open.ts'

const [file = '', masterKeyFile = ''] = process.argv.slice(2)
const vault = await openSqliteVault({ file, masterKeyFile })

async function call(caller: number) {
  for (let n = 0; ; n++) {
    const statement = createHash('sha256').update(`${process.pid} ${caller} ${n}`).digest('base64url')
    const subject = `0198c0de-0000-7000-8000-${String(caller).padStart(12, '0')}`
    const salt = new Uint8Array(32).fill(n)
    const data = new TextEncoder().encode(statement.padEnd(1_000))
    await vault.hold({ statement, stream: 'site-0198c0de-0000-7000-8000-000000000001' }, [
      { commitment: statement, subject, mediaType: 'text/plain', salt, data },
    ])
    process.stdout.write(`held ${statement}\n`)
    await vault.publish(statement)
    process.stdout.write(`published ${statement}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, caller) => call(caller)))

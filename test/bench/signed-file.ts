import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Prepared } from '../support/author.ts'

const signedAtOnce = 64

/** Writes a file of submissions, one a line, signed before anything is measured. */
export async function signedFile(file: string, count: number, make: () => Promise<Prepared>): Promise<string> {
  const out = createWriteStream(file)
  for (let left = count; left > 0; left -= signedAtOnce) {
    const some = await Promise.all(Array.from({ length: Math.min(left, signedAtOnce) }, make))
    const lines = some.map(({ submission }) => `${JSON.stringify(submission)}\n`).join('')
    if (!out.write(lines)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  return file
}

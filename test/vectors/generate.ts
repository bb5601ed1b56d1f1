/**
 * Writes the vectors of Tidings: what every implementation must come to. Run by hand, and only when a format changes:
 *
 *     pnpm --dir test run vectors
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { computeVectors } from './compute.ts'
import { readVectors } from './read.ts'

const kept = await readVectors()
for (const [file, value] of Object.entries(await computeVectors('exchange.json' in kept ? kept : undefined))) {
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(value, null, 2)}\n`)
}

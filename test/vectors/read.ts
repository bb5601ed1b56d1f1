import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Vectors } from './check.ts'

/** The vectors as they are committed, by file. */
export async function readVectors(): Promise<Vectors> {
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.json'))
  const read = async (file: string) =>
    [file, JSON.parse(await readFile(join(import.meta.dirname, file), 'utf8'))] as const
  return Object.fromEntries(await Promise.all(files.map(read))) as unknown as Vectors
}

import { writeFileSync } from 'node:fs'
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { canFail, commandsOf, compileShim, sufferingFrom } from '../faults/shim.ts'
import { type IntakeBench, intakeRows } from './intake.ts'
import type { Row } from './row.ts'

/** Added to each flush: what ordinary disks and volumes in a network take. */
const addedMs = 2

/** Intake on a disk that is slower than this machine's, and the peer on the same. */
export async function slowDiskRows(bench: Omit<IntakeBench, 'slowDisk'>): Promise<Row[]> {
  if (!canFail) {
    console.error('NOT MEASURED: a slow disk takes Linux and gcc')
    return []
  }
  const shim = join(bench.folder, 'shim')
  await mkdir(shim, { recursive: true })
  // PostgreSQL runs as another user, who has to read both.
  await chmod(join(bench.folder, '..'), 0o755)
  const compiled = compileShim()
  const library = join(shim, 'faults.so')
  await copyFile(compiled, library)
  await rm(compiled)
  const commands = join(shim, 'commands')
  writeFileSync(commands, commandsOf([`delay / ${addedMs}`]))
  return await intakeRows({ ...bench, slowDisk: { ms: addedMs, env: sufferingFrom(library, commands) } })
}

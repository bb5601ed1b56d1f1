import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Guard, openGuardFile } from './writer/index.ts'

/** A folder that is gone when the test is finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-log-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A guard in a file that is closed when the test is finished. */
export async function testGuard(file: string): Promise<Guard> {
  const guard = await openGuardFile(file)
  onTestFinished(() => guard[Symbol.asyncDispose]())
  return guard
}

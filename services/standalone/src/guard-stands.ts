import type { LogReader } from '@tidings/transparency'
import { readGuardFile } from '@tidings/transparency/writer'

/**
 * Whether the guard still stands where it stood: the log holds it open, and would not notice that its name has gone. Without it the next start refuses.
 *
 * @returns what to wait for, undefined while the guard is there and not behind the last checkpoint
 */
export async function guardStands(file: string, log: LogReader): Promise<string | undefined> {
  const { size } = await log.latest()
  const guard = await readGuardFile(file).catch((error: Error) => error)
  if (guard === undefined) return `the guard ${file} is gone: put it back where it was before the service stops`
  if (guard instanceof Error) return guard.message
  return guard.size < size
    ? `the guard ${file} stands at ${guard.size}, the log at ${size}: it was replaced`
    : undefined
}

import type { LogReader } from '@tidings/transparency'
import type { CheckpointTime } from '../projection/projection.ts'
import type { Published } from './messages.ts'

/** Checkpoints that are read ahead of the events they cover. */
const CHECKPOINTS_AHEAD = 10_000

/**
 * How far a log has published, once that is more than so many leaves, with the checkpoints from there on.
 *
 * @throws the signal's reason when it is aborted
 */
export async function publishedAfter(log: LogReader, after: number, signal: AbortSignal): Promise<Published> {
  const latest = await log.waitForSize(after + 1, signal)
  const checkpoints: CheckpointTime[] = []
  for await (const { size, time } of log.checkpointsAfter(after)) {
    checkpoints.push({ size, time })
    if (checkpoints.length === CHECKPOINTS_AHEAD) break
  }
  if (checkpoints.length === 0) checkpoints.push({ size: latest.size, time: latest.time })
  return { size: checkpoints.at(-1)?.size ?? latest.size, checkpoints }
}

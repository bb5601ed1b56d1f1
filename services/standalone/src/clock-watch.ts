import { uptime } from 'node:os'

/** What a clock is watched with. */
export interface ClockWatchOptions {
  /** Time of the last checkpoint, in Unix seconds. */
  lastCheckpoint(): Promise<number>
  /** Time of day in milliseconds; the machine's unless told. */
  readonly now?: () => number
  /** Milliseconds that have passed, sleep included, since some moment; since the machine was started unless told. */
  readonly passed?: () => number
}

/** So much may a clock be set at once: less than that changes no day that anybody could not have met. */
const tolerated = 2 * 60_000

/**
 * Watches the clock. A checkpoint's time is signed and decides on which day something was said: it cannot be taken back. So nothing new is taken
 *
 * - while the clock stands before the last checkpoint: it has gone back now, or was ahead then. It ends by itself when the clock has caught up;
 * - once the clock has gone ahead of the time that has passed on this machine. It ends by itself when the clock is set right, or with a restart by
 *   somebody who has looked and found it right (the machine had been frozen, or had started with a wrong clock).
 *
 * What is recorded already stays readable, and is signed with a time that is never before the last one.
 *
 * @returns what to wait for, undefined while the clock is as it should be
 */
export function watchClock({ lastCheckpoint, now = Date.now, passed = () => uptime() * 1000 }: ClockWatchOptions) {
  // Follows the clock as it is slewed by little; a jump does not move it.
  let offset = now() - passed()
  return async (): Promise<string | undefined> => {
    const ahead = now() - passed() - offset
    if (Math.abs(ahead) <= tolerated) offset += ahead
    const last = (await lastCheckpoint()) * 1000
    if (last - now() > tolerated)
      return `the clock says ${instant(now())}, before the last checkpoint at ${instant(last)}: set the clock if it is wrong; it ends by itself when that time has come`
    if (ahead > tolerated)
      return `the clock went ahead by ${Math.round(ahead / 1000)} s more than has passed, to ${instant(now())}: set it if it is wrong; restart the service if it is right`
    return undefined
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).concat('Z')
}

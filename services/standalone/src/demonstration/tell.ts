import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Example } from './example.ts'
import type { InventedClock } from './invented-clock.ts'
import type { Progress } from './seed.ts'
import type { Heard, ToldInThread } from './tell-thread.ts'

/** What is to be told, and where. */
export interface ToBeTold {
  readonly url: string
  readonly folder: string
  readonly log: string
  readonly firstStart: Date
  readonly clock: InventedClock
}

/** What was told: how many statements, and what to look at first. */
export interface Told {
  readonly statements: number
  readonly example: Example
}

/**
 * Tells a demonstration on a thread of its own, so that the service answers meanwhile and both have a core. From then on the clock is the machine's.
 *
 * @param stop ends it where it is: it can be gone on with
 */
export async function tellDemonstration(
  { url, folder, log, firstStart, clock }: ToBeTold,
  onProgress: (progress: Progress) => void,
  stop: AbortSignal,
): Promise<Told> {
  stop.throwIfAborted()
  const data: ToldInThread = { url, folder, log, firstStart: firstStart.getTime(), memory: clock.memory }
  const thread = new Worker(new URL('./tell-thread.ts', import.meta.url), { workerData: data })
  let ended: Told | undefined
  thread.on('message', (heard: Heard) => {
    if ('progress' in heard) onProgress(heard.progress)
    else ended = heard
  })
  stop.addEventListener('abort', () => void thread.terminate(), { once: true })
  // An error of the thread rejects.
  await once(thread, 'exit')
  stop.throwIfAborted()
  if (!ended) throw new TypeError('internal error: the demonstration ended before its end')
  clock.release()
  return ended
}

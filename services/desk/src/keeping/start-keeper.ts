import { Worker } from 'node:worker_threads'
import type { KeeperData, KeeperHears, KeeperSays } from './messages.ts'

/** Whoever keeps the tables. */
export interface Keeper {
  readonly port: {
    postMessage(heard: KeeperHears): void
    on(event: 'message', listener: (said: KeeperSays) => void): unknown
  }
  /** Resolves when it has ended, with what ended it unless it was told to. */
  readonly ended: Promise<unknown>
  /** Ends it, whatever it does. */
  terminate(): Promise<unknown>
}

/** Starts whoever keeps the tables. */
export type StartKeeper = (data: KeeperData) => Keeper

/** Keeps the tables in a thread of its own. */
export function startThread(data: KeeperData): Keeper {
  const thread = new Worker(new URL('./keeper-thread.ts', import.meta.url), { workerData: data, name: 'views' })
  const { promise: ended, resolve } = Promise.withResolvers<unknown>()
  thread.on('error', resolve)
  thread.on('exit', () => resolve(undefined))
  return { port: thread, ended, terminate: () => thread.terminate() }
}

import { parentPort, workerData } from 'node:worker_threads'
import type { Example } from './example.ts'
import { inventedClockIn } from './invented-clock.ts'
import { type Progress, seedDemonstration } from './seed.ts'

/** What the thread that tells a demonstration is started with. */
export interface ToldInThread {
  readonly url: string
  readonly folder: string
  readonly log: string
  /** Milliseconds since the epoch. */
  readonly firstStart: number
  readonly memory: SharedArrayBuffer
}

const { url, folder, log, firstStart, memory }: ToldInThread = workerData
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

/** What the thread says: how far it has come, and at its end what to look at first. */
export type Heard = { readonly progress: Progress } | { readonly example: Example }

const say = (heard: Heard) => port.postMessage(heard)

const example = await seedDemonstration({
  url,
  folder,
  log,
  firstStart: new Date(firstStart),
  clock: inventedClockIn(memory),
  onProgress: (progress) => say({ progress }),
})
say({ example })

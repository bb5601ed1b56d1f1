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

/** What the thread says: how far it has come, now and then; at its end what was told and what to look at first. */
export type Heard = { readonly progress: Progress } | ({ readonly example: Example } & Pick<Progress, 'statements'>)

// Often enough for whoever waits at a terminal.
const everyMs = 100

const say = (heard: Heard) => port.postMessage(heard)

let statements = 0
let lastSaid = 0
const example = await seedDemonstration({
  url,
  folder,
  log,
  firstStart: new Date(firstStart),
  clock: inventedClockIn(memory),
  onProgress(progress) {
    statements = progress.statements
    if (performance.now() - lastSaid < everyMs) return
    lastSaid = performance.now()
    say({ progress })
  },
})
say({ example, statements })

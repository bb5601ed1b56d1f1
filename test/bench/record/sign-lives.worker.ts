import { parentPort, workerData } from 'node:worker_threads'
import type { Seen } from '@tidings/statement'
import { type Cast, type Filling, lifeOf } from './lives.ts'
import { type Signed, signing } from './sign.ts'

/** What a worker is told once. */
export interface Told {
  readonly cast: Cast
  readonly filling: Filling
  readonly seen: Seen
}

const { cast, filling, seen } = workerData as Told
const { signLife } = signing(seen)

// Asked for a range of lives, it answers with them, signed.
parentPort?.on('message', async ([from, to]: readonly [number, number]) => {
  const lives: (readonly Signed[])[] = []
  for (let n = from; n < to; n++) lives.push(await signLife(lifeOf(n, cast, filling)))
  parentPort?.postMessage(lives)
})

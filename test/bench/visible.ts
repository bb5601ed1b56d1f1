import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogReader } from '@tidings/transparency'
import { Author } from '../support/author.ts'
import { asked, mechanismOf } from '../support/scenes.ts'
import { type Service, startService } from '../support/service.ts'
import { load } from './load.ts'
import { milliseconds, perSecond, type Row } from './row.ts'
import { signedFile } from './signed-file.ts'

const aimMs = 100
const inFlight = 64

/** From the checkpoint under which statements are receipted to the desk knowing them, while single posts come as fast as they are answered. */
export async function visibleRows({ folder, statements }: { folder: string; statements: number }): Promise<Row[]> {
  await mkdir(folder, { recursive: true })
  await using service = await startService()
  const a = await Author.begin(service.url, service.origin)
  const b = await Author.begin(service.url, service.origin)
  const mechanism = await mechanismOf(a, b)
  const make = () => a.prepare(asked(b, mechanism).said)
  const file = await signedFile(join(folder, 'statements.ndjson'), statements, make)
  const watched = watchVisibility(service)
  const { rate } = await load({ url: service.url, file, perRequest: 1, inFlight })
  const delays = await watched.stop()
  await rm(folder, { recursive: true })
  const at = (p: number) => delays[Math.min(delays.length - 1, Math.floor(p * delays.length))] ?? Number.NaN
  return [
    {
      id: 'visible',
      what: `receipt to visible on the desk, ${inFlight} posts in flight (${perSecond(rate)}), ${delays.length} checkpoints`,
      ours: `p50 ${milliseconds(at(0.5))}, p99 ${milliseconds(at(0.99))}`,
      beside: `aim: ${aimMs} ms`,
      ratio: at(0.99) / aimMs,
      aim: '1',
    },
  ]
}

/** Measures each checkpoint from its publication, which is when its receipts leave, until the views know the last of its leaves. */
function watchVisibility({ log, desk }: Pick<Service, 'desk'> & { readonly log: LogReader }) {
  const stopping = new AbortController()
  const delays: number[] = []
  const waiting: Promise<void>[] = []
  async function watch() {
    for (let { size } = await log.latest(); ; ) {
      const checkpoint = await log.waitForSize(size + 1, stopping.signal)
      const published = performance.now()
      const known = desk.views.waitForLeaf(checkpoint.size - 1, AbortSignal.timeout(60_000))
      waiting.push(known.then(() => void delays.push(performance.now() - published)))
      ;({ size } = checkpoint)
    }
  }
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  return {
    async stop(): Promise<readonly number[]> {
      stopping.abort()
      await watching
      await Promise.all(waiting)
      return delays.toSorted((one, other) => one - other)
    },
  }
}

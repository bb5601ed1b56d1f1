import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChildService, freePort, ready, spawnService } from '../support/child-service.ts'
import { bulk, requestsOf } from './intake.ts'
import { load } from './load.ts'
import { makeRecord } from './record/make-record.ts'
import { median, perSecond, type Row } from './row.ts'
import { signedFile } from './signed-file.ts'
import { vaultCost } from './vault-cost.ts'

/** What growth is measured with. */
export interface GrowthBench {
  readonly folder: string
  /** How many open requests the large record holds. */
  readonly requests: number
  /** How many statements are taken on top, in the large record and in a small one. */
  readonly statements: number
  /** Measurements of each rate; the middle one counts. */
  readonly times: number
}

/**
 * What a statement costs in a large record, beside what it costs in a small one; what the large one takes in memory; and what a content costs in a vault that has
 * become large, beside what it cost at first.
 */
export async function growthRows({ folder, requests, statements, times }: GrowthBench): Promise<Row[]> {
  await mkdir(folder, { recursive: true })
  // Half as many show it: an index that grows everywhere at once has long left the caches by then.
  console.error(`  keeping ${(requests / 2).toLocaleString('en')} contents`)
  const vault = await vaultCost(join(folder, 'vault'), requests / 2)
  const smallData = join(folder, 'small')
  const small = await withService(smallData, (service) => rateOf(service, smallData, { folder, statements, times }))
  console.error(`  making a record of ${requests.toLocaleString('en')} open requests`)
  const made = await makeRecord({ folder, statements: requests, filling: 'open-requests' })
  const onDisk = (await stat(join(made.data, 'record.db'))).size
  const large = await withService(made.data, async (service) => {
    const memory = await memoryOf(service)
    return { memory, rate: await rateOf(service, made.data, { folder, statements, times }) }
  })
  await rm(folder, { recursive: true, force: true })
  const { memory } = large
  const many = requests.toLocaleString('en')
  return [
    {
      id: 'growth',
      what: `bulk intake on top of ${many} requests`,
      ours: perSecond(large.rate),
      beside: `on top of ${statements.toLocaleString('en')}: ${perSecond(small)}`,
      ratio: large.rate / small,
      aim: '1: it costs the same',
    },
    {
      id: 'memory',
      what: `peak memory of the whole service while it makes the views of ${many} open requests (${Math.round(memory.peak / requests)} bytes each)`,
      ours: `${mebibytes(memory.peak)} at most, ${mebibytes(memory.now)} afterwards`,
      beside: `the record on disk: ${mebibytes(onDisk)}`,
      ratio: memory.peak / onDisk,
      aim: 'bounded',
    },
    {
      id: 'vault-growth',
      what: `holding and publishing a content in a vault that grows to ${vault.contents.toLocaleString('en')}, in processor time`,
      ours: `${vault.last.toFixed(1)} µs in its last sixth`,
      beside: `in its first: ${vault.first.toFixed(1)} µs`,
      ratio: vault.last / vault.first,
      aim: '1: it costs the same',
    },
  ]
}

async function withService<T>(data: string, measure: (service: ChildService) => Promise<T>): Promise<T> {
  const service = spawnService(data, await freePort())
  try {
    await ready(service, 3600_000)
    return await measure(service)
  } finally {
    await service.stop()
  }
}

/** Statements a second that are taken in bulk; the first load finds code that has not been compiled yet, and is not counted. */
async function rateOf(
  service: ChildService,
  data: string,
  { folder, statements, times }: Omit<GrowthBench, 'requests'>,
): Promise<number> {
  const make = await requestsOf(service, data)
  const rates: number[] = []
  for (let i = 0; i <= times; i++) {
    const file = await signedFile(join(folder, 'taken.ndjson'), statements, make)
    rates.push((await load({ url: service.url, file, ...bulk })).rate)
  }
  return median(rates.slice(1))
}

/** What the kernel says a service's process holds and has held at most, in bytes. */
async function memoryOf({ process: { pid } }: ChildService): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MiB`
}

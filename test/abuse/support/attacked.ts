import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, connect, discoverVkey, register } from '@tidings/client'
import { Author, inventedPerson } from '../../support/author.ts'
import { type ChildService, freePort, ready, spawnServer } from '../../support/child-service.ts'

/** A service in a process of its own that is to be attacked. */
export interface Attacked extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly origin: string
  readonly data: string
  readonly service: ChildService
  /** Bytes that it holds in memory when all garbage has been collected. */
  memory(): Promise<number>
  /** A party that has begun, and its connection: what it states has a verified receipt or fails. */
  party(): Promise<{ readonly author: Author; readonly connection: Connection }>
}

const tellMemory = new URL('./tell-memory.ts', import.meta.url).pathname

/** How a service to be attacked is started. */
export interface AttackedOptions {
  /** As `name=value`. */
  readonly limits?: readonly string[]
  readonly logLevel?: string
  /** What starts it, such as a shell that lets it open fewer files. */
  readonly within?: readonly string[]
}

/** Starts a service to be attacked. */
export async function startAttacked(options: AttackedOptions = {}): Promise<Attacked> {
  const { limits = [], logLevel = 'warn', within = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'tidings-abuse-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const args = ['--port', String(port), '--data', data, '--empty', '--log-level', logLevel]
  const service = spawnServer(
    [...args, ...limits.flatMap((limit) => ['--limit', limit])],
    { NODE_OPTIONS: `--import ${tellMemory}` },
    within,
  )
  await ready(service)
  const { origin } = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')) as { origin: string }
  const { url } = service
  return {
    url,
    port,
    origin,
    data,
    service,
    async memory() {
      service.process.send('memory')
      const [usage] = (await once(service.process, 'message')) as [NodeJS.MemoryUsage]
      return usage.rss
    },
    async party() {
      const author = await Author.begin(url, origin)
      const connection = await connect({ url, party: author.id, signer: author.signer, vkey: await discoverVkey(url) })
      return { author, connection }
    },
    async [Symbol.asyncDispose]() {
      await service.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** States one case after the other until told, each with its receipt verified; returns how many milliseconds each took. */
export async function stateHonestly(connection: Connection, during: Promise<unknown>): Promise<number[]> {
  const took: number[] = []
  let over = false
  const noted = during.finally(() => {
    over = true
  })
  while (!over) {
    const begun = performance.now()
    await connection.state(register.describeCase(inventedPerson.value))
    took.push(performance.now() - begun)
    await pause(20)
  }
  await noted
  return took
}

/** The value below which a share of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Says what was measured: a figure of this run on this machine, for whoever reads the output. */
export function tell(what: string): void {
  process.stdout.write(`    ${what}\n`)
}

/** Latencies in words. */
export function inWords(took: readonly number[]): string {
  const [median, most, worst] = [0.5, 0.95, 1].map((share) => quantile(took, share).toFixed(0))
  return `${took.length} receipts, median ${median} ms, 95 % ${most} ms, worst ${worst} ms`
}

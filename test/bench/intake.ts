import { mkdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Author } from '../support/author.ts'
import { type ChildService, freePort, ready, spawnServer } from '../support/child-service.ts'
import { asked, mechanismOf } from '../support/scenes.ts'
import { type Load, type Loaded, load } from './load.ts'
import { bareEd25519 } from './peers/bare-ed25519.ts'
import { fastifyPostgres, findPostgres } from './peers/fastify-postgres.ts'
import { median, milliseconds, perSecond, type Row } from './row.ts'
import { signedFile } from './signed-file.ts'

/** What intake is measured with. */
export interface IntakeBench {
  /** A folder of the bench's own. */
  readonly folder: string
  /** Statements of each measurement. */
  readonly statements: number
  /** Measurements of each figure; the middle one counts. */
  readonly times: number
  /** A disk that is slower than this machine's, for service and peer alike. */
  readonly slowDisk?: SlowDisk
}

/** What a slow disk adds to each flush, and the environment in which a program suffers it. */
interface SlowDisk {
  readonly ms: number
  readonly env: NodeJS.ProcessEnv
}

/** Loads of batches before any is counted: a batch is over so soon that V8 goes on compiling through tens of thousands of statements. */
const WARMING = 4

const single = { perRequest: 1, inFlight: 64 }
/** As many as one address may have connections, nearly. */
const crowded = { perRequest: 1, inFlight: 250 }
/** How many statements share a request in bulk, and how many requests are under way. */
export const bulk = { perRequest: 1000, inFlight: 6 }

/** Intake of requests, each verified, judged, durable, included and receipted. */
export async function intakeRows({ folder, statements, times, slowDisk }: IntakeBench): Promise<Row[]> {
  await mkdir(folder, { recursive: true })
  const env = slowDisk?.env ?? {}
  const port = String(await freePort())
  const args = ['--port', port, '--data', join(folder, 'data'), '--empty', '--log-level', 'error']
  const service = spawnServer(args, env)
  try {
    await ready(service)
    const make = await requestsOf(service, join(folder, 'data'))
    const files: string[] = []
    const loads = 1 + WARMING + 3 * times
    for (let i = 0; i < loads; i++) {
      console.error(`  signing ${statements} statements (${i + 1} of ${loads})`)
      files.push(await signedFile(join(folder, `requests-${i}.ndjson`), statements, make))
    }
    const next = () => files.pop() ?? ''
    // The first loads find code that is not compiled yet, and are not counted.
    await load({ url: service.url, file: next(), ...single })
    for (let i = 0; i < WARMING; i++) await load({ url: service.url, file: next(), ...bulk })

    const limits: number[] = []
    const measured = { single: [] as Loaded[], crowded: [] as Loaded[], bulk: [] as number[] }
    for (let i = 0; i < times; i++) {
      limits.push(await bareEd25519())
      measured.single.push(await accepted({ url: service.url, file: next(), ...single }))
      measured.crowded.push(await accepted({ url: service.url, file: next(), ...crowded }))
      measured.bulk.push((await accepted({ url: service.url, file: next(), ...bulk })).rate)
    }
    const limit = median(limits)
    const rows: Row[] = [
      {
        id: 'bulk',
        what: `batches of ${bulk.perRequest}, ${bulk.inFlight} in flight (generator on the same cores)`,
        ours: perSecond(median(measured.bulk)),
        beside: `bare Ed25519 on ${availableParallelism()} cores: ${perSecond(limit)}`,
        ratio: median(measured.bulk) / limit,
        aim: 'a third, then half',
      },
      {
        id: 'single-verify',
        what: `single POST, ${single.inFlight} in flight (generator on the same cores)`,
        ours: perSecond(medianRate(measured.single)),
        beside: `bare Ed25519 on ${availableParallelism()} cores: ${perSecond(limit)}`,
        ratio: medianRate(measured.single) / limit,
      },
    ]
    const half = join(folder, 'half.ndjson')
    const rate = medianRate(measured.single) / 2
    await signedFile(half, Math.min(statements, Math.ceil(rate * 10)), make)
    const atHalf = await accepted({ url: service.url, file: half, ...single, rate })
    rows.push({
      id: 'single-half-load',
      what: `single POST at half load (${perSecond(rate)}): p99`,
      ours: `p50 ${milliseconds(atHalf.p50)}, p99 ${milliseconds(atHalf.p99)}`,
      beside: '100 ms',
      ratio: atHalf.p99 / 100,
      aim: 'below 1',
    })
    rows.push(...(await besidePostgres({ folder, statements, times, env }, measured, make)))
    return slowDisk ? rows.map((row) => onSlowDisk(row, slowDisk)) : rows
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same bytes posted to Fastify and PostgreSQL, which neither check nor prove anything. */
async function besidePostgres(
  { folder, statements, times, env }: Omit<IntakeBench, 'slowDisk'> & { readonly env: NodeJS.ProcessEnv },
  measured: { readonly single: readonly Loaded[]; readonly crowded: readonly Loaded[] },
  make: Parameters<typeof signedFile>[2],
): Promise<Row[]> {
  const bin = findPostgres()
  if (bin === undefined) {
    console.error(
      'NOT MEASURED: there is no PostgreSQL beside which to measure single posts (Debian: apt-get install postgresql)',
    )
    return [
      {
        ...singleRow('single', single.inFlight, measured.single),
        beside: 'Fastify + PostgreSQL: not measured, there is none here',
        ratio: Number.NaN,
      },
    ]
  }
  await using peer = await fastifyPostgres(bin, env)
  const file = await signedFile(join(folder, 'peer.ndjson'), statements, make)
  // It keeps the same bytes as often as they come; the first time is not counted here either.
  await load({ url: peer.url, file, ...single })
  const rows: Row[] = []
  for (const [id, job, ours] of [
    ['single', single, measured.single],
    ['single-crowded', crowded, measured.crowded],
  ] as const) {
    const peers: Loaded[] = []
    for (let i = 0; i < times; i++) peers.push(await load({ url: peer.url, file, ...job }))
    rows.push({
      ...singleRow(id, job.inFlight, ours),
      beside: `Fastify + PostgreSQL ${peer.version}, the same bytes unsigned and unchecked: ${perSecond(medianRate(peers))}`,
      ratio: medianRate(ours) / medianRate(peers),
    })
  }
  return rows
}

function singleRow(id: string, inFlight: number, ours: readonly Loaded[]) {
  return {
    id,
    what: `single POST, ${inFlight} in flight`,
    ours: `${perSecond(medianRate(ours))}, p99 ${milliseconds(median(ours.map(({ p99 }) => p99)))}`,
    aim: 'at least 1',
  }
}

function medianRate(loads: readonly Loaded[]): number {
  return median(loads.map(({ rate }) => rate))
}

function onSlowDisk(row: Row, { ms }: SlowDisk): Row {
  return { ...row, id: `${row.id}-slow-disk`, what: `${row.what}, ${ms} ms added to each flush` }
}

async function accepted(job: Load) {
  const loaded = await load(job)
  if (loaded.refused > 0) throw new Error(`${loaded.refused} statements were refused`)
  return loaded
}

/** Makes requests of one commission to another in a mechanism of their own. */
export async function requestsOf(service: ChildService, data: string) {
  const { origin } = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')) as { origin: string }
  const a = await Author.begin(service.url, origin)
  const b = await Author.begin(service.url, origin)
  const mechanism = await mechanismOf(a, b)
  return () => a.prepare(asked(b, mechanism).said)
}

/**
 * `npm run bench`: what is fast is known as ratios, measured in one run on one machine, with every write synced. Absolute figures say little elsewhere.
 *
 *     npm run bench -- --statements 8000
 *     npm run bench -- --json bench.json
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { newThingId } from '@tidings/statement'
import { Author, inventedPerson, type Prepared } from '../support/author.ts'
import { freePort, ready, spawnService } from '../support/child-service.ts'
import { asked, mechanismOf } from '../support/scenes.ts'
import { viewsOf } from '../support/views.ts'
import { bareEd25519 } from './bare-ed25519.ts'
import { bareSqlite } from './bare-sqlite.ts'
import { judgeCost } from './judge-cost.ts'

interface Row {
  readonly what: string
  readonly ours: string
  readonly limit: string
  readonly ratio: number
}

const { values } = parseArgs({ options: { statements: { type: 'string', default: '6000' }, json: { type: 'string' } } })
const count = Number(values.statements)
const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'))
const data = join(folder, 'data')
const rows: Row[] = []

console.error('judging …')
const judging = judgeCost()
const us = (time: number) => `${time.toFixed(1)} µs`
rows.push(
  {
    what: 'judging one statement in a stream of 1,000',
    ours: us(judging.stream.large),
    limit: `in a stream of 10: ${us(judging.stream.small)}`,
    ratio: judging.stream.large / judging.stream.small,
  },
  {
    what: 'folding it in: judging, and the state after it',
    ours: us(judging.folding.large),
    limit: `in a stream of 10: ${us(judging.folding.small)}`,
    ratio: judging.folding.large / judging.folding.small,
  },
  {
    what: `judging one statement in a mechanism of ${judging.mechanism.requests} open requests (${judging.bytesPerOpenRequest} bytes each in memory)`,
    ours: us(judging.mechanism.large),
    limit: `of 1,000: ${us(judging.mechanism.small)}`,
    ratio: judging.mechanism.large / judging.mechanism.small,
  },
)

try {
  const service = spawnService(data, await freePort())
  await ready(service)
  const { origin } = JSON.parse(await readFile(join(data, 'tidings.json'), 'utf8')) as { origin: string }
  const a = await Author.begin(service.url, origin)
  const b = await Author.begin(service.url, origin)
  const mechanism = await mechanismOf(a, b)

  console.error(`signing ${count} statements …`)
  const cases = await prepared(count / 2, () =>
    a.prepare({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson }),
  )
  const requests = await prepared(count / 2, () => a.prepare(asked(b, mechanism).said))
  console.error('bare Ed25519 on all cores …')
  const bare = await bareEd25519()
  for (const [what, statements] of [
    ['case files', cases],
    ['requests', requests],
  ] as const) {
    console.error(`${what}: single POST, 64 in flight …`)
    const latencies: number[] = []
    const rate = await post(a, statements, 64, latencies)
    rows.push({
      what: `intake of ${what}: single POST, 64 in flight, durable, included, receipted (generator on the same cores)`,
      ours: `${Math.round(rate)}/s, p50 ${percentile(latencies, 0.5)} ms, p99 ${percentile(latencies, 0.99)} ms`,
      limit: `bare Ed25519 on ${availableParallelism()} cores: ${Math.round(bare)}/s`,
      ratio: rate / bare,
    })
  }
  await service.stop()

  console.error('views anew from the record …')
  const began = performance.now()
  await viewsOf(data, { rebuilt: true })
  const seconds = (performance.now() - began) / 1000
  const copied = bareSqlite(join(data, 'desk.db'))
  rows.push({
    what: `rebuild of all views of ${count} statements (with starting the service)`,
    ours: `${seconds.toFixed(2)} s`,
    limit: `bare SQLite inserts the same ${copied.rows} rows: ${copied.seconds.toFixed(2)} s`,
    ratio: copied.seconds / seconds,
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}

for (const { what, ours, limit, ratio } of rows) {
  console.log(`${what}\n  ours   ${ours}\n  limit  ${limit}\n  ratio  ${ratio.toFixed(3)}\n`)
}
if (values.json !== undefined) {
  await writeFile(
    values.json,
    `${JSON.stringify({ node: process.version, cores: availableParallelism(), rows }, null, 2)}\n`,
  )
}

async function prepared(howMany: number, make: () => Promise<Prepared>): Promise<Prepared[]> {
  const all: Prepared[] = []
  for (let i = 0; i < howMany; i += 100)
    all.push(...(await Promise.all(Array.from({ length: Math.min(100, howMany - i) }, make))))
  return all
}

/** Posts all, so many at a time; gives the rate a second. */
async function post(
  author: Author,
  statements: readonly Prepared[],
  inFlight: number,
  latencies: number[],
): Promise<number> {
  const began = performance.now()
  const waiting = statements.values()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const { submission } of waiting) {
        const sent = performance.now()
        const { status, body } = await author.post(submission)
        if (status !== 201) throw new Error(`refused: ${JSON.stringify(body)}`)
        latencies.push(performance.now() - sent)
      }
    }),
  )
  return statements.length / ((performance.now() - began) / 1000)
}

function percentile(latencies: readonly number[], p: number): string {
  const sorted = latencies.toSorted((one, other) => one - other)
  return (sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0).toFixed(1)
}

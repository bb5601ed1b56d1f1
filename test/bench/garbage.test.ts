import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ChildService, freePort, ready, spawnServer } from '../support/child-service.ts'
import { bulk, requestsOf } from './intake.ts'
import { load } from './load.ts'
import { signedFile } from './signed-file.ts'

// What outlives two collections of young memory is swept only when all memory is, which takes both processors from those who wait. So what is over has to
// be let go at once. Bytes, not times: the same on every machine.

const statements = 6000
/** What `docs/performance.md` states: the stream of a new request is kept, at some 2 kB; the rest are whoever was under way when memory was looked through. */
const bytesOfStatement = 4096

let folder: string
let service: ChildService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-garbage-'))
  const args = ['--port', String(await freePort()), '--data', join(folder, 'data'), '--empty', '--log-level', 'error']
  const trace = new URL('./trace-gc.fixture.ts', import.meta.url)
  service = spawnServer(args, { NODE_OPTIONS: `--import=${trace}` })
  await ready(service)
})

afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

it('of each single post hardly anything outlives it in the memory of the main thread', {
  timeout: 120_000,
}, async () => {
  const make = await requestsOf(service, join(folder, 'data'))
  // A collection of all memory, which comes with the first load, makes old what is under way: whatever hangs on that would be kept from then on.
  const before = await signedFile(join(folder, 'before.ndjson'), 12_000, make)
  const measured = await signedFile(join(folder, 'measured.ndjson'), statements, make)
  await load({ url: service.url, file: before, ...bulk })
  expect(collectionsIn(service.output()).some(({ gc }) => gc === 'mc')).toBe(true)

  const from = service.output().length
  await load({ url: service.url, file: measured, perRequest: 1, inFlight: 32 })
  const young = collectionsIn(service.output().slice(from)).filter(({ gc }) => gc === 's')
  expect(young.length).toBeGreaterThan(10)
  const grownOld = young.reduce((sum, { promoted }) => sum + promoted, 0)
  expect(grownOld).toBeGreaterThan(0)
  expect(grownOld / statements).toBeLessThan(bytesOfStatement)
})

interface Collection {
  /** `s` of young memory, `mc` of all. */
  readonly gc: string
  /** Bytes that grew old by it. */
  readonly promoted: number
}

/** The collections of the main thread that V8 has told of. */
function collectionsIn(output: string): Collection[] {
  return Array.from(output.matchAll(/^\[\d+:0x[0-9a-f]+:0\] .*?: GC: (\{.*\})$/gm), ([, said = '']) => JSON.parse(said))
}

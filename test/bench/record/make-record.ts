import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { createLogger } from '@tidings/service-kit'
import { openLogService, statementEntry } from '@tidings/service-log'
import { startStandalone } from '@tidings/service-standalone'
import { newThingId, type Seen, sha256, toBase64url } from '@tidings/statement'
import { type Cast, type Filling, type Line, livesHolding } from './lives.ts'
import { makeParty } from './parties.ts'
import { appendTurn, type Signed, signing } from './sign.ts'
import type { Told } from './sign-lives.worker.ts'

/** What record to make. */
export interface RecordOptions {
  /** An empty folder; the record's data folder becomes `FOLDER/data`, as `npm start -- --data` takes it. */
  readonly folder: string
  /** At least so many statements: the last request is not cut short. */
  readonly statements: number
  /** `mixed` unless told. */
  readonly filling?: Filling
  /** Commissions, two unless told: each asks each. */
  readonly commissions?: number
  /** At most so many statements under one checkpoint; 250 unless told, as under load. */
  readonly checkpointEvery?: number
  /** So many streams are spoken in at a time; 20,000 unless told: by the time that a request is answered, it has long been set aside. */
  readonly atOnce?: number
  onProgress?(statements: number): void
}

/** A large record: valid in everything, but that nobody holds the contents it names. */
export interface MadeRecord extends Cast {
  /** Its data folder. */
  readonly data: string
  readonly origin: string
  /** How many statements it holds, and its log. */
  readonly size: number
}

/**
 * Makes a record of many statements without a service in between: signed in workers, appended to the event store in large batches, ordered and
 * published by the log service. The views are left to be made.
 *
 * @example
 * const { data, size } = await makeRecord({ folder, statements: 200_000 })
 */
export async function makeRecord(options: RecordOptions): Promise<MadeRecord> {
  const { folder, filling = 'mixed', onProgress } = options
  const data = join(folder, 'data')
  const origin = await makeDataFolder(data)
  const cast = makeCast(options.commissions ?? 2)
  const seen: Seen = { origin, size: 0, root: toBase64url(sha256(new Uint8Array())) }
  await using store = await openSqliteEventStore({ file: join(data, 'record.db'), mode: 'write' })
  await using log = await openLogService({
    record: store,
    entryOf: statementEntry,
    folder: join(data, 'log'),
    keyFile: join(data, 'keys', 'log.pem'),
    guardFile: `${data}.guard`,
    origin,
    logger: createLogger('silent'),
    batch: options.checkpointEvery ?? 250,
  })
  const founding = await Promise.all(foundingOf(cast).map((life) => signing(seen).signLife(life)))
  let size = 0
  for (const life of founding) {
    for (let turn = 0; turn < life.length; turn++) size += await appendTurn(store, [life], turn)
  }
  const lives = livesHolding(options.statements - size, filling)
  for await (const signed of signedLives(lives, options.atOnce ?? 20_000, { cast, filling, seen })) {
    const turns = Math.max(...signed.map((life) => life.length))
    for (let turn = 0; turn < turns; turn++) size += await appendTurn(store, signed, turn)
    onProgress?.(size)
  }
  await log.reader.waitForSize(size, new AbortController().signal)
  const made = { ...cast, data, origin, size }
  await writeFile(join(folder, 'made.json'), JSON.stringify(made))
  return made
}

/** A record that was made before. */
export async function madeRecord(folder: string): Promise<MadeRecord> {
  return JSON.parse(await readFile(join(folder, 'made.json'), 'utf8')) as MadeRecord
}

/** Has a service make its data folder. */
async function makeDataFolder(data: string): Promise<string> {
  await mkdir(data, { recursive: true })
  const configuration = { port: 0, host: '127.0.0.1', data, empty: true, logLevel: 'silent', rebuild: false } as const
  await using service = await startStandalone(configuration, createLogger('silent'))
  return service.origin
}

function makeCast(commissions: number): Cast {
  const codes = Array.from({ length: commissions }, (_, n) => String.fromCharCode(65 + n))
  if (commissions < 2 || commissions > 20) throw new RangeError('a record takes 2 to 20 commissions')
  const parties = [
    ...codes.map((code) => makeParty('commission', code)),
    makeParty('mediator', 'X'),
    makeParty('central-agency', 'Y'),
  ]
  return { mechanism: newThingId(), parties }
}

/** Each party begins; one proposes the mechanism, all others accept it. */
function foundingOf({ mechanism, parties }: Cast): readonly (readonly Line[])[] {
  const participants = parties.map(({ id, role, code }) => ({ party: id, role, code }))
  const [first, ...others] = parties
  if (!first) throw new RangeError('a mechanism has participants')
  return [
    ...parties.map((by): readonly Line[] => [
      { by, payload: { kind: 'party.inception', about: by.id, body: by.inception } },
    ]),
    [
      { by: first, payload: { kind: 'mechanism.propose', about: mechanism, body: { participants } } },
      ...others.map(
        (by, n): Line => ({ by, re: n + 1, payload: { kind: 'mechanism.accept', about: mechanism, body: {} } }),
      ),
    ],
  ]
}

/** Signed lives, so many at once, on all cores; the next are signed while these are used. */
async function* signedLives(lives: number, atOnce: number, told: Told): AsyncGenerator<readonly (readonly Signed[])[]> {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('sign-lives.worker.ts', import.meta.url), { workerData: told }),
  )
  async function ask(worker: Worker, from: number, to: number): Promise<readonly (readonly Signed[])[]> {
    worker.postMessage([from, to])
    const [signed] = await once(worker, 'message')
    return signed
  }
  async function sign(from: number): Promise<readonly (readonly Signed[])[]> {
    const each = Math.ceil(Math.min(atOnce, lives - from) / workers.length)
    const ends = workers.map((_, n) => Math.min(lives, from + each * n))
    const parts = workers.map((worker, n) => ask(worker, ends[n] ?? from, Math.min(lives, from + each * (n + 1))))
    return (await Promise.all(parts)).flat()
  }
  try {
    let next = sign(0)
    for (let from = 0; from < lives; from += atOnce) {
      const signed = await next
      if (from + atOnce < lives) next = sign(from + atOnce)
      yield signed
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      statements: { type: 'string', default: '200000' },
      filling: { type: 'string', default: 'mixed' },
      commissions: { type: 'string', default: '2' },
    },
  })
  if (values.folder === undefined) throw new Error('--folder DIR: where the record is made')
  const began = performance.now()
  const { size, data } = await makeRecord({
    folder: values.folder,
    statements: Number(values.statements),
    filling: values.filling === 'open-requests' ? 'open-requests' : 'mixed',
    commissions: Number(values.commissions),
    onProgress: (statements) => console.error(`${statements} statements`),
  })
  const seconds = (performance.now() - began) / 1000
  console.log(`${size} statements in ${data}: ${seconds.toFixed(1)} s, ${Math.round(size / seconds)} a second`)
}

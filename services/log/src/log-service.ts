import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '@tidings/event-store'
import type { Metrics } from '@tidings/service-kit'
import { type Checkpoint, type LogReader, TransparencyError, type TransparencyErrorCode } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import { createLog, type LogWriter, type OpenLogOptions, openGuardFile, openLog } from '@tidings/transparency/writer'
import type { FastifyBaseLogger } from 'fastify'
import { loadLogKey } from './log-key.ts'
import { type LogMetrics, logMetrics } from './log-metrics.ts'
import { LogServiceError } from './log-service-error.ts'
import { untilMore } from './until-more.ts'

/** What the log service is started with. */
export interface LogServiceOptions {
  /** The record that the log orders. */
  readonly record: EventStore
  /** The log's entry for an event: a pure function, at most 65,535 bytes. */
  readonly entryOf: (event: RecordedEvent) => Uint8Array
  /** Log folder, key file (PKCS#8) and guard file. The guard stands outside the data folder. */
  readonly folder: string
  readonly keyFile: string
  readonly guardFile: string
  /** The log's name for ever. */
  readonly origin: string
  readonly logger: FastifyBaseLogger
  /** At most so many entries under one checkpoint; 4096 unless told. */
  readonly batch?: number
  /** How long to wait before a failed log is opened again, in milliseconds; 1000 unless told. */
  readonly retryMs?: number
  /** How often to look whether the record has grown without telling, in milliseconds; 1000 unless told. */
  readonly lookMs?: number
  /** Time of day in milliseconds, as the log cosigns it; the machine's unless told. Times of checkpoints never decrease, whatever it says. */
  readonly now?: () => number
  /** Where publications are counted and timed. */
  readonly metrics?: Metrics
}

/** The log at work. */
export interface LogService extends AsyncDisposable {
  /** Reads the log; learns of each checkpoint the moment it is published. */
  readonly reader: LogReader
  readonly folder: string
  /** What the log waits for; undefined when it keeps up with the record. */
  waitsFor(): Promise<string | undefined>
}

/** Another signer was first, or the disk refused: opening the log again finds out where it stands. */
const PASSING: ReadonlySet<TransparencyErrorCode> = new Set([
  'transparency/writer-failed',
  'transparency/guard-conflict',
  'transparency/unreachable',
])

/** A log that has not published for so long although the record has more does not keep up. */
const STALLED_MS = 5_000

/**
 * Starts the log: brings it to where its guard stands, then follows the record. Leaf n is the event at position n. As soon as the last publication is
 * done, whatever the record holds by then is published under one checkpoint: nothing waits for a clock, and under load batches grow by themselves.
 *
 * @throws {TransparencyError} the log may not be continued: see `openLog`
 * @throws {LogServiceError} `log/key-unusable`; `log/lost`: the record and the key of a log are there, the log and its guard are not
 */
export async function openLogService(options: LogServiceOptions): Promise<LogService> {
  await using opened = new AsyncDisposableStack()
  const stop = new AbortController()
  const guard = opened.use(await openGuardFile(options.guardFile))
  const { signer, isNew } = await loadLogKey(options.keyFile)
  const log: OpenLogOptions = {
    folder: options.folder,
    guard,
    origin: options.origin,
    signer,
    record: recordOf(options),
    ...(options.now && { now: options.now }),
  }
  if ((await guard.read()) === undefined && !isNew) await assertNotLost(options)
  let writer = (await guard.read()) === undefined ? await createLog(log) : await openLog(log)
  opened.defer(() => writer[Symbol.asyncDispose]())

  const publications = relay(writer.checkpoint)
  publications.follow(writer)
  const reader = opened.use(await openLogFolder({ folder: options.folder, vkey: writer.vkey, publications }))
  const measured = logMetrics(reader, options.metrics)
  let failure: string | undefined
  /** When the publication that is under way began, on a clock that nobody sets; undefined while there is nothing to publish. */
  let begun: number | undefined
  const begins = () => {
    begun = performance.now()
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        for await (const checkpoint of follow(writer, options, { measured, begins }, stop.signal)) {
          failure = undefined
          begun = undefined
          options.logger.debug({ size: checkpoint.size }, 'checkpoint published')
        }
      } catch (error) {
        if (stop.signal.aborted) return
        failure = (error as Error).message
        measured.failed(isPassing(error) ? 'opened-again' : 'stopped')
        if (!isPassing(error)) {
          options.logger.fatal({ err: error }, 'the log has stopped: nothing more is signed')
          return
        }
        options.logger.error({ err: error }, 'the log could not be continued; it is opened again')
        writer = await reopen(writer)
        // It stands where the record stood when it failed: what had to be signed is signed. Nobody may have to send more for that to be known.
        failure = undefined
        begun = undefined
      }
    }
  }

  async function reopen(broken: LogWriter): Promise<LogWriter> {
    await broken[Symbol.asyncDispose]()
    for (;;) {
      await pause(options.retryMs ?? 1000, undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted) return broken
      try {
        const again = await openLog(log)
        publications.follow(again)
        return again
      } catch (error) {
        failure = (error as Error).message
        if (!isPassing(error)) throw error
      }
    }
  }

  const running = run().catch((error: unknown) => {
    failure = (error as Error).message
    options.logger.fatal({ err: error }, 'the log has stopped: nothing more is signed')
  })
  opened.defer(async () => {
    stop.abort(new TransparencyError('transparency/closed', 'the log service has been stopped'))
    await running
  })
  const owned = opened.move()
  return {
    reader,
    folder: options.folder,
    async waitsFor() {
      if (failure !== undefined) return failure
      if (begun === undefined || performance.now() - begun <= STALLED_MS) return undefined
      return `the log is ${(await options.record.size()) - writer.checkpoint.size} entries behind the record`
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A key that has signed and a record that is not empty had a log. If nothing is left of it, nobody knows what it has signed. */
async function assertNotLost({ record, folder, guardFile }: LogServiceOptions): Promise<void> {
  if (existsSync(join(folder, 'vkey')) || (await record.size()) === 0) return
  throw new LogServiceError(
    'log/lost',
    `the record and the log's key are there, but neither the log in ${folder} nor its guard ${guardFile}: a new log could contradict the lost one. ` +
      'Put guard and log back; docs/operating.md says how to recover when they are lost',
  )
}

/** Publishes what the record holds beyond the log, for ever; each batch is read while nothing else is published. */
async function* follow(
  writer: LogWriter,
  { record, entryOf, logger, batch = 4096, lookMs = 1000 }: LogServiceOptions,
  { measured, begins }: { readonly measured: LogMetrics; begins(): void },
  signal: AbortSignal,
): AsyncGenerator<Checkpoint> {
  for (;;) {
    const { size } = writer.checkpoint
    const told = await untilMore(record, size, lookMs, signal)
    if (!told) logger.warn({ size }, 'the record had grown and had not told: found by looking')
    begins()
    const begun = performance.now()
    const entries: Uint8Array[] = []
    for await (const event of readFrom(record, size, batch)) {
      if (event.position !== size + entries.length)
        throw new LogServiceError(
          'log/order',
          `the record has position ${event.position} where ${size + entries.length} must come`,
        )
      entries.push(entryOf(event))
    }
    signal.throwIfAborted()
    const checkpoint = await writer.publish(entries, size + entries.length - 1)
    measured.published(entries.length, (performance.now() - begun) / 1000)
    yield checkpoint
  }
}

function recordOf({ record, entryOf }: LogServiceOptions): OpenLogOptions['record'] {
  return {
    size: () => record.size(),
    async *entries(from) {
      for await (const event of readFrom(record, from)) yield entryOf(event)
    },
  }
}

function readFrom(record: EventStore, from: number, limit?: number): AsyncIterable<RecordedEvent> {
  return record.readAll({ ...(from > 0 ? { after: from - 1 } : {}), ...(limit === undefined ? {} : { limit }) })
}

function isPassing(error: unknown): boolean {
  const { code } = error as { code?: string }
  // The system has refused: no room, no answer of the disk, too many files. That passes, or somebody ends it.
  if (error instanceof Error && 'syscall' in error) return true
  return code === 'event-store/unavailable' || PASSING.has(code as TransparencyErrorCode)
}

/** The checkpoints of whichever writer is at work, without a gap and without a repeat. */
function relay(first: Checkpoint) {
  let last = first
  const subscribers = new Set<(checkpoint: Checkpoint) => void>()
  const publish = (checkpoint: Checkpoint) => {
    if (checkpoint.size <= last.size) return
    last = checkpoint
    for (const published of subscribers) published(checkpoint)
  }
  return {
    get checkpoint() {
      return last
    },
    subscribe(published: (checkpoint: Checkpoint) => void) {
      subscribers.add(published)
      return () => void subscribers.delete(published)
    },
    follow(writer: LogWriter) {
      publish(writer.checkpoint)
      writer.subscribe(publish)
    },
  }
}

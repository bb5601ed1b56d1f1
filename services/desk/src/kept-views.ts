import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '@tidings/event-store'
import { type FollowOptions, follow, openReadModel, type Progress } from '@tidings/read-model'
import type { LogReader } from '@tidings/transparency'
import type { FastifyBaseLogger } from 'fastify'
import { openPresent, type Present } from './projection/present.ts'
import { type CheckpointTime, openProjection, type Projection } from './projection/projection.ts'
import { tables } from './projection/tables.ts'
import { openTouched, type Touched } from './projection/touched.ts'

/** Raised whenever the tables, or what fills them, change: an older file is then made anew. */
const VERSION = 9

/** Events that are applied without a request being answered in between. */
const PAGE_EVENTS = 250
/** Events that share a transaction where many are left: pages of the tables that change with nearly every event are then written once. */
const TRANSACTION_EVENTS = 10_000
/** While so many events are left, nobody waits for the next: nothing is to be seen of them before many have been applied. */
const MANY_LEFT = 5_000
/** Checkpoints that are read ahead of the events they cover. */
const CHECKPOINTS_AHEAD = 10_000
/** How far the views may lie behind the log and still count as ready: a second or so of full load. */
const READY_WITHIN = 10_000

const PAGING = {
  pageEvents: PAGE_EVENTS,
  transactionEvents: (left: number) => (left > MANY_LEFT ? TRANSACTION_EVENTS : 0),
} as const

/** What views are kept from, and where. */
export interface KeptViewsOptions {
  readonly store: EventStore
  readonly log: LogReader
  /** The SQLite file of the views; disposable. */
  readonly file: string
  readonly logger: FastifyBaseLogger
  /** How long to wait before a failure is tried again, in milliseconds; a second unless told. */
  readonly retryMs?: number
  /** How many events are applied at once, and how many share a transaction where so many are left; hundreds and thousands unless told. */
  readonly paging?: Pick<FollowOptions, 'pageEvents' | 'transactionEvents'>
  /** Told of how many statements were folded into the views at once. */
  readonly onApplied?: (events: number) => void
}

/** The desk's tables, kept up with the record as far as the log has published it. */
export interface KeptViews extends AsyncDisposable {
  /** For queries only. */
  readonly reader: DatabaseSync
  readonly present: Present
  /** Since when parties are shown what they are shown. */
  readonly touched: Touched
  /** How many leaves the views know. */
  size(): number
  /** How often the views were made anew while they were open: what was read from them before may be of another record. */
  generation(): number
  /** Resolves once the views know a leaf. @throws the signal's reason when it is aborted */
  waitForLeaf(leaf: number, signal: AbortSignal): Promise<void>
  /** What the views wait for, in plain words; undefined when they are ready. */
  waitsFor(): Promise<string | undefined>
  /**
   * Empties the tables and makes them anew from the record; resolves when they have caught up with the log as it was at the call. Readers see
   * them grow.
   *
   * @throws whatever stopped it: the record or the log cannot be read, the file cannot be written, the views were closed
   */
  rebuild(onProgress?: (progress: Progress) => void): Promise<void>
}

/**
 * Opens the tables and follows the record. A record or log that fails for a time is tried again; meanwhile the views stand where
 * they are, and say so.
 *
 * @throws {ReadModelError} the file cannot be used
 */
export function keepViews({
  store,
  log,
  file,
  logger,
  retryMs = 1000,
  paging = PAGING,
  onApplied,
}: KeptViewsOptions): KeptViews {
  // What is in memory is not what is in the tables: they were emptied, or a transaction was rolled back.
  let stale = false
  let generation = 0
  const model = openReadModel({
    file,
    version: VERSION,
    migrate(db) {
      db.exec(tables)
      stale = true
      generation++
    },
    onDiscarded: (reason) => logger.warn({ reason }, 'the views were thrown away and are made anew'),
  })
  const present = openPresent(model.reader)
  const size = () => model.position() + 1
  const touched = openTouched(size)
  let projection: Projection | undefined
  let ahead: CheckpointTime[] = []
  let failure: string | undefined
  let caughtUp = false
  const closing = new AbortController()

  async function upTo(after: number, signal: AbortSignal): Promise<number> {
    const latest = await log.waitForSize(after + 1, signal)
    ahead = []
    for await (const { size, time } of log.checkpointsAfter(after)) {
      ahead.push({ size, time })
      if (ahead.length === CHECKPOINTS_AHEAD) break
    }
    const last = ahead.at(-1)
    if (last) return last.size
    ahead.push({ size: latest.size, time: latest.time })
    return latest.size
  }

  /** The checkpoints from the first that covers the leaf `from` to the first that covers the leaf before `to`. */
  function covering(from: number, to: number): readonly CheckpointTime[] {
    while (ahead[0] !== undefined && ahead[0].size <= from) ahead.shift()
    const last = ahead.findIndex((checkpoint) => checkpoint.size >= to)
    return ahead.slice(0, last + 1)
  }

  /** Follows the record until the signal is aborted; fails as soon as something does. */
  async function followOnce(signal: AbortSignal, onProgress?: (progress: Progress) => void) {
    try {
      await follow({
        readModel: model,
        store,
        upTo,
        signal,
        apply,
        finish: () => projection?.flush(),
        ...paging,
        ...(onProgress && { onProgress }),
      })
    } catch (error) {
      stale = true
      failure = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  function apply(db: DatabaseSync, events: readonly RecordedEvent[]) {
    if (stale) present.reload()
    projection = (stale ? undefined : projection) ?? openProjection(db, present, { touched })
    stale = false
    const from = events[0]?.position ?? 0
    projection.apply(events, covering(from, from + events.length))
    failure = undefined
    onApplied?.(events.length)
  }

  async function keepFollowing(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await followOnce(signal)
      } catch (error) {
        logger.error({ err: error, leaf: size() }, 'the views cannot follow the record')
        await wait(retryMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Begins to follow, until the views are closed; returns what stops it before. */
  function start() {
    const stopping = new AbortController()
    const following = keepFollowing(AbortSignal.any([stopping.signal, closing.signal]))
    return async () => {
      stopping.abort()
      await following
    }
  }

  async function rebuild(onProgress?: (progress: Progress) => void) {
    const { size: published } = await log.latest()
    await stop()
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, closing.signal])
    caughtUp = false
    model.reset()
    const following = followOnce(signal, onProgress)
    try {
      await Promise.race([model.waitForPosition(published - 1, signal), following])
    } finally {
      done.abort()
      await following.catch(() => undefined)
      stop = start()
    }
  }

  let stop = start()
  let rebuilding: Promise<void> | undefined

  return {
    reader: model.reader,
    present,
    touched,
    size,
    generation: () => generation,
    waitForLeaf: (leaf, signal) => model.waitForPosition(leaf, signal),
    async waitsFor() {
      if (failure !== undefined) return `stopped at leaf ${size()}: ${failure}`
      const published = await log.latest().catch((error: Error) => error)
      if (published instanceof Error) return `the log cannot be read: ${published.message}`
      const behind = published.size - size()
      caughtUp = caughtUp ? behind <= READY_WITHIN : behind <= 0
      return caughtUp ? undefined : `caught up to leaf ${size()} of ${published.size}`
    },
    rebuild(onProgress) {
      rebuilding ??= rebuild(onProgress).finally(() => {
        rebuilding = undefined
      })
      return rebuilding
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the desk is being closed'))
      await rebuilding?.catch(() => undefined)
      await stop()
      model[Symbol.dispose]()
    },
  }
}

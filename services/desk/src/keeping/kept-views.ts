import type { DatabaseSync } from 'node:sqlite'
import { type DiscardReason, openReadModelReader, type Progress, type ReadModelReader } from '@tidings/read-model'
import type { LogReader } from '@tidings/transparency'
import type { FastifyBaseLogger } from 'fastify'
import { openPresent, type Present, type PresentKeeper } from '../projection/present.ts'
import { VIEWS_VERSION } from '../projection/tables.ts'
import { openTouched, type Touched, type TouchedKeeper } from '../projection/touched.ts'
import {
  type Committed,
  errorOf,
  type KeeperData,
  type KeeperHears,
  type KeeperSays,
  type Paging,
  told,
} from './messages.ts'
import { publishedAfter } from './published.ts'
import { type Keeper, type StartKeeper, startThread } from './start-keeper.ts'

/** How far the views may lie behind the log and still count as ready: a second or so of full load. */
const READY_WITHIN = 10_000

/** What views are kept from, and where. */
export interface KeptViewsOptions {
  /** The SQLite file of the record, which the thread that keeps the views reads by itself. */
  readonly recordFile: string
  readonly log: LogReader
  /** The SQLite file of the views; disposable. */
  readonly file: string
  readonly logger: FastifyBaseLogger
  /** How long to wait before a failure is tried again, in milliseconds; a second unless told. */
  readonly retryMs?: number
  /** How many events are applied at once, and how many share a transaction; hundreds and thousands unless told. */
  readonly paging?: Paging
  /** Told of how many statements were folded into the views at once. */
  readonly onApplied?: (events: number) => void
  /** Starts whoever keeps the tables; a thread unless told. */
  readonly startKeeper?: StartKeeper
}

/** The desk's tables, kept up with the record as far as the log has published it. */
export interface KeptViews extends AsyncDisposable {
  /** For queries only. It stands at one moment, that of `size`, while no other work gets its turn. */
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
  /**
   * Whether the views know all that had been published when they were opened, and, if they have been emptied since, all that they knew before. Until then
   * they are of the past: keys that have ended still count in them, and whoever has left still takes part. Nobody may be shown anything by them.
   */
  isCurrent(): boolean
  /** What the views wait for, in plain words; undefined when they are ready. */
  waitsFor(): Promise<string | undefined>
  /**
   * Empties the tables and makes them anew from the record; resolves when they have caught up with the log as it was at the call. Until they know what
   * they knew before they are not current.
   *
   * @throws whatever stopped it: the record or the log cannot be read, the file cannot be written, the views were closed
   */
  rebuild(onProgress?: (progress: Progress) => void): Promise<void>
}

interface Rebuild {
  readonly onProgress?: (progress: Progress) => void
  resolve(): void
  reject(error: unknown): void
}

/** What readers of the tables work with. */
interface Reading {
  readonly reader: ReadModelReader
  readonly present: PresentKeeper
  readonly touched: TouchedKeeper
}

/**
 * Opens the tables and has them kept up with the record. A record or log that fails for a time is tried again; meanwhile the views stand where
 * they are, and say so.
 *
 * @throws {ReadModelError} the file cannot be used
 */
export async function keepViews(options: KeptViewsOptions): Promise<KeptViews> {
  const { recordFile, log, file, logger, retryMs = 1000, paging, onApplied, startKeeper = startThread } = options
  const data: KeeperData = { recordFile, viewsFile: file, retryMs, ...(paging && { paging }) }
  const closing = new AbortController()
  const opened = Promise.withResolvers<Reading>()
  let reading: Reading | undefined
  let generation = 0
  let failure: string | undefined
  let caughtUp = false
  // How many leaves the views must know to be of the present.
  let horizon = Number.POSITIVE_INFINITY
  let rebuild: Rebuild | undefined
  let rebuilding: Promise<void> | undefined
  // What is kept in memory could not be read when it had changed.
  let stale = false
  // The file that is read is no longer that of the tables.
  let lost = false
  // Nobody keeps the tables at present.
  let unkept = false

  function start(): Keeper {
    const started = startKeeper(data)
    started.port.on('message', (said: KeeperSays) => {
      if (started === keeper) hear(said)
    })
    started.ended.then(ended)
    return started
  }

  const tell = (heard: KeeperHears) => keeper.port.postMessage(heard)

  function hear(said: KeeperSays) {
    switch (said.says) {
      case 'opened':
        return begin(said.discarded)
      case 'refused':
        return refused(errorOf(said.error))
      case 'discarded':
        return logger.warn({ reason: said.reason }, 'the views were thrown away and are made anew')
      case 'waiting':
        return void answer(said.question, said.after)
      case 'committed':
        goOn(said)
        return tell({ hears: 'seen' })
      case 'stopped':
        return stopped(errorOf(said.error), 'the views cannot follow the record')
      case 'progress':
        return rebuild?.onProgress?.(said.progress)
      case 'rebuilt':
        if (said.error) rebuild?.reject(errorOf(said.error))
        else rebuild?.resolve()
    }
  }

  const sizeNow = () => (reading && !closing.signal.aborted ? reading.reader.position() + 1 : 0)

  function stopped(error: unknown, what: string) {
    failure = messageOf(error)
    logger.error({ err: error, leaf: sizeNow() }, what)
  }

  function begin(discarded: DiscardReason | undefined) {
    if (reading && discarded) {
      lost = true
      refused(new Error('the views were damaged and thrown away: start the service again'))
      return tell({ hears: 'close' })
    }
    unkept = false
    failure = undefined
    // What the one before committed last may not have been told.
    if (reading) return goOn()
    try {
      reading = openReading(file)
      opened.resolve(reading)
    } catch (error) {
      refused(error)
    }
  }

  /** The tables cannot be kept: whoever opens them is told so, and later whoever asks. */
  function refused(error: unknown) {
    opened.reject(error)
    stopped(error, 'the views cannot be kept')
  }

  function ended(cause: unknown) {
    const why = closing.signal.aborted ? 'the views are closed' : messageOf(cause ?? 'it was not told to')
    const error = new Error(`the thread that keeps the views has ended: ${why}`, { cause })
    opened.reject(error)
    rebuild?.reject(error)
    if (closing.signal.aborted || lost || !reading) return
    unkept = true
    stopped(error, 'the views are not kept')
    setTimeout(() => {
      if (!closing.signal.aborted) keeper = start()
    }, retryMs).unref()
  }

  /** Tells how far the log has published, once that is further. */
  async function answer(question: number, after: number) {
    const published = await publishedAfter(log, after, closing.signal).catch(told)
    if (!closing.signal.aborted) tell({ hears: 'published', question, published })
  }

  /** Goes on to what was committed: tables, and what is kept of them in memory, of one moment. All of that is read again if it is not told what has changed. */
  function goOn(committed?: Committed) {
    if (!reading || lost || closing.signal.aborted) return
    const { reader, present, touched } = reading
    const before = sizeNow()
    stale ||= committed?.emptied ?? true
    try {
      reader.advance()
      if (sizeNow() < before) horizon = Math.max(horizon, before)
      present.reload(stale ? undefined : committed?.flushed.standing)
      if (stale) touched.takeAll()
      else if (committed) touched.take(committed.flushed.touched)
      if (committed?.emptied) generation++
      stale = false
      failure = undefined
      if (committed?.events) onApplied?.(committed.events)
    } catch (error) {
      stale = true
      stopped(error, 'the views cannot be read')
    }
  }

  async function startRebuild(onProgress?: (progress: Progress) => void) {
    const { size } = await log.latest()
    closing.signal.throwIfAborted()
    // Whatever stopped a living keeper, it may be that a rebuild mends it.
    if (unkept) throw new Error(`the views cannot be made anew now: ${failure}`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    rebuild = { resolve, reject, ...(onProgress && { onProgress }) }
    caughtUp = false
    tell({ hears: 'rebuild', size })
    await promise
  }

  async function close() {
    closing.abort(new Error('the desk is being closed'))
    reading?.reader[Symbol.dispose]()
    tell({ hears: 'close' })
    // Whoever asked for it is told; nobody may be listening yet.
    await rebuilding?.catch(() => undefined)
    await keeper.ended
  }

  /** Looks how far the record has been published; if that cannot be read, again and again. */
  async function look(): Promise<void> {
    const published = await log.latest().catch(() => undefined)
    if (published) horizon = published.size
    else if (!closing.signal.aborted) setTimeout(look, retryMs).unref()
  }

  let keeper = start()
  try {
    const [{ reader, present, touched }] = await Promise.all([opened.promise, look()])
    const size = () => reader.position() + 1
    return {
      reader: reader.db,
      present,
      touched,
      size,
      generation: () => generation,
      waitForLeaf: reader.waitForPosition,
      isCurrent: () => sizeNow() >= horizon,
      async waitsFor() {
        if (failure !== undefined) return `stopped at leaf ${size()}: ${failure}`
        const published = await log.latest().catch((error: Error) => error)
        if (published instanceof Error) return `the log cannot be read: ${published.message}`
        const behind = published.size - size()
        caughtUp = caughtUp ? behind <= READY_WITHIN : behind <= 0
        return caughtUp ? undefined : `caught up to leaf ${size()} of ${published.size}`
      },
      rebuild(onProgress) {
        rebuilding ??= startRebuild(onProgress).finally(() => {
          rebuilding = undefined
          rebuild = undefined
        })
        return rebuilding
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function openReading(file: string): Reading {
  const reader = openReadModelReader({ file, version: VIEWS_VERSION })
  return { reader, present: openPresent(reader.db), touched: openTouched(() => reader.position() + 1) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

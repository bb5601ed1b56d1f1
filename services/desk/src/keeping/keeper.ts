import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { EventStore } from '@tidings/event-store'
import { type DiscardReason, type FollowOptions, follow, openReadModel, type ReadModel } from '@tidings/read-model'
import { type CheckpointTime, type Flushed, openProjection, type Projection } from '../projection/projection.ts'
import type { ReadEvent } from '../projection/recorded-statement.ts'
import { tables, VIEWS_VERSION } from '../projection/tables.ts'
import { type KeeperData, type KeeperHears, type KeeperSays, type Paging, type Published, told } from './messages.ts'
import type { StartReadAhead } from './read-ahead.ts'
import { openStatements } from './statements.ts'

const PAGING: Paging = { pageEvents: 250, transactionEvents: 10_000, manyLeft: 5_000, farBehind: 20_000 }

const nothing: Flushed = { standing: [], touched: { parties: new Map() } }

/** What the views are kept with. */
export interface KeeperOptions extends Omit<KeeperData, 'recordFile'> {
  /** The way to whoever reads the views. */
  readonly port: MessagePort
  openRecord(): Promise<EventStore>
  /** Starts whoever reads the record ahead where very many statements are left; nobody does unless told. */
  readonly startReadAhead?: StartReadAhead
}

/**
 * Keeps the tables up with the record as far as the log has published it, until it is told to close. Whoever reads them is told of each transaction, and has
 * gone on to it before the next begins.
 */
export async function keepUp(options: KeeperOptions): Promise<void> {
  const { port, openRecord, startReadAhead, viewsFile, retryMs, paging = PAGING } = options
  const say = (said: KeeperSays) => port.postMessage(said)
  const closing = new AbortController()
  // What is in memory is not what is in the tables: they were emptied, or a transaction was rolled back.
  let stale = false
  let emptied = false
  let discarded: DiscardReason | undefined
  let store: EventStore
  let model: ReadModel
  try {
    store = await openRecord()
    model = openReadModel({
      file: viewsFile,
      version: VIEWS_VERSION,
      migrate(db) {
        db.exec(tables)
        stale = true
        emptied = true
      },
      onDiscarded(reason) {
        discarded = reason
        say({ says: 'discarded', reason })
      },
    })
  } catch (error) {
    say({ says: 'refused', error: told(error) })
    port.close()
    return
  }
  // Whoever reads begins after it.
  emptied = false

  const { pageEvents, transactionEvents, manyLeft, farBehind } = paging
  const statements = openStatements({ store, pageEvents, farBehind, ...(startReadAhead && { startReadAhead }) })
  let projection: Projection | undefined
  let flushed = nothing
  let events = 0
  let ahead: readonly CheckpointTime[] = []
  let question = 0
  let onPublished: ((published: Published | Error) => void) | undefined
  let onSeen: (() => void) | undefined

  async function upTo(after: number, signal: AbortSignal): Promise<number> {
    const answered = Promise.withResolvers<Published | Error>()
    onPublished = answered.resolve
    say({ says: 'waiting', question: ++question, after })
    const published = await unlessAborted(answered.promise, signal)
    if (published instanceof Error) throw published
    ahead = published.checkpoints
    return published.size
  }

  /** Readers go on to what is committed; while they do, nothing is. */
  async function onCommitted() {
    const seen = Promise.withResolvers<void>()
    onSeen = seen.resolve
    say({ says: 'committed', events, flushed, emptied })
    events = 0
    flushed = nothing
    emptied = false
    await unlessAborted(seen.promise, closing.signal).catch(() => undefined)
  }

  /** The checkpoints from the first that covers the leaf `from` to the first that covers the leaf before `to`. */
  function covering(from: number, to: number): readonly CheckpointTime[] {
    const first = ahead.findIndex(({ size }) => size > from)
    ahead = first < 0 ? [] : ahead.slice(first)
    const last = ahead.findIndex(({ size }) => size >= to)
    return ahead.slice(0, last + 1)
  }

  function apply(db: DatabaseSync, page: readonly ReadEvent[]) {
    projection = (stale ? undefined : projection) ?? openProjection(db)
    stale = false
    const from = page[0]?.position ?? 0
    projection.apply(page, covering(from, from + page.length))
    events += page.length
  }

  /** Follows the record until the signal is aborted; fails as soon as something does. */
  async function followOnce(
    signal: AbortSignal,
    rebuilding: Partial<Pick<FollowOptions<ReadEvent>, 'onProgress' | 'onCommitted'>> = {},
  ) {
    try {
      await follow({
        readModel: model,
        source: statements,
        upTo,
        signal,
        apply,
        finish() {
          flushed = projection?.flush() ?? nothing
        },
        onCommitted,
        transactionEvents: (left) => (left > manyLeft ? transactionEvents : 0),
        ...rebuilding,
      })
    } catch (error) {
      stale = true
      events = 0
      flushed = nothing
      say({ says: 'stopped', error: told(error) })
      throw error
    } finally {
      await statements.stop()
    }
  }

  async function keepFollowing(signal: AbortSignal) {
    while (!signal.aborted) {
      await followOnce(signal).catch(() => wait(retryMs, undefined, { signal }).catch(() => undefined))
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

  async function rebuild(size: number) {
    await stop()
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, closing.signal])
    try {
      model.reset()
      await onCommitted()
      if (size === 0) return
      await followOnce(signal, {
        onProgress: (progress) => say({ says: 'progress', progress }),
        async onCommitted() {
          await onCommitted()
          if (model.position() >= size - 1) done.abort()
        },
      })
      closing.signal.throwIfAborted()
    } finally {
      stop = start()
    }
  }

  async function close() {
    closing.abort(new Error('the views are being closed'))
    await rebuilding
    await stop()
    model[Symbol.dispose]()
    await store[Symbol.asyncDispose]()
    port.close()
  }

  let rebuilding = Promise.resolve()
  port.on('message', (heard: KeeperHears) => {
    switch (heard.hears) {
      case 'seen':
        return onSeen?.()
      case 'published': {
        const { published } = heard
        if (heard.question === question) onPublished?.('size' in published ? published : new Error(published.message))
        return
      }
      case 'rebuild':
        rebuilding = rebuild(heard.size).then(
          () => say({ says: 'rebuilt' }),
          (error: unknown) => say({ says: 'rebuilt', error: told(error) }),
        )
        return
      case 'close':
        return void close()
    }
  })
  say({ says: 'opened', ...(discarded !== undefined && { discarded }) })
  let stop = start()
}

/** @throws the signal's reason when it is aborted */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

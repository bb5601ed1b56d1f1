import type { EventStore, RecordedEvent } from '@tidings/event-store'
import { ReadModelError } from './errors.ts'
import type { Apply, Finish, Followed, ReadModel } from './read-model.ts'

/** How far a read model has come. */
export interface Progress {
  /** Events applied, whether readers see them yet or not. */
  readonly applied: number
  /** Events that there are to apply, as far as is known. */
  readonly size: number
}

/** Where the events come from that a read model is derived from: the record, or whoever reads it ahead. */
export interface Source<E extends Followed> {
  /**
   * Reads events that follow each other, from the position `from` on and before the position `before`: as many as are applied without other work getting
   * its turn. None if whoever reads is behind the one who named `before`.
   */
  page(from: number, before: number): Promise<readonly E[]>
  /**
   * Resolves when there are more than `size` events.
   *
   * @throws the signal's reason when it is aborted
   */
  waitForMore(size: number, signal: AbortSignal): Promise<number>
}

/** What it takes to derive a read model from the record. */
export interface DeriveOptions<E extends Followed> {
  readonly readModel: ReadModel
  readonly source: Source<E>
  readonly apply: Apply<E>
  /** Run at the end of each transaction: writes what `apply` has kept back. */
  readonly finish?: Finish
  /** Awaited after each transaction, and after each folding of the write-ahead log: until readers stand at what is committed (`ReadModelReader.advance`). */
  onCommitted?(): void | Promise<void>
  /** Told after each page. */
  onProgress?(progress: Progress): void
  readonly signal: AbortSignal
  /**
   * About so many events share a transaction; a page unless told. Readers see nothing of it before it is committed: other work that gets its
   * turn meanwhile finds the tables as they were.
   *
   * @param left how many events are left up to the size that is known
   */
  readonly transactionEvents?: (left: number) => number
}

/** What it takes to follow the record. */
export interface FollowOptions<E extends Followed> extends DeriveOptions<E> {
  /**
   * How far the record may be followed: resolves with a size greater than `after`, a number of events, as soon as there is one. What lies
   * beyond is never applied: it may be written and still not published.
   */
  upTo(after: number, signal: AbortSignal): Promise<number>
}

const PAGE_BYTES = 8 * 1024 * 1024

/**
 * Reads the record as it stands in its store, page by page.
 *
 * @param pageEvents most events of a page; 1,000 unless told
 */
export function pagesOf(store: Pick<EventStore, 'readAll' | 'waitForMore'>, pageEvents = 1_000): Source<RecordedEvent> {
  return {
    async page(from, before) {
      const page: RecordedEvent[] = []
      let bytes = 0
      for await (const event of store.readAll({ after: from - 1, limit: Math.min(pageEvents, before - from) })) {
        page.push(event)
        bytes += event.data.length
        if (bytes >= PAGE_BYTES) break
      }
      return page
    },
    waitForMore: (size, signal) => store.waitForMore(size, signal),
  }
}

/**
 * Keeps a read model up with the record until the signal is aborted; then it resolves, with the page in hand applied.
 *
 * It starts after the last applied position, so it may be stopped, or killed, and started again at any time. A model that was derived from
 * another record than this is emptied first (`onDiscarded`).
 *
 * @throws {ReadModelError} the model cannot be written; it stands at its last position
 * @throws {EventStoreError} the record cannot be read
 * @throws what `apply` throws
 */
export async function follow<E extends Followed>(options: FollowOptions<E>): Promise<void> {
  const { readModel, upTo, signal } = options
  await untilAborted(signal, async () => {
    await resetIfOtherRecord(options)
    for (;;) {
      const size = await upTo(readModel.position() + 1, signal)
      await derive(options, size)
    }
  })
}

/** A model that was derived from a record that has since been lost, or replaced by an older copy, would stay wrong for ever. */
async function resetIfOtherRecord<E extends Followed>({
  readModel,
  source,
  onCommitted,
}: DeriveOptions<E>): Promise<void> {
  const position = readModel.position()
  if (position < 0) return
  const [event] = await source.page(position, position + 1)
  if (event?.position === position && event.id === readModel.lastEventId()) return
  readModel.reset('other-record')
  await onCommitted?.()
}

/** What it takes to rebuild a read model. */
export interface RebuildOptions<E extends Followed> extends DeriveOptions<E> {
  /** Up to which size of the record. */
  readonly size: number
}

/**
 * Empties a read model and derives it anew from the first `size` events of the record.
 *
 * Readers see it grow from nothing. A follower may be at work meanwhile: each page is applied once, by whoever comes first.
 *
 * @throws as `follow` does, and the signal's reason when it is aborted
 */
export async function rebuild<E extends Followed>(options: RebuildOptions<E>): Promise<void> {
  options.readModel.reset()
  await options.onCommitted?.()
  await derive(options, options.size)
}

/** Applies what is missing up to a size; whatever ends it, what was applied is committed. */
async function derive<E extends Followed>(options: DeriveOptions<E>, size: number): Promise<void> {
  try {
    await applyUpTo(options, size)
  } finally {
    await commit(options)
  }
}

async function commit<E extends Followed>({ readModel, finish, onCommitted }: DeriveOptions<E>): Promise<void> {
  if (!readModel.commit(finish)) return
  await onCommitted?.()
  if (readModel.fold()) await onCommitted?.()
}

async function applyUpTo<E extends Followed>(options: DeriveOptions<E>, size: number): Promise<void> {
  const { readModel, source, apply, onProgress, signal, transactionEvents = () => 0 } = options
  for (;;) {
    signal.throwIfAborted()
    const applied = readModel.written() + 1
    if (applied >= size) return
    const page = await source.page(applied, size)
    if (page.length === 0) {
      // This reader of the record is behind the one who named the size.
      await commit(options)
      await source.waitForMore(applied, signal)
      continue
    }
    if (page[0]?.position !== applied)
      throw new ReadModelError(
        'read-model/gap',
        `the record gave position ${page[0]?.position} where ${applied} should be`,
      )
    readModel.apply(page, apply)
    const written = readModel.written()
    if (written - readModel.position() >= transactionEvents(size - written - 1)) await commit(options)
    onProgress?.({ applied: written + 1, size })
  }
}

/** Runs until it fails; an abort is not a failure. */
async function untilAborted(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

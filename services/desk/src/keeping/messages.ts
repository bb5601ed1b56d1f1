import { type DiscardReason, type Progress, ReadModelError, type ReadModelErrorCode } from '@tidings/read-model'
import type { CheckpointTime, Flushed } from '../projection/projection.ts'

/** What the thread that keeps the views is started with. */
export interface KeeperData {
  /** The SQLite files of the record and of the views. */
  readonly recordFile: string
  readonly viewsFile: string
  /** How long to wait before a failure is tried again, in milliseconds. */
  readonly retryMs: number
  /** Hundreds at once, and thousands in a transaction where very many are left, unless told. */
  readonly paging?: Paging
}

/** How many events are applied at once, and how many share a transaction. */
export interface Paging {
  /** Events that are applied without a message being read in between. */
  readonly pageEvents: number
  /** Events that share a transaction where many are left: pages of the tables that change with nearly every event are then written once. */
  readonly transactionEvents: number
  /** While more events than so many are left, nobody waits for the next: nothing is to be seen of them before many have been applied. */
  readonly manyLeft: number
  /**
   * While more events than so many are left, another thread reads ahead. Far more than `manyLeft`: a thread takes a quarter of a second of the processor to
   * begin, which views that are a little behind under load would pay again and again.
   */
  readonly farBehind: number
}

/** An error, on its way between threads. */
export interface Told {
  readonly message: string
  readonly stack?: string
  readonly code?: ReadModelErrorCode
}

/** How far the log has published the record, as far as the keeper may go now. */
export interface Published {
  readonly size: number
  /** The checkpoints that cover what comes, smallest first. */
  readonly checkpoints: readonly CheckpointTime[]
}

/** What readers are to go on to: a transaction, or, with no events, a folding of the write-ahead log. The keeper waits to be told that they have. */
export interface Committed {
  readonly says: 'committed'
  readonly events: number
  readonly flushed: Flushed
  /** Everything was thrown away before. */
  readonly emptied: boolean
}

/** What the keeper of the views says. */
export type KeeperSays =
  /** The tables are there to be read; what stood in them before may have been thrown away. */
  | { readonly says: 'opened'; readonly discarded?: DiscardReason }
  /** They cannot be opened, and nothing else comes. */
  | { readonly says: 'refused'; readonly error: Told }
  | Committed
  /** Asks how far the log has published, once that is more than so many leaves. */
  | { readonly says: 'waiting'; readonly question: number; readonly after: number }
  /** The record cannot be followed; it is tried again by and by. */
  | { readonly says: 'stopped'; readonly error: Told }
  | { readonly says: 'progress'; readonly progress: Progress }
  /** A rebuild has ended. */
  | { readonly says: 'rebuilt'; readonly error?: Told }
  | { readonly says: 'discarded'; readonly reason: DiscardReason }

/** What the keeper is told. */
export type KeeperHears =
  /** Readers stand at what was committed. */
  | { readonly hears: 'seen' }
  | { readonly hears: 'published'; readonly question: number; readonly published: Published | Told }
  /** To make everything anew, and to say when so many leaves are known again. */
  | { readonly hears: 'rebuild'; readonly size: number }
  | { readonly hears: 'close' }

/** An error as it is told to another thread. */
export function told(error: unknown): Told {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, stack } = error
  const code = (error as { readonly code?: ReadModelErrorCode }).code
  return { message, ...(stack !== undefined && { stack }), ...(error.name === 'ReadModelError' && code && { code }) }
}

/** The error that another thread has told of. */
export function errorOf({ message, stack, code }: Told): Error {
  if (code !== undefined) return new ReadModelError(code, message)
  return Object.assign(new Error(message), stack !== undefined && { stack })
}

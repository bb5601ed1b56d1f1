import type { EventStore } from '@tidings/event-store'
import { pagesOf, type Source } from '@tidings/read-model'
import { openEventReader, type ReadEvent } from '../projection/recorded-statement.ts'
import type { ReadAhead, StartReadAhead } from './read-ahead.ts'

/** Where statements are read from, and how. */
export interface StatementsOptions {
  readonly store: EventStore
  /** Events that are applied without a message being read in between. */
  readonly pageEvents: number
  /** More events than so many are left where it pays that somebody else reads them. */
  readonly farBehind: number
  /** Starts whoever reads ahead; nobody does unless told. */
  readonly startReadAhead?: StartReadAhead
}

/** The statements of the record, in their order. */
export interface Statements extends Source<ReadEvent> {
  /** Ends what reads ahead, until the next page is asked for. */
  stop(): Promise<void>
}

/** Pages that are read here first: a thread has begun by then, and nobody has waited for it. */
const HEAD_START_PAGES = 16

/** Opens the statements of a record: read one page after the other, or, where very many are left, ahead of whoever folds them. */
export function openStatements({ store, pageEvents, farBehind, startReadAhead }: StatementsOptions): Statements {
  const pages = pagesOf(store, pageEvents)
  const read = openEventReader()
  /** Who reads ahead, from where on, and up to where. */
  let ahead: { readonly reading: ReadAhead; at: number; readonly before: number } | undefined

  async function stop() {
    const ended = ahead
    ahead = undefined
    await ended?.reading.close()
  }

  function begin(from: number, before: number) {
    const at = from + HEAD_START_PAGES * pageEvents
    if (!startReadAhead || before - from <= farBehind || before <= at) return
    ahead = { reading: startReadAhead({ from: at, before, pageEvents }), at, before }
  }

  /** The next page of what is read ahead, if that begins here. */
  async function nextAhead(from: number): Promise<readonly ReadEvent[]> {
    if (ahead?.at !== from) return []
    const events = await ahead.reading.next()
    ahead.at += events.length
    if (events.length === 0 || ahead.at >= ahead.before) await stop()
    return events
  }

  return {
    async page(from, before) {
      if (ahead && from > ahead.at) await stop()
      if (!ahead) begin(from, before)
      const events = await nextAhead(from)
      if (events.length > 0) return events
      return (await pages.page(from, Math.min(before, ahead?.at ?? before))).map(read)
    },
    waitForMore: pages.waitForMore,
    stop,
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileErrorOf } from '@tidings/sqlite-file'
import { DamagedError } from '../errors.ts'
import type { EventStore, RecordedEvent } from '../event-store.ts'
import { toPortError } from './port-errors.ts'
import { RECORDED_COLUMNS, type RecordedRow, toRecordedEvent } from './recorded-row.ts'

const PAGE_EVENTS = 1_000
const PAGE_BYTES = 4 * 1024 * 1024

/** The reading half of the engine; works on the writer's connection as well as on one that only reads. */
export interface Reader {
  readonly readStream: EventStore['readStream']
  readonly readAll: EventStore['readAll']
  /** How many events the record holds now. */
  sizeNow(): number
}

interface ReaderOptions {
  readonly db: DatabaseSync
  readonly file: string
  /** Throws if the store has been closed. */
  assertOpen(): void
}

/** Some events in order, and whether there may be more. */
interface Page {
  readonly events: readonly RecordedEvent[]
  readonly full: boolean
}

/** Starts reading through a connection. */
export function startReader({ db, file, assertOpen }: ReaderOptions): Reader {
  const selectSize = db.prepare('SELECT max(position) + 1 AS size FROM events')
  const selectStream = db.prepare(`SELECT ${RECORDED_COLUMNS} FROM streams s CROSS JOIN events e ON e.stream = s.id
    WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`)
  const selectAll = db.prepare(`SELECT ${RECORDED_COLUMNS} FROM events e CROSS JOIN streams s ON s.id = e.stream
    WHERE e.position > ? AND e.position < ? ORDER BY e.position LIMIT ?`)
  const selectCategory = db.prepare('SELECT id FROM categories WHERE name = ?')

  function reading<T>(read: () => T): T {
    assertOpen()
    try {
      return read()
    } catch (error) {
      throw toPortError(fileErrorOf(file, error))
    }
  }

  function readPage(select: StatementSync, limit: number, parameters: readonly (string | number)[]): Page {
    return reading(() => {
      const events: RecordedEvent[] = []
      let bytes = 0
      select.setReturnArrays(true)
      for (const row of select.iterate(...parameters, limit)) {
        const event = toRecordedEvent(row as unknown as RecordedRow)
        events.push(event)
        bytes += event.data.length
        if (bytes >= PAGE_BYTES) return { events, full: true }
      }
      return { events, full: events.length === limit }
    })
  }

  function sizeNow(): number {
    return reading(() => Number(selectSize.get()?.size ?? 0))
  }

  /**
   * One statement that reads several categories in order. Each arm walks its own part of the index, and SQLite merges the arms as they go
   * (`MERGE (UNION ALL)` in its plan): the first page costs the same however long the record is, and other categories cost nothing.
   */
  function prepareCategories(count: number): StatementSync {
    const arm = `SELECT ${RECORDED_COLUMNS} FROM events e INDEXED BY events_of_category CROSS JOIN streams s ON s.id = e.stream
      WHERE e.category = ? AND e.position > ? AND e.position < ?`
    return db.prepare(`${Array(count).fill(arm).join(' UNION ALL ')} ORDER BY 1 LIMIT ?`)
  }

  async function* readCategories(
    names: readonly string[],
    after: number,
    limit: number,
  ): AsyncGenerator<RecordedEvent> {
    const end = sizeNow()
    const ids = reading(() => [...new Set(names)].flatMap((name) => selectCategory.get(name)?.id ?? []).map(Number))
    if (ids.length === 0) return
    const select = reading(() => prepareCategories(ids.length))
    yield* inPages(limit, (last, count) => {
      const from = last?.position ?? after
      const parameters = ids.flatMap((id) => [id, from, end])
      return readPage(select, count, parameters)
    })
  }

  async function* readWhole(after: number, limit: number): AsyncGenerator<RecordedEvent> {
    const end = sizeNow()
    yield* inPages(limit, (last, count) => {
      const from = last?.position ?? after
      const page = readPage(selectAll, count, [from, end])
      assertDense(page.events, from + 1, (event) => event.position, 'position')
      return page
    })
  }

  return {
    sizeNow,
    readAll({ after = -1, limit = Number.MAX_SAFE_INTEGER, categories } = {}) {
      return categories ? readCategories(categories, after, limit) : readWhole(after, limit)
    },
    readStream(stream, { from = 0, limit = Number.MAX_SAFE_INTEGER } = {}) {
      return inPages(limit, (last, count) => {
        const first = last ? last.revision + 1 : from
        const page = readPage(selectStream, count, [stream, first])
        assertDense(page.events, first, (event) => event.revision, `revision of ${stream}`)
        return page
      })
    },
  }
}

/** Reads page by page, so that a long reading holds one page in memory and lets the process do other work between two. */
async function* inPages(
  limit: number,
  read: (last: RecordedEvent | undefined, count: number) => Page,
): AsyncGenerator<RecordedEvent> {
  let last: RecordedEvent | undefined
  for (let left = limit; left > 0; ) {
    const { events, full } = read(last, Math.min(left, PAGE_EVENTS))
    yield* events
    if (!full) return
    last = events.at(-1)
    left -= events.length
    await nextTurn()
  }
}

/** A row that went missing leaves a gap; a damaged index shows as one. */
function assertDense(
  events: readonly RecordedEvent[],
  first: number,
  place: (event: RecordedEvent) => number,
  what: string,
) {
  events.forEach((event, index) => {
    if (place(event) !== first + index)
      throw new DamagedError(`${what} ${first + index} is missing from the record: restore it from a backup`)
  })
}

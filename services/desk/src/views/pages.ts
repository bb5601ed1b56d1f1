import { comparePlaces, decodeCursor, encodeCursor, type Place } from './cursor.ts'

/** Which part of a list is asked for. */
export interface PageQuery {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** A row with its place in the order of a list. */
export interface Placed<T> {
  readonly place: Place
  readonly row: T
}

/** An ordered source of rows: at most `limit` rows that follow a place. */
export type Source<T> = (after: Place, limit: number) => readonly Placed<T>[]

/** A page: its rows, and the cursor of the next while more follows. */
export interface Page<T> {
  readonly rows: readonly T[]
  readonly next?: string
}

// A source is asked for twice its share of a page: few rows are wasted on those that come late, few queries made for one that comes often.
const SHARES = 2
const LEAST = 16

/**
 * One page of what several ordered sources hold together; a row that stands in two of them comes once. Costs what the page costs and a query
 * for each source, however long they are: nothing is skipped by counting.
 */
export function pageOfSources<T>(sources: readonly Source<T>[], { limit, cursor }: PageQuery): Page<T> {
  const after = decodeCursor(cursor)
  const needed = limit + 1
  const chunk = Math.min(needed, Math.max(LEAST, Math.ceil((SHARES * needed) / sources.length)))
  const open = sources
    .map((source) => ({ source, rows: source(after, chunk), at: 0 }))
    .filter(({ rows }) => rows.length)
  const rows: Placed<T>[] = []
  while (rows.length <= limit) {
    let first: Placed<T> | undefined
    for (const { rows: waiting, at } of open) {
      const row = waiting[at]
      if (row && (!first || comparePlaces(row.place, first.place) < 0)) first = row
    }
    if (!first) break
    rows.push(first)
    for (const reading of open) {
      const row = reading.rows[reading.at]
      if (!row || comparePlaces(row.place, first.place) !== 0) continue
      reading.at++
      if (reading.at < reading.rows.length || reading.rows.length < chunk) continue
      reading.rows = reading.source(row.place, chunk)
      reading.at = 0
    }
  }
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(({ row }) => row),
    ...(rows.length > limit && last && { next: encodeCursor(last.place) }),
  }
}

import type { DatabaseSync } from 'node:sqlite'
import type { Present } from '../projection/present.ts'
import type { Side } from '../projection/shelves.ts'
import { isOpenRequest, type Snapshot, sidesOf } from '../projection/snapshot.ts'
import { thingAccess } from '../visibility.ts'
import { type ExchangeView, exchangeOf } from './duties.ts'
import type { Lookup } from './lookup.ts'
import { type Page, type PageQuery, type Placed, pageOfSources, type Source } from './pages.ts'

/** Which requests or disclosures are asked for. */
export interface ThingsQuery extends PageQuery {
  /** The side on which the reader stands. */
  readonly side?: Exclude<Side, 'other' | 'mediator'> | undefined
  readonly mechanism?: string | undefined
  readonly open?: boolean | undefined
  /** The case or burial place that they are about. */
  readonly matter?: string | undefined
  readonly reference?: string | undefined
}

/** Lists of things that a reader may see, oldest first. */
export interface Things {
  /** Requests or disclosures. */
  exchanges(reader: string, prefix: ExchangeView['prefix'], query: ThingsQuery): Page<ExchangeView>
  /** Entries of registers: the reader's own, and those that others let it see. */
  entries(reader: string, prefix: 'case' | 'list' | 'site', query: PageQuery): Page<Snapshot>
  /** The requests of a reference that a reader may see: codes are a mechanism's own, so there may be one in each. */
  referenced(reader: string, reference: string): readonly ExchangeView[]
}

interface ShelfRow {
  readonly id: number
  readonly side: Side
  readonly mechanism: string
}

/** Opens the lists. */
export function openThings(db: DatabaseSync, lookup: Lookup, present: Present): Things {
  const shelvesOf = db.prepare('SELECT id, side, mechanism FROM shelves WHERE reader = ? AND prefix = ?')
  const mediators = db.prepare(
    "SELECT id, side, mechanism FROM shelves WHERE reader = '' AND prefix = ? AND side = 'mediator' AND mechanism = ?",
  )
  const shelved = db.prepare(
    'SELECT leaf, stream FROM shelved WHERE shelf = ? AND open = ? AND leaf > ? ORDER BY leaf LIMIT ?',
  )
  const matters = db.prepare('SELECT leaf, stream FROM matters WHERE matter = ? AND leaf > ? ORDER BY leaf LIMIT ?')
  const references = db.prepare('SELECT stream FROM request_references WHERE reference = ? ORDER BY stream')

  function rowsOf(rows: readonly Record<string, unknown>[]): readonly Placed<number>[] {
    return rows.map(({ leaf, stream }) => ({ place: [Number(leaf), 0] as const, row: Number(stream) }))
  }

  function shelvesFor(reader: string, prefix: string, { side, mechanism }: ThingsQuery): readonly ShelfRow[] {
    const own = shelvesOf.all(reader, prefix) as unknown as ShelfRow[]
    const mediated = present.mediatedBy(reader).flatMap((id) => mediators.all(prefix, id) as unknown as ShelfRow[])
    return [...own, ...mediated].filter(
      (shelf) =>
        (side === undefined || shelf.side === side) && (mechanism === undefined || shelf.mechanism === mechanism),
    )
  }

  function shelfSources(shelf: ShelfRow, open: boolean | undefined): readonly Source<number>[] {
    const states = open === undefined ? [true, false] : [open]
    return states.map(
      (state) =>
        ([leaf], limit) =>
          rowsOf(shelved.all(shelf.id, Number(state), leaf, limit)),
    )
  }

  /** Whether what was found by its matter or its reference is what was asked for, and may be seen. */
  function isMeant(reader: string, prefix: string, query: ThingsQuery, about: ExchangeView | undefined): boolean {
    if (!about || about.prefix !== prefix) return false
    const { thing, shown } = about
    const { author, addressees } = sidesOf(thing)
    const open = 'asker' in thing ? isOpenRequest(thing) : thing.owed.length > 0
    return (
      thingAccess(reader, thing, shown, present) !== 'none' &&
      (query.side === undefined || (query.side === 'author' ? author === reader : addressees.includes(reader))) &&
      (query.mechanism === undefined || thing.mechanism === query.mechanism) &&
      (query.open === undefined || open === query.open) &&
      (query.reference === undefined || shown.reference === query.reference)
    )
  }

  function matterSource(reader: string, prefix: string, query: ThingsQuery): Source<number> {
    const { matter = '' } = query
    return (after, limit) => {
      const found: Placed<number>[] = []
      for (let [leaf] = after; found.length < limit; ) {
        const rows = rowsOf(matters.all(matter, leaf, limit))
        found.push(...rows.filter(({ row }) => isMeant(reader, prefix, query, exchangeOf(lookup.streamNumbered(row)))))
        if (rows.length < limit) break
        leaf = rows.at(-1)?.place[0] ?? leaf
      }
      return found.slice(0, limit)
    }
  }

  function exchangeNumbered(number: number): ExchangeView {
    const about = exchangeOf(lookup.streamNumbered(number))
    if (!about) throw new TypeError(`internal error: stream ${number} is listed and not founded`)
    return about
  }

  function referenced(reader: string, reference: string): readonly ExchangeView[] {
    return references
      .all(reference)
      .map(({ stream }) => exchangeNumbered(Number(stream)))
      .filter((about) => isMeant(reader, 'request', { limit: 1, reference }, about))
  }

  return {
    exchanges(reader, prefix, query) {
      if (query.reference !== undefined) {
        const rows = prefix === 'request' ? referenced(reader, query.reference) : []
        return { rows: rows.filter((about) => isMeant(reader, prefix, query, about)) }
      }
      const sources =
        query.matter === undefined
          ? shelvesFor(reader, prefix, query).flatMap((shelf) => shelfSources(shelf, query.open))
          : [matterSource(reader, prefix, query)]
      const { rows, next } = pageOfSources(sources, query)
      return { rows: rows.map(exchangeNumbered), ...(next !== undefined && { next }) }
    },
    entries(reader, prefix, query) {
      const shelves = shelvesOf.all(reader, prefix) as unknown as ShelfRow[]
      const sources = shelves.flatMap((shelf) => shelfSources(shelf, true))
      const { rows, next } = pageOfSources(sources, query)
      return { rows: rows.map((row) => lookup.streamNumbered(row)), ...(next !== undefined && { next }) }
    },
    referenced,
  }
}

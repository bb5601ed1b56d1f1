import type { DatabaseSync } from 'node:sqlite'
import { interned } from './interned.ts'
import { openRows } from './rows.ts'

/** On which side of a thing a reader stands. */
export type Side = 'author' | 'addressee' | 'other' | 'mediator'

/** Where a thing is listed: for one reader, or for whoever mediates the mechanism (reader and side `mediator`). */
export interface Shelf {
  readonly reader: string
  readonly side: Side
  /** Empty for things outside mechanisms. */
  readonly mechanism: string
}

/** A thing on a shelf: `leaf` is its place in the order of the list. */
export interface Shelved {
  readonly prefix: string
  readonly open: boolean
  readonly leaf: number
  readonly stream: number
}

/** Keeps the lists that readers page through. */
export interface Shelves {
  put(shelf: Shelf, thing: Shelved): void
  remove(shelf: Shelf, thing: Shelved): void
  /** Writes what was put and removed. Called within the transaction that holds it. */
  flush(): void
}

/** The shelf of whoever mediates a mechanism. */
export function mediatorsShelf(mechanism: string): Shelf {
  return { reader: '', side: 'mediator', mechanism }
}

/** Opens the shelves. */
export function openShelves(db: DatabaseSync): Shelves {
  const shelfOf = interned(db, 'shelves', ['reader', 'prefix', 'side', 'mechanism'])
  const rows = openRows(db, 'shelved', ['shelf', 'open', 'leaf', 'stream'])
  const remove = db.prepare('DELETE FROM shelved WHERE shelf = ? AND open = ? AND leaf = ?')
  // By shelf, open and closed things apart: the order of the table.
  const put = new Map<number, (readonly [leaf: number, stream: number])[]>()
  // What was put may be written before anything is removed: who is put back after a removal was there before it.
  const removed = new Map<number, Set<number>>()
  const keyOf = ({ reader, side, mechanism }: Shelf, { prefix, open }: Shelved) =>
    shelfOf(reader, prefix, side, mechanism) * 2 + Number(open)

  return {
    put(shelf, thing) {
      const key = keyOf(shelf, thing)
      if (removed.get(key)?.delete(thing.leaf)) return
      const things = put.get(key)
      if (things) things.push([thing.leaf, thing.stream])
      else put.set(key, [[thing.leaf, thing.stream]])
    },
    remove(shelf, thing) {
      const key = keyOf(shelf, thing)
      removed.set(key, (removed.get(key) ?? new Set()).add(thing.leaf))
    },
    flush() {
      for (const [key, things] of put) {
        for (const [leaf, stream] of things) rows.add(Math.floor(key / 2), key % 2, leaf, stream)
      }
      rows.flush()
      for (const [key, leaves] of removed) {
        for (const leaf of leaves) remove.run(Math.floor(key / 2), key % 2, leaf)
      }
      put.clear()
      removed.clear()
    },
  }
}

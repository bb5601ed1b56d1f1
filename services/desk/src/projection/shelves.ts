import type { DatabaseSync } from 'node:sqlite'
import { interned } from './interned.ts'

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
}

/** The shelf of whoever mediates a mechanism. */
export function mediatorsShelf(mechanism: string): Shelf {
  return { reader: '', side: 'mediator', mechanism }
}

/** Opens the shelves. */
export function openShelves(db: DatabaseSync): Shelves {
  const shelfOf = interned(db, 'shelves', ['reader', 'prefix', 'side', 'mechanism'])
  const insert = db.prepare('INSERT INTO shelved (shelf, open, leaf, stream) VALUES (?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM shelved WHERE shelf = ? AND open = ? AND leaf = ?')
  const id = ({ reader, side, mechanism }: Shelf, prefix: string) => shelfOf(reader, prefix, side, mechanism)
  return {
    put(shelf, { prefix, open, leaf, stream }) {
      insert.run(id(shelf, prefix), Number(open), leaf, stream)
    },
    remove(shelf, { prefix, open, leaf }) {
      remove.run(id(shelf, prefix), Number(open), leaf)
    },
  }
}

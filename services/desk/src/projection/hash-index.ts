import type { DatabaseSync } from 'node:sqlite'
import { openRows } from './rows.ts'

/** Leaves of a segment: two megabytes of index, small enough to be written to in memory alone. */
const SEGMENT_LEAVES = 2 ** 16
/** So many leaves are moved into their segment together: a few of them would change as many of its pages as there are hashes, all of them each page once. */
const FRESH_LEAVES = 2 ** 12

/** Enters leaves under the hashes by which they are found: identities and commitments. */
export interface HashEntry {
  enter(hash: string, leaf: number): void
  /** Writes what was entered. Called within the transaction that holds the rows. */
  flush(): void
}

/**
 * Finds the leaves entered under a hash, in order. Few bits of each hash are kept, so there may be others among them: the statement itself tells.
 *
 * @param after only leaves after this one
 */
export type FindHash = (hash: string, after?: number) => Generator<number>

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const bitsOf = new Uint8Array(128)
for (let i = 0; i < alphabet.length; i++) bitsOf[alphabet.charCodeAt(i)] = i

/**
 * The first 48 bits of a hash, which its first eight characters (base64url) hold: a whole number that JavaScript holds exactly. Among ten million
 * statements hardly two share it; whoever makes two that do, costs a reader one more look at a statement.
 */
function prefixOf(hash: string): number {
  let bits = 0
  for (let i = 0; i < 8; i++) bits = bits * 64 + (bitsOf[hash.charCodeAt(i)] ?? 0)
  return bits
}

interface Entry {
  readonly prefix: number
  readonly leaf: number
}

/**
 * Opens the index for writing. Hashes are random, and an index over all of them would be written to everywhere at once: what it costs would grow
 * with the record as soon as it outgrew the cache. So each segment of the log has an index of its own, and a reader asks each. Even there a transaction of
 * few statements would change a page for nearly every hash, so what is fresh stands apart, in a few pages, until there is enough of it.
 */
export function openHashEntry(db: DatabaseSync): HashEntry {
  const settled = openRows(db, 'hashes', ['segment', 'prefix', 'leaf'])
  const fresh = openRows(db, 'fresh_hashes', ['prefix', 'leaf'])
  const settle = db.prepare(
    `INSERT INTO hashes (segment, prefix, leaf) SELECT leaf / ${SEGMENT_LEAVES}, prefix, leaf FROM fresh_hashes ORDER BY 1, 2, 3`,
  )
  const empty = db.prepare('DELETE FROM fresh_hashes')
  let entered: Entry[] = []

  /** Adds entries in the order of the index, so that neighbours are written together. */
  function add(entries: Entry[], row: (entry: Entry) => void) {
    entries.sort((one, other) => one.prefix - other.prefix || one.leaf - other.leaf)
    entries.forEach((entry, i) => {
      // A statement may name one commitment twice.
      const before = entries[i - 1]
      if (entry.prefix !== before?.prefix || entry.leaf !== before.leaf) row(entry)
    })
  }

  return {
    enter: (hash, leaf) => void entered.push({ prefix: prefixOf(hash), leaf }),
    flush() {
      const [first, last] = [entered[0], entered.at(-1)]
      if (!first || !last) return
      // Leaves come in their order: what is fresh in the table stands before all that was entered since.
      const border = Math.floor((last.leaf + 1) / FRESH_LEAVES) * FRESH_LEAVES
      if (first.leaf < border) {
        settle.run()
        empty.run()
      }
      const segments = Map.groupBy(entered, ({ leaf }) => (leaf < border ? Math.floor(leaf / SEGMENT_LEAVES) : 'fresh'))
      for (const [segment, entries] of segments) {
        if (segment === 'fresh') add(entries, ({ prefix, leaf }) => fresh.add(prefix, leaf))
        else add(entries, ({ prefix, leaf }) => settled.add(segment, prefix, leaf))
      }
      for (const rows of [settled, fresh]) rows.flush()
      entered = []
    },
  }
}

/** Opens the index for reading: one look for each segment, so ten million statements take a hundred and fifty. */
export function openHashes(db: DatabaseSync): FindHash {
  const last = db.prepare('SELECT max(segment) AS segment FROM hashes')
  const find = db.prepare('SELECT leaf FROM hashes WHERE segment = ? AND prefix = ? AND leaf > ? ORDER BY leaf LIMIT 1')
  const findFresh = db.prepare('SELECT leaf FROM fresh_hashes WHERE prefix = ? AND leaf > ? ORDER BY leaf LIMIT 1')

  function* all(next: (after: number) => number | undefined, after: number): Generator<number> {
    for (let leaf = next(after); leaf !== undefined; leaf = next(leaf)) yield leaf
  }
  const leafOf = (row: Record<string, unknown> | undefined) => (row ? Number(row.leaf) : undefined)

  return function* leavesOf(hash, after = -1) {
    const prefix = prefixOf(hash)
    const segments = Number(last.get()?.segment ?? -1) + 1
    for (let segment = 0; segment < segments; segment++) {
      yield* all((leaf) => leafOf(find.get(segment, prefix, leaf)), after)
    }
    yield* all((leaf) => leafOf(findFresh.get(prefix, leaf)), after)
  }
}

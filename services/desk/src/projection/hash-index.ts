import type { DatabaseSync } from 'node:sqlite'
import { openRows } from './rows.ts'

/** Leaves of a segment: a few megabytes of index, small enough to be written to in memory alone. */
const SEGMENT_LEAVES = 2 ** 18

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

/**
 * Opens the index for writing. Hashes are random, and an index over all of them would be written to everywhere at once: what it costs would grow
 * with the record as soon as it outgrew the cache. So each segment of the log has an index of its own, and a reader asks each.
 */
export function openHashEntry(db: DatabaseSync): HashEntry {
  const rows = openRows(db, 'hashes', ['segment', 'prefix', 'leaf'])
  let entered: { readonly prefix: number; readonly leaf: number }[] = []
  return {
    enter: (hash, leaf) => void entered.push({ prefix: prefixOf(hash), leaf }),
    flush() {
      // In the order of the index, so that neighbours are written together.
      const segments = Map.groupBy(entered, ({ leaf }) => Math.floor(leaf / SEGMENT_LEAVES))
      for (const [segment, entries] of segments) {
        entries.sort((one, other) => one.prefix - other.prefix || one.leaf - other.leaf)
        entries.forEach(({ prefix, leaf }, i) => {
          // A statement may name one commitment twice.
          const before = entries[i - 1]
          if (prefix !== before?.prefix || leaf !== before.leaf) rows.add(segment, prefix, leaf)
        })
      }
      rows.flush()
      entered = []
    },
  }
}

/** Opens the index for reading: one look for each segment, so ten million statements take forty. */
export function openHashes(db: DatabaseSync): FindHash {
  const last = db.prepare('SELECT max(segment) AS segment FROM hashes')
  const find = db.prepare('SELECT leaf FROM hashes WHERE segment = ? AND prefix = ? AND leaf > ? ORDER BY leaf LIMIT 1')
  return function* leavesOf(hash, after = -1) {
    const prefix = prefixOf(hash)
    const segments = Number(last.get()?.segment ?? -1) + 1
    for (let segment = 0; segment < segments; segment++) {
      for (let row = find.get(segment, prefix, after); row; row = find.get(segment, prefix, Number(row.leaf))) {
        yield Number(row.leaf)
      }
    }
  }
}

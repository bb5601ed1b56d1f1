import { DatabaseSync } from 'node:sqlite'
import { sha256, toBase64url, utf8 } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { openHashEntry, openHashes } from './hash-index.ts'
import { tables } from './tables.ts'

const hash = (name: string) => toBase64url(sha256(utf8(name)))

function emptyIndex() {
  const db = new DatabaseSync(':memory:')
  db.exec(tables)
  return { db, entry: openHashEntry(db), leavesOf: openHashes(db) }
}

describe('the index of hashes', () => {
  it('gives the leaves that were entered under a hash in order, however far apart they lie, each once', () => {
    const { entry, leavesOf } = emptyIndex()
    const leaves = [3, 5, 2 ** 18 - 1, 2 ** 18, 5 * 2 ** 18 + 7, 10_000_000]
    for (const leaf of leaves) {
      entry.enter(hash('sought'), leaf)
      entry.enter(hash('sought'), leaf)
      entry.enter(hash(`other ${leaf}`), leaf)
    }
    entry.flush()
    expect([...leavesOf(hash('sought'))]).toEqual(leaves)
    expect([...leavesOf(hash('sought'), 2 ** 18 - 1)]).toEqual(leaves.slice(3))
    expect([...leavesOf(hash('other 5'))]).toEqual([5])
    expect([...leavesOf(hash('nobody'))]).toEqual([])
  })

  it('is asked by its key alone', () => {
    const { db } = emptyIndex()
    const plan = db
      .prepare('EXPLAIN QUERY PLAN SELECT leaf FROM hashes WHERE segment = 1 AND prefix = 2 AND leaf > 3 ORDER BY leaf')
      .all()
      .map(({ detail }) => String(detail))
    expect(plan).toEqual(['SEARCH hashes USING PRIMARY KEY (segment=? AND prefix=? AND leaf>?)'])
  })
})

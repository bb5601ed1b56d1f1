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

  it('keeps those of the last leaves apart until there are enough, and gives them with the others', () => {
    const { db, entry, leavesOf } = emptyIndex()
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
    const enter = (from: number, to: number) => {
      for (let leaf = from; leaf < to; leaf++) {
        entry.enter(hash(`statement ${leaf}`), leaf)
        if (leaf % 1000 === 0) entry.enter(hash('sought'), leaf)
      }
      entry.flush()
    }
    const found = () => [...leavesOf(hash('sought'))]
    enter(0, 3000)
    enter(3000, 4095)
    expect([count('hashes'), count('fresh_hashes'), found()]).toEqual([0, 4100, [0, 1000, 2000, 3000, 4000]])
    enter(4095, 4096)
    expect([count('hashes'), count('fresh_hashes'), found()]).toEqual([4101, 0, [0, 1000, 2000, 3000, 4000]])
    enter(4096, 5000)
    enter(5000, 20_001)
    expect(count('fresh_hashes')).toBe(20_001 - 4 * 4096 + 4)
    expect(found()).toEqual(Array.from({ length: 21 }, (_, i) => i * 1000))
    expect([...leavesOf(hash('sought'), 18_000)]).toEqual([19_000, 20_000])
    expect([...leavesOf(hash('statement 4100'))]).toEqual([4100])
  })

  it('is asked by its keys alone', () => {
    const { db } = emptyIndex()
    const planOf = (query: string) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${query} ORDER BY leaf`)
        .all()
        .map(({ detail }) => String(detail))
    expect([
      ...planOf('SELECT leaf FROM hashes WHERE segment = 1 AND prefix = 2 AND leaf > 3'),
      ...planOf('SELECT leaf FROM fresh_hashes WHERE prefix = 2 AND leaf > 3'),
    ]).toEqual([
      'SEARCH hashes USING PRIMARY KEY (segment=? AND prefix=? AND leaf>?)',
      'SEARCH fresh_hashes USING PRIMARY KEY (prefix=? AND leaf>?)',
    ])
  })
})

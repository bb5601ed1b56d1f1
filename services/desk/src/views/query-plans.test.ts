import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestDesk, type TestDesk } from '../testing/test-desk.ts'

/** Tables that grow with the record. The others hold counters and lists by party, mechanism, kind and question: few rows, however much is said. */
const growing = [
  'streams',
  'verdicts',
  'hashes',
  'open_duties',
  'discharged_duties',
  'reminder_groups',
  'shelved',
  'matters',
  'request_references',
  'checkpoints',
]

/** Everything that a desk has ready to ask those tables, as readings need it, with how SQLite goes about it. */
let queries: readonly { readonly sql: string; readonly plan: readonly string[] }[]
let t: TestDesk

beforeAll(async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  t = await openTestDesk()
  const { calls, contexts } = prepare.mock
  const { reader } = t.desk.views
  const prepared = calls.flatMap(([sql], n) => (contexts[n] === reader ? [sql.replaceAll(/\s+/g, ' ')] : []))
  prepare.mockRestore()
  queries = prepared
    // Parties and mechanisms are read once, at opening, and kept in memory.
    .filter((sql) => growing.some((table) => sql.includes(` ${table} `)) && !sql.includes('name >= ?'))
    .map((sql) => {
      const steps = reader.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
      return { sql, plan: steps.map(({ detail }) => String(detail)) }
    })
})
afterAll(() => t[Symbol.asyncDispose]())

describe('what readings ask of tables that grow with the record', () => {
  it('is asked of every one of them', () => {
    for (const table of growing) {
      expect(
        queries.filter(({ sql }) => sql.includes(` ${table} `)),
        table,
      ).not.toEqual([])
    }
  })

  it('is found by an index and comes in its order: nothing is gone through, nothing is sorted', () => {
    for (const { sql, plan } of queries) {
      expect(plan, sql).not.toContainEqual(expect.stringMatching(/\bSCAN\b|TEMP B-TREE/))
    }
  })

  it('is never counted: totals come from counters', () => {
    expect(queries.filter(({ sql }) => /\b(count|sum|total)\s*\(/i.test(sql))).toEqual([])
  })
})

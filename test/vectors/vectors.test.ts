import { kinds, readStatement } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { checks } from './check.ts'
import { readVectors } from './read.ts'

const vectors = await readVectors()

describe('the vectors, in Node', () => {
  it.each(checks)('$title', async ({ run }) => {
    await run(vectors)
  })

  it('would notice a change: each check fails on vectors that are not ours', async () => {
    const text = JSON.stringify(vectors)
    const changed = [
      text.replaceAll('"bucket":1024', '"bucket":2048'),
      text.replaceAll('"verdict":"held"', '"verdict":"effective"'),
      text.replaceAll('"code":"statement/encoding"', '"code":"statement/header"'),
    ]
    for (const other of changed) {
      const failed = await Promise.allSettled(checks.map(({ run }) => run(JSON.parse(other))))
      expect(failed.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2)
    }
  })

  it('hold every kind of statement, and every verdict', () => {
    const { statements } = vectors['exchange.json']
    const said = new Set(statements.map(({ jws }) => readStatement(jws).payload.kind))
    expect([...said].sort()).toEqual(Object.keys(kinds).sort())
    expect(new Set(statements.map(({ verdict }) => verdict.verdict))).toEqual(new Set(['effective', 'held', 'void']))
  })
})

import { existsSync, openAsBlob, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { importRows, openTable, readMapping } from './index.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const register = `${root}../shared/data/spain-register`
const isThere = existsSync(register)

async function count(file: string, mappingFile: string) {
  const mapping = readMapping(readFileSync(`${root}test/fixtures/register/${mappingFile}`, 'utf8'))
  const table = await openTable(await openAsBlob(`${register}/${file}`), mapping.source)
  const { unmapped, outcomes } = importRows(table, mapping)
  const counts = { ready: 0, repeated: 0, refused: 0 }
  const rules = new Set<string>()
  for await (const row of outcomes()) {
    counts[row.outcome]++
    if (row.outcome === 'refused') for (const { rule } of row.faults) rules.add(rule.split(':')[0] ?? '')
  }
  return { unmapped, counts, rules: [...rules] }
}

describe('the register of Spain', () => {
  if (!isThere && process.env.TIDINGS_REQUIRE_SHARED === '1') {
    it('is beside the project', () => expect.fail(`${register} is not there, and TIDINGS_REQUIRE_SHARED is set`))
  }

  it('gives 44,757 cases, 156 repeated rows and 12,772 that are insufficiently identified', {
    timeout: 60_000,
  }, async (test) => {
    test.skip(!isThere, `${register} is not beside the project: the real register is not tested`)
    expect(await count('Exovi_victimas.xlsm', 'victims.mapping.json')).toEqual({
      unmapped: [],
      counts: { ready: 44_757, repeated: 156, refused: 12_772 },
      rules: ['insufficiently identified'],
    })
  })

  it('gives 2,610 burial places and 30 repeated register numbers', { timeout: 60_000 }, async (test) => {
    test.skip(!isThere, `${register} is not beside the project: the real register is not tested`)
    expect(await count('Exovi_fosas.csv', 'sites.mapping.json')).toEqual({
      unmapped: [],
      counts: { ready: 2_610, repeated: 30, refused: 0 },
      rules: [],
    })
  })
})

import { describe, expect, it } from 'vitest'
import { needed, number, optional, text, word, words } from './columns.ts'
import { readActs } from './read-acts.ts'
import { openTable } from './read-table.ts'

const r1 = '01980000-0000-7000-8000-000000000001'
const r2 = '01980000-0000-7000-8000-000000000002'
const columns = {
  question: words(['fate', 'burial-place']),
  n: number(1000),
  reason: word(['field-work', 'volume']),
  text,
}
const resolver = { request: (reference: string) => (reference === 'A-B-2026-00002' ? r2 : undefined) }
const read = async (csv: string) => readActs(await openTable(new Blob([csv])), columns, resolver)

describe('a table of acts', () => {
  it('becomes one act for each request, out of all its rows', async () => {
    const { acts, faults, ignored } = await read(
      [
        'Request,Question,N,Reason,Text,Mine',
        `${r1},fate,10,Field work,the pass is closed,x`,
        'A-B-2026-00002,fate; burial place,5,volume,,',
        `${r1},Burial_place,10,,,`,
        `${r1},fate,,,,`,
      ].join('\n'),
    )
    expect(faults).toEqual([])
    expect(ignored).toEqual(['Mine'])
    expect(acts).toEqual([
      {
        request: r1,
        rows: [2, 4, 5],
        values: { question: ['fate', 'burial-place'], n: 10, reason: 'field-work', text: 'the pass is closed' },
      },
      {
        request: r2,
        rows: [3],
        values: { question: ['fate', 'burial-place'], n: 5, reason: 'volume', text: undefined },
      },
    ])
  })

  const head = 'request,question,n,reason,text'
  it.each([
    ['no request', ',fate,10,volume,', 'request', 'must be filled'],
    ['an unknown reference', 'A-B-2026-9,fate,10,volume,', 'request', 'must be the id or the reference'],
    ['no such question', `${r1},who,10,volume,`, 'question', 'must be one of fate, burial-place'],
    ['one of several that is none', `${r1},fate; who,10,volume,`, 'question', 'must be one of'],
    ['no number', `${r1},fate,,volume,`, 'n', 'must be filled'],
    ['a number that is none', `${r1},fate,some,volume,`, 'n', 'must be a whole number from 1 to 1000'],
    ['a number too large', `${r1},fate,1001,volume,`, 'n', 'must be a whole number from 1 to 1000'],
    ['no such reason', `${r1},fate,10,rain,`, 'reason', 'must be one of field-work, volume'],
    ['a cell too many', `${r1},fate,10,volume,,x`, '', 'must have 5 cells'],
  ])('names row, column and rule: %s', async (_, row, column, rule) => {
    const { acts, faults } = await read(`${head}\n${row}\n`)
    expect(acts).toEqual([])
    expect(faults).toEqual([{ row: 2, column, rule: expect.stringContaining(rule) }])
  })

  it('states nothing by halves, and nothing in two ways', async () => {
    const { acts, faults } = await read(
      `${head}\n${r1},fate,10,volume,\n${r2},,5,volume,\n${r1},burial-place,20,volume,\n`,
    )
    expect(acts.map(({ request }) => request)).toEqual([r2])
    expect(faults).toEqual([
      { row: 2, column: '', rule: 'waits for row 4, which is of the same request and at fault' },
      { row: 4, column: 'n', rule: 'must be as in row 2, or empty' },
    ])
  })

  it('must have the columns that are needed, and no others', async () => {
    await expect(read(`request,n\n${r1},1\n`)).rejects.toMatchObject({
      code: 'import/no-such-column',
      message: expect.stringContaining('it lacks reason'),
    })
    const table = await openTable(new Blob([`request\n${r1}\n`]))
    const { acts } = await readActs(table, { n: optional(number(3)), text })
    expect(acts).toEqual([{ request: r1, rows: [2], values: { n: undefined, text: undefined } }])
    await expect(readActs(table, { text: needed(text) })).rejects.toMatchObject({ code: 'import/no-such-column' })
  })
})

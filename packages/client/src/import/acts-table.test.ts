import { kinds, replyFile } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import type { Resolver } from './acts-table.ts'
import { readAcknowledgements } from './read-acknowledgements.ts'
import { readAssessments } from './read-assessments.ts'
import { readReplies } from './read-replies.ts'
import { openTable } from './read-table.ts'

const r1 = '01980000-0000-7000-8000-000000000001'
const r2 = '01980000-0000-7000-8000-000000000002'
const site = '01980000-0000-7000-8000-0000000000a1'
const site2 = '01980000-0000-7000-8000-0000000000a2'
const resolver: Resolver = {
  request: (reference) => (reference === 'A-B-2026-00002' ? r2 : undefined),
  site: (number) => ({ '7/09': site, '8/09': site2 })[number],
}
const tableOf = (text: string) => openTable(new Blob([text]))
const replies = async (text: string) => readReplies(await tableOf(text), resolver)

describe('a table of replies', () => {
  it('becomes one reply for each request, out of all its rows', async () => {
    const { acts, faults, ignored } = await replies(
      [
        'Request,Question,Disposition,Review,Estimate,Fate,Date,Remains,Register_Number,Text,Search text,Ground,Note,Remark of mine',
        `${r1},burial-place,given,,,,,,7/09,,,,,x`,
        `A-B-2026-00002,burial place,None found,,,,,,,,the registers of 1936,,,`,
        `${r1},fate,given-in-part,2031-03-01,,dead,1936-11,burial-place-known,,as recorded,,,,`,
        `${r2},fate,interim,,2031-01-31,,,,,,,,,`,
        `${r2},documents,not-now,2031-03-01,,,,,,,,held by third authority,asked on 3 May,`,
      ].join('\n'),
    )
    expect(faults).toEqual([])
    expect(ignored).toEqual(['Remark of mine'])
    expect(acts).toEqual([
      {
        request: r1,
        rows: [2, 4],
        answers: [
          { question: 'burial-place', disposition: 'given' },
          { question: 'fate', disposition: 'given-in-part', review: '2031-03-01' },
        ],
        file: {
          answers: [
            { question: 'burial-place', finding: { burialPlaces: [{ site, registerNumber: '7/09' }] } },
            {
              question: 'fate',
              finding: { fate: 'dead', date: { edtf: '1936-11' }, remains: 'burial-place-known', text: 'as recorded' },
            },
          ],
        },
      },
      {
        request: r2,
        rows: [3, 5, 6],
        answers: [
          { question: 'burial-place', disposition: 'none-found' },
          { question: 'fate', disposition: 'interim', estimate: '2031-01-31' },
          { question: 'documents', disposition: 'not-now', review: '2031-03-01' },
        ],
        file: {
          answers: [
            { question: 'burial-place', search: { text: 'the registers of 1936' } },
            { question: 'documents', ground: 'held-by-third-authority', text: 'asked on 3 May' },
          ],
        },
      },
    ])
    for (const { answers, file } of acts) {
      expect(kinds['request.reply'].body.safeParse({ answers }).success).toBe(true)
      expect(replyFile.schema.safeParse(file).success).toBe(true)
    }
  })

  it('adds burial places and documents of further rows of a question', async () => {
    const { acts, faults } = await replies(
      `request,question,disposition,site,register number,documents\n${r1},burial-place,given,${site},7/09,a; b\n${r1},burial-place,given,,8/09,b\n${r2},documents,given,${site};${site2},7/09;8/09,\n`,
    )
    expect(faults).toEqual([])
    const places = [
      { site, registerNumber: '7/09' },
      { site: site2, registerNumber: '8/09' },
    ]
    expect(acts.map(({ file }) => file?.answers[0]?.finding)).toEqual([
      { burialPlaces: places, documents: ['a', 'b'] },
      { burialPlaces: places },
    ])
  })

  it('has no file where an interim answer tells nothing', async () => {
    const { acts } = await replies(`request,question,disposition,estimate\n${r1},fate,interim,2031-01-31\n`)
    expect(acts).toEqual([
      { request: r1, rows: [2], answers: [{ question: 'fate', disposition: 'interim', estimate: '2031-01-31' }] },
    ])
  })

  const head = 'request,question,disposition,review,estimate,fate,date,site,register number,text,search text,ground'
  it.each([
    ['no request', ',fate,given,,,dead,,,,,,', 'request', 'must be filled'],
    ['an unknown reference', 'A-B-2026-9,fate,given,,,dead,,,,,,', 'request', 'must be the id or the reference'],
    ['no such question', `${r1},who,given,,,dead,,,,,,`, 'question', 'must be one of fate, whereabouts'],
    ['no such disposition', `${r1},fate,maybe,,,dead,,,,,,`, 'disposition', 'must be one of interim, given'],
    ['no review date', `${r1},fate,not-now,,,,,,,,,classified`, 'review', 'must be'],
    ['a review date that is none', `${r1},fate,not-now,soon,,,,,,,,classified`, 'review', 'must be a date'],
    [
      'a review date where none belongs',
      `${r1},fate,given,2031-01-01,,dead,,,,,,`,
      'review',
      'must be empty with this disposition',
    ],
    ['no estimate', `${r1},fate,interim,,,,,,,,,`, 'estimate', 'must be'],
    ['no such fate', `${r1},fate,given,,,lost,,,,,,`, 'fate', ''],
    ['a date that is no EDTF', `${r1},fate,given,,,,soon,,,,,`, 'date', 'must be an EDTF date'],
    ['no such ground', `${r1},fate,not-now,2031-01-01,,,,,,,,busy`, 'ground', ''],
    [
      'an unknown register number',
      `${r1},remains,given,,,,,,9/09,,,`,
      'register number',
      'must be the register number of a burial place known here',
    ],
    ['a burial place without an id', `${r1},remains,given,,,,,first,,,,`, 'site', 'must be a UUIDv7'],
    ['nothing found told', `${r1},fate,given,,,,,,,,,`, '', 'must tell what was found'],
    ['no search told', `${r1},fate,none-found,,,,,,,,,`, 'search text', 'must describe the search that was made'],
    ['no ground told', `${r1},fate,not-now,2031-01-01,,,,,,,,`, 'ground', 'must give a ground'],
    ['a cell too many', `${r1},fate,given,,,dead,,,,,,,x`, '', 'must have 12 cells'],
  ])('names row, column and rule: %s', async (_, row, column, rule) => {
    const { acts, faults } = await replies(`${head}\n${row}\n`)
    expect(acts).toEqual([])
    expect(faults).toEqual([{ row: 2, column, rule: expect.stringContaining(rule) }])
  })

  it('states nothing by halves: one row at fault holds back the others of its request', async () => {
    const { acts, faults } = await replies(
      `${head}\n${r1},fate,given,,,dead,,,,,,\n${r2},fate,given,,,dead,,,,,,\n${r1},remains,given,,,,,,9/09,,,\n`,
    )
    expect(acts.map(({ request }) => request)).toEqual([r2])
    expect(faults).toEqual([
      { row: 2, column: '', rule: 'waits for row 4, which is of the same request and at fault' },
      { row: 4, column: 'register number', rule: expect.any(String) },
    ])
  })

  it('does not answer one question in two ways', async () => {
    const { acts, faults } = await replies(`${head}\n${r1},fate,given,,,dead,,,,,,\n${r1},fate,given,,,alive,,,,,,\n`)
    expect(acts).toEqual([])
    expect(faults).toMatchObject([{ row: 2 }, { row: 3, column: 'fate', rule: expect.stringContaining('as in row 2') }])
  })

  it('must have the columns request, question and disposition', async () => {
    await expect(replies('request,answer\n1,2\n')).rejects.toMatchObject({
      code: 'import/no-such-column',
      message: expect.stringContaining('it lacks question, disposition'),
    })
  })
})

describe('a table of assessments', () => {
  it('becomes one assessment for each request', async () => {
    const text = `request,question,assessment,note\n${r1},fate,accepted,\nA-B-2026-00002,fate,insufficient,no date\n${r1},remains,Accepted with reservation,no grave named\n`
    expect(await readAssessments(await tableOf(text), resolver)).toEqual({
      acts: [
        {
          request: r1,
          rows: [2, 4],
          assessments: [
            { question: 'fate', assessment: 'accepted' },
            { question: 'remains', assessment: 'accepted-with-reservation' },
          ],
          note: 'no grave named',
        },
        { request: r2, rows: [3], assessments: [{ question: 'fate', assessment: 'insufficient' }], note: 'no date' },
      ],
      faults: [],
      ignored: [],
    })
  })

  it('names row, column and rule', async () => {
    const text = `request,question,assessment\n${r1},fate,accepted\n${r1},fate,disputed\n${r2},fate,fine\n`
    const { acts, faults } = await readAssessments(await tableOf(text), resolver)
    expect(acts).toEqual([])
    expect(faults).toMatchObject([
      { row: 2, rule: expect.stringContaining('waits for row 3') },
      { row: 3, column: 'question', rule: expect.stringContaining('must be assessed once') },
      { row: 4, column: 'assessment', rule: expect.stringContaining('must be one of accepted') },
    ])
  })
})

describe('a table of acknowledgements', () => {
  it('names requests and disclosures', async () => {
    const text = `request,disclosure\nA-B-2026-00002,\n,${r1}\n`
    expect((await readAcknowledgements(await tableOf(text), resolver)).acts).toEqual([
      { row: 2, of: 'request', id: r2 },
      { row: 3, of: 'disclosure', id: r1 },
    ])
    expect((await readAcknowledgements(await tableOf(`disclosure\n${r1}\n`))).acts).toHaveLength(1)
  })

  it('names row, column and rule', async () => {
    const text = `request,disclosure\n${r1},\n${r1},\n${r2},${r1}\n,nothing\n`
    const { acts, faults } = await readAcknowledgements(await tableOf(text))
    expect(acts).toHaveLength(1)
    expect(faults).toEqual([
      { row: 3, column: 'request', rule: 'must be named once: row 2 names it too' },
      { row: 4, column: 'disclosure', rule: 'must be empty where a request is named' },
      { row: 5, column: 'disclosure', rule: 'must be the id of a disclosure' },
    ])
    await expect(readAcknowledgements(await tableOf('id\n1\n'))).rejects.toMatchObject({
      code: 'import/no-such-column',
    })
  })
})

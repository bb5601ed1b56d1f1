import { burialPlace, personFile } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { importRows } from './import-rows.ts'
import { readMapping } from './mapping.ts'
import { openTable } from './read-table.ts'
import { refusedTable } from './refused-table.ts'
import type { RowOutcome } from './row-outcome.ts'
import { textRow, workbookOf } from './workbook.fixture.ts'

async function run(file: Blob | string, mapping: Record<string, unknown>) {
  const read = readMapping({ v: 1, target: 'cases', ...mapping })
  const table = await openTable(typeof file === 'string' ? new Blob([file]) : file, read.source)
  const { unmapped, outcomes } = importRows(table, read)
  const rows: RowOutcome[] = []
  for await (const row of outcomes()) rows.push(row)
  return { unmapped, rows, table, mapping: read }
}

async function contentOf(file: Blob | string, mapping: Record<string, unknown>) {
  const [row] = (await run(file, mapping)).rows
  if (row?.outcome !== 'ready') throw new Error(JSON.stringify(row))
  return row.content
}

async function faultsOf(file: string, mapping: Record<string, unknown>) {
  const [row] = (await run(file, mapping)).rows
  return row?.outcome === 'refused' ? row.faults : row
}

const names = { GIVEN: 'names.0.given', FAMILY: 'names.0.family' }

describe('a row that is ready', () => {
  it('becomes the file of a person', async () => {
    const content = await contentOf(
      'GIVEN,FAMILY,SEX,AGE,BORN,BORN_AT,SEEN,TOLD,BY\nArev,Sample,M,32.5,5.2.1960,Old Mill,02.1992,"last seen\nat the mill",a cousin\n',
      {
        columns: {
          ...names,
          SEX: { field: 'sex', values: { m: 'male', f: 'female' } },
          AGE: 'age',
          BORN: { field: 'birth.date', dates: ['day-month-year'] },
          BORN_AT: 'birth.place.verbatim',
          SEEN: { field: 'lastContact.date', dates: ['day-month-year'] },
          TOLD: 'lastContact.circumstances',
          BY: { field: 'lastContact.circumstances', label: 'Told by' },
        },
        constants: { 'names.0.script': 'Latn', 'lastContact.category': 'remained-in-area' },
      },
    )
    expect(content).toEqual({
      names: [{ given: 'Arev', family: 'Sample', script: 'Latn' }],
      sex: 'male',
      age: 32.5,
      birth: { date: { edtf: '1960-02-05', verbatim: '5.2.1960' }, place: { verbatim: 'Old Mill' } },
      lastContact: {
        date: { edtf: '1992-02', verbatim: '02.1992' },
        category: 'remained-in-area',
        circumstances: 'last seen\nat the mill\nTold by: a cousin',
      },
    })
    expect(personFile.schema.safeParse(content).success).toBe(true)
  })

  it('becomes a burial place; coordinates become its geometry', async () => {
    const columns = {
      NO: 'registerNumber',
      LAT: 'latitude',
      LON: 'longitude',
      COUNT: 'persons.buried',
      DONE: 'persons.exhumed',
    }
    const file = 'NO;LAT;LON;COUNT;DONE\n7/09;40,5;-3,25;12,5;\n8/09;;;;\n'
    const { rows } = await run(file, { target: 'sites', source: { delimiter: ';', decimal: ',' }, columns })
    const contents = rows.map((row) => (row.outcome === 'ready' ? row.content : row))
    expect(contents).toEqual([
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [-3.25, 40.5] },
        properties: { registerNumber: '7/09', persons: { buried: 12.5 } },
      },
      { type: 'Feature', geometry: null, properties: { registerNumber: '8/09' } },
    ])
    for (const content of contents) expect(burialPlace.schema.safeParse(content).success).toBe(true)
  })

  it('leaves blank cells out, and what the mapping calls blank; they never overwrite a constant', async () => {
    const columns = {
      ...names,
      WORK: 'occupation',
      NATION: 'nationality',
      SEX: { field: 'sex', values: { '?': null } },
    }
    const settings = { columns, blanks: ['-'], constants: { nationality: 'as recorded' } }
    expect(await contentOf('GIVEN,FAMILY,WORK,NATION,SEX\nArev,  ,-, ,?\n', settings)).toEqual({
      names: [{ given: 'Arev' }],
      nationality: 'as recorded',
    })
  })

  it('keeps what does not fit where the mapping says so: a date as recorded, anything else in the notes', async () => {
    const columns = {
      ...names,
      BORN: { field: 'birth.date', latest: '2000-01-01', unfit: 'keep' },
      AGE: { field: 'age', unfit: 'keep' },
      SEX: { field: 'sex', unfit: 'keep' },
      NOTES: 'notes',
    }
    expect(await contentOf('GIVEN,FAMILY,BORN,AGE,SEX,NOTES\nA,B,2020-07-03,421,x,tall\n', { columns })).toEqual({
      names: [{ given: 'A', family: 'B' }],
      birth: { date: { verbatim: '2020-07-03' } },
      notes: 'tall\nSEX: x\nAGE: 421',
    })
  })

  it('reads dates of a workbook by its date system, or the one that the mapping names', async () => {
    const cells = '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2" s="1"><v>13114</v></c></row>'
    const file = workbookOf({ sheets: { S: textRow(1, 'GIVEN', 'DIED') + cells }, date1904: true })
    const columns = { GIVEN: 'names.0.given', DIED: 'death.date' }
    expect(await contentOf(file, { columns })).toMatchObject({ death: { date: { edtf: '1939-11-27' } } })
    const source = { dateSystem: 'excel-1900' }
    expect(await contentOf(file, { columns, source })).toMatchObject({ death: { date: { edtf: '1935-11-26' } } })
  })
})

describe('a row that is refused', () => {
  it.each([
    ['a text that is no number', 'AGE\nold', { AGE: 'age' }, 'AGE', 'must be a number; its decimal sign is "."'],
    ['a number out of bounds', 'AGE\n421', { AGE: 'age' }, 'AGE', 'must be at most 130'],
    [
      'a text outside the vocabulary',
      'SEX\nx',
      { SEX: { field: 'sex', values: { M: 'male' } } },
      'SEX',
      'must be one of M, female, male, other',
    ],
    [
      'a date that does not exist',
      'BORN\n1992-02-30',
      { BORN: 'birth.date' },
      'BORN',
      'must be a date that exists, written as ISO 8601',
    ],
    [
      'the error of a formula',
      'WORK\n#N/A',
      { WORK: 'occupation' },
      'WORK',
      'must hold a value, not the error of a formula',
    ],
    [
      'a text that is too long',
      `WORK\n${'x'.repeat(301)}`,
      { WORK: 'occupation' },
      'WORK',
      'must have at most 300 characters',
    ],
    [
      'a date out of EDTF',
      'BORN\n1992-XX-99',
      { BORN: { field: 'birth.date', dates: ['edtf'] } },
      'BORN',
      'must be an EDTF date (ISO 8601-2)',
    ],
  ])('names the column and the rule: %s', async (_, file, columns, column, rule) => {
    const constants = { 'names.0.full': 'Somebody' }
    expect(await faultsOf(file, { columns, constants })).toEqual([{ column, rule }])
  })

  it('names every column at fault', async () => {
    const columns = { ...names, AGE: 'age', BORN: 'birth.date' }
    const faults = await faultsOf('GIVEN,FAMILY,AGE,BORN\nA,B,old,soon\n', { columns })
    expect(faults).toMatchObject([{ column: 'AGE' }, { column: 'BORN' }])
  })

  it('names the column that should have held a name', async () => {
    const faults = await faultsOf('GIVEN,AGE\n,3\n', { columns: { GIVEN: 'names.0.given', AGE: 'age' } })
    expect(faults).toEqual([{ column: 'GIVEN', rule: 'must be filled' }])
  })

  it('has one coordinate without the other', async () => {
    const columns = { LAT: 'latitude', LON: 'longitude' }
    expect(await faultsOf('LAT,LON\n40,\n', { target: 'sites', columns })).toEqual([
      { column: 'LON', rule: 'must be filled' },
    ])
  })

  it('has more or fewer cells than the header', async () => {
    const { rows } = await run('GIVEN,FAMILY\nA\nA,B,C\n', { columns: names })
    expect(rows).toMatchObject([
      {
        outcome: 'refused',
        row: 2,
        faults: [{ column: '', rule: expect.stringContaining('must have 2 cells as the header has, has 1') }],
      },
      { outcome: 'refused', row: 3, surplus: ['C'], faults: [{ rule: expect.stringContaining('has 3') }] },
    ])
  })

  it('has no key', async () => {
    const { rows } = await run('GIVEN,NO\nA,\n', {
      columns: { GIVEN: 'names.0.given', NO: 'fileNumber' },
      rowKey: ['NO'],
    })
    expect(rows).toMatchObject([
      { outcome: 'refused', faults: [{ column: 'NO', rule: 'must be filled: it is the key of the row' }] },
    ])
  })
})

describe('a row that is not sufficiently identified', () => {
  const identified = { columns: ['GIVEN', 'FAMILY'], placeholders: { begins: ['desconocid'], equals: ['n.n.'] } }

  it.each([
    ['a placeholder, capitals and white space aside', ' DESCONOCIDA (joven),B', 'GIVEN'],
    ['a text that is a placeholder', 'A,N.N.', 'FAMILY'],
    ['no letter', '¿?,B', 'GIVEN'],
    ['nothing', 'A,', 'FAMILY'],
  ])('has %s where a name should be', async (_, row, column) => {
    expect(await faultsOf(`GIVEN,FAMILY\n${row}\n`, { columns: names, identified })).toEqual([
      { column, rule: expect.stringMatching(/^insufficiently identified: /) },
    ])
  })

  it('is refused before it is compared with earlier rows', async () => {
    const { rows } = await run('GIVEN,FAMILY\nA,¿\nA,¿\nĄ,Ж\n', { columns: names, identified })
    expect(rows.map((row) => row.outcome)).toEqual(['refused', 'refused', 'ready'])
  })
})

describe('a repeated row', () => {
  it('equals an earlier one in every cell, white space around texts aside; the first stands', async () => {
    const { rows } = await run('GIVEN,FAMILY\nA,B\nA,C\n A ,B\n', { columns: names })
    expect(rows).toMatchObject([
      { row: 2, outcome: 'ready' },
      { row: 3, outcome: 'ready' },
      { row: 4, outcome: 'repeated', of: 2 },
    ])
  })

  it('has the same key, where the mapping names one', async () => {
    const columns = { NO: 'registerNumber', NAME: 'names.0' }
    const { rows } = await run('NO,NAME\n1,A\n1,B\n', { target: 'sites', columns, rowKey: ['NO'] })
    expect(rows).toMatchObject([{ outcome: 'ready' }, { outcome: 'repeated', of: 2 }])
  })

  it('is not one if the earlier row was refused: then nothing of it stands', async () => {
    const columns = { NO: 'fileNumber', GIVEN: 'names.0.given', AGE: 'age' }
    const { rows } = await run('NO,GIVEN,AGE\n1,A,old\n1,A,30\n', { columns, rowKey: ['NO'] })
    expect(rows).toMatchObject([{ outcome: 'refused' }, { outcome: 'ready' }])
  })
})

describe('a mapping and a table', () => {
  it('that do not fit are told apart before any row is read', async () => {
    await expect(
      run('GIVEN,FAMILY\nA,B\n', { columns: { ...names, AGE: 'age' }, rowKey: ['NO'] }),
    ).rejects.toMatchObject({
      code: 'import/no-such-column',
      message: expect.stringContaining('has no column "AGE", "NO"; it has "GIVEN", "FAMILY"'),
    })
  })

  it('leave no column unmentioned: mapped, ignored on purpose, or reported as unmapped', async () => {
    const file = 'GIVEN,FAMILY,X,Y,Z\nA,B,1,2,3\n'
    expect((await run(file, { columns: names, ignore: ['X'], unmapped: ['Y'] })).unmapped).toEqual(['Y', 'Z'])
  })
})

describe('the table of refused rows', () => {
  it('tells row, column and rule beside the original cells, and can be imported again once corrected', async () => {
    const source = { encoding: 'windows-1252', delimiter: ';', decimal: ',' }
    const mapping = { source, columns: { ...names, AGE: 'age', BORN: 'birth.date' } }
    const cells =
      '<row r="2"><c r="A2" t="inlineStr"><is><t>Ñ; "x"</t></is></c><c r="B2" t="inlineStr"><is><t>old</t></is></c><c r="C2" s="1"><v>14576</v></c><c r="D2"><v>2.5</v></c></row>'
    const file = workbookOf({ sheets: { S: textRow(1, 'GIVEN', 'AGE', 'BORN', 'FAMILY') + cells } })
    const first = await run(file, mapping)
    const [refusal] = first.rows
    if (refusal?.outcome !== 'refused') throw new Error('the row was not refused')
    const table = refusedTable(first.table.header, first.mapping)
    const text = table.head() + table.row(refusal)
    expect(text).toBe(
      '\uFEFFtidings: row;tidings: column;tidings: rule;GIVEN;AGE;BORN;FAMILY\r\n' +
        '2;AGE;"AGE: must be a number; its decimal sign is "",""";"Ñ; ""x""";old;1939-11-27;2,5\r\n',
    )

    const again = await run(text, mapping)
    expect(again.rows).toMatchObject([{ outcome: 'refused', row: 2, faults: refusal.faults }])
    expect(again.unmapped).toEqual([])
    const corrected = await run(text.replace('old', '40'), mapping)
    expect(corrected.rows).toMatchObject([
      {
        outcome: 'ready',
        content: { names: [{ given: 'Ñ; "x"', family: '2,5' }], age: 40, birth: { date: { edtf: '1939-11-27' } } },
      },
    ])
  })

  it('gives a row the key that it would have had in the original table', async () => {
    const direct = (await run('GIVEN,FAMILY,AGE\nA,B,40\n', { columns: names, ignore: ['AGE'] })).rows[0]
    const header = refusedTable(['GIVEN', 'FAMILY', 'AGE'], {}).head()
    const corrected = (await run(`${header}9,AGE,rule,A,B,40\n`, { columns: names, ignore: ['AGE'] })).rows[0]
    expect(direct?.outcome === 'ready' && direct.key).toBe(corrected?.outcome === 'ready' && corrected.key)
  })

  it('keeps surplus cells at the end of the row', () => {
    const row = {
      outcome: 'refused',
      row: 3,
      faults: [{ column: '', rule: 'r' }],
      cells: ['a', null],
      surplus: ['b'],
    } as const
    expect(refusedTable(['A', 'B'], {}).row(row)).toBe('3,,r,a,,b\r\n')
  })
})

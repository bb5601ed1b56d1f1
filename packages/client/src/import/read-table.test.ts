import { writeXlsx } from 'hucre/xlsx'
import { describe, expect, it } from 'vitest'
import { openTable } from './read-table.ts'
import type { TableSource } from './table.ts'
import { textRow, workbookOf } from './workbook.fixture.ts'

async function read(file: Blob, source?: TableSource) {
  const table = await openTable(file, source)
  const rows = []
  for await (const row of table.rows()) rows.push(row)
  return { header: table.header, rows }
}

const csv = (...parts: BlobPart[]) => new Blob(parts)

describe('a CSV file', () => {
  it('is read with its delimiter, quotes, and cells of several lines; rows are numbered as a spreadsheet shows them', async () => {
    const file = csv('NAME;REMARKS;COUNT\r\n"Place; one";"two\r\nlines and a ""word""";3\r\n;;\r\n four ;;5\r\n')
    expect(await read(file, { delimiter: ';' })).toEqual({
      header: ['NAME', 'REMARKS', 'COUNT'],
      rows: [
        { row: 2, cells: ['Place; one', 'two\r\nlines and a "word"', '3'] },
        { row: 4, cells: [' four ', null, '5'] },
      ],
    })
  })

  it('is read in its encoding', async () => {
    const windows1252 = Uint8Array.from([0x4e, 0x0a, 0x50, 0x65, 0xf1, 0x61, 0x80])
    expect((await read(csv(windows1252), { encoding: 'windows-1252' })).rows[0]?.cells).toEqual(['Peña€'])
    const windows1251 = Uint8Array.from([0x4e, 0x0a, 0xc8, 0xec, 0xff])
    expect((await read(csv(windows1251), { encoding: 'windows-1251' })).rows[0]?.cells).toEqual(['Имя'])
  })

  it('tells its encoding by a byte order mark, whatever the mapping says', async () => {
    const utf16 = new Uint8Array([
      0xff,
      0xfe,
      ...new Uint8Array(new Uint16Array([...'N\nə'].map((c) => c.charCodeAt(0))).buffer),
    ])
    expect(await read(csv(utf16))).toEqual({ header: ['N'], rows: [{ row: 2, cells: ['ə'] }] })
    expect(await read(csv('\uFEFFN\nñ'), { encoding: 'windows-1252' })).toEqual({
      header: ['N'],
      rows: [{ row: 2, cells: ['ñ'] }],
    })
  })

  it('tells rows that have more or fewer cells than the header; empty cells at the end are no surplus', async () => {
    expect((await read(csv('A,B\n1\n1,2,\n1,2,3\n'))).rows).toEqual([
      { row: 2, cells: ['1', null], ragged: { missing: 1 } },
      { row: 3, cells: ['1', '2'] },
      { row: 4, cells: ['1', '2'], ragged: { surplus: ['3'] } },
    ])
  })

  it('is read anew at each call, and tells how far it has come', async () => {
    const file = csv('A\n1\n2\n')
    const table = await openTable(file)
    for (const _ of [1, 2]) {
      const rows = []
      for await (const { cells } of table.rows()) rows.push(cells[0])
      expect(rows).toEqual(['1', '2'])
    }
    expect(table.progress()).toEqual({ bytesRead: file.size, bytesTotal: file.size })
  })

  it.each([
    ['an unknown encoding', csv('A\n1'), { encoding: 'windows-9999' }, 'import/encoding'],
    ['another encoding', csv(Uint8Array.from([0x41, 0x0a, 0xf1, 0x41])), {}, 'import/encoding'],
    ['quotes that do not close', csv('A,B\n1,"2\n'), {}, 'import/malformed-csv'],
    ['two columns of one name', csv('A,B,A \n1,2,3\n'), {}, 'import/header'],
    ['a column without a name', csv('A,,C\n1,2,3\n'), {}, 'import/header'],
    ['nothing in it', csv(''), {}, 'import/empty'],
    [
      'bytes of something else',
      csv(Uint8Array.from([0x25, 0x50, 0x44, 0x46, 0, 1, 2, 0x0a])),
      {},
      'import/not-a-table',
    ],
  ])('with %s is refused', async (_, file, source, code) => {
    await expect(read(file, source)).rejects.toMatchObject({ name: 'ImportError', code })
  })

  it('never shows a cell in an error', async () => {
    await expect(read(csv('A,B\n1,x"Somebody"\n'))).rejects.not.toThrow(/Somebody/)
  })
})

describe('a workbook', () => {
  it('gives cells as they are: numbers, truth values, dates, shared, rich and escaped texts, results and errors of formulas', async () => {
    const file = workbookOf({
      shared:
        '<si><t>NAME</t></si><si><r><t>in two </t></r><r><rPr><b/></rPr><t>runs &amp; more</t></r><rPh sb="0" eb="1"><t>ruby</t></rPh></si><si><t xml:space="preserve"> kept_x000A_ </t></si>',
      sheets: {
        One:
          '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>B</t></is></c><c r="C1" t="inlineStr"><is><t>C</t></is></c></row>' +
          '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>32</v></c><c r="C2"><v>32.5</v></c></row>' +
          '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" s="1"><v>14576</v></c><c r="C3" t="b"><v>1</v></c></row>' +
          '<row r="7"><c r="C7" t="str"><f>A1</f><v>result</v></c></row>' +
          '<row r="8"><c r="A8" t="e"><v>#N/A</v></c><c r="B8" s="1"><v>60</v></c><c r="C8" s="2"><v>0.25</v></c></row>',
      },
    })
    const system = 'excel-1900'
    expect(await read(file)).toEqual({
      header: ['NAME', 'B', 'C'],
      rows: [
        { row: 2, cells: ['in two runs & more', 32, 32.5] },
        { row: 3, cells: [' kept\n ', { serial: 14576, system }, true] },
        { row: 7, cells: [null, null, 'result'] },
        { row: 8, cells: ['#N/A', { serial: 60, system }, { serial: 0.25, system }] },
      ],
    })
  })

  it('tells its own date system', async () => {
    const sheets = { S: `${textRow(1, 'DATE')}<row r="2"><c r="A2" s="1"><v>13114</v></c></row>` }
    const cellOf = async (date1904: boolean) => (await read(workbookOf({ sheets, date1904 }))).rows[0]?.cells[0]
    expect(await cellOf(true)).toEqual({ serial: 13114, system: 'excel-1904' })
    expect(await cellOf(false)).toEqual({ serial: 13114, system: 'excel-1900' })
  })

  it('is read from the sheet that is named, or the first', async () => {
    const file = workbookOf({ sheets: { First: textRow(1, 'A'), Second: textRow(1, 'B') } })
    expect((await read(file)).header).toEqual(['A'])
    expect((await read(file, { sheet: 'Second' })).header).toEqual(['B'])
    await expect(read(file, { sheet: 'Third' })).rejects.toThrow('it has "First", "Second"')
    await expect(read(file, { sheet: 'Third' })).rejects.toMatchObject({ code: 'import/no-such-sheet' })
  })

  it('must hold the names of the columns in row 1', async () => {
    await expect(read(workbookOf({ sheets: { S: textRow(3, 'A') } }))).rejects.toMatchObject({ code: 'import/empty' })
    await expect(read(workbookOf({ sheets: { S: '' } }))).rejects.toMatchObject({ code: 'import/empty' })
  })

  it('that is encrypted is told from one of an older format', async () => {
    const sheets = [{ name: 'S', rows: [['A'], ['1']] }]
    const encrypted = new Blob([
      new Uint8Array(await writeXlsx({ sheets, encryption: { password: 'p', spinCount: 1 } })),
    ])
    await expect(read(encrypted)).rejects.toMatchObject({ code: 'import/encrypted' })
    const older = new Blob([Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), new Uint8Array(512)])
    await expect(read(older)).rejects.toMatchObject({ code: 'import/not-a-table' })
    await expect(read(older)).rejects.toThrow('save it as .xlsx')
  })

  it('that is cut short, or a ZIP of something else, is refused', async () => {
    const whole = workbookOf({ sheets: { S: textRow(1, 'A') } })
    await expect(read(whole.slice(0, whole.size / 2))).rejects.toMatchObject({ code: 'import/not-a-table' })
    const { zipSync } = await import('fflate')
    const other = new Blob([zipSync({ 'word/document.xml': new Uint8Array(3) })])
    await expect(read(other)).rejects.toMatchObject({ code: 'import/not-a-table' })
  })
})

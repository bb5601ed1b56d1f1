import { EncryptedFileError, HucreError } from 'hucre'
import { readXlsx as readWorkbook, streamXlsxRows } from 'hucre/xlsx'
import type { Cell, DateSystem } from './cell.ts'
import { textOfCell } from './cell.ts'
import { ImportError } from './import-error.ts'
import { checkHeader, type Table, type TableRow, type TableSource } from './table.ts'

/*
 * Why hucre: it hands out rows one at a time with their numbers in the sheet, keeps the errors of formulas instead of emptying the cell, tells an
 * encrypted workbook apart, and brings no other package. Only `streamXlsxRows` and the list of sheets are used; the rest of the project knows
 * this file alone. Its dates are `Date`s already converted, with two serials sharing 28 February 1900, so it is told to count from 1904: that
 * conversion is linear, and gives the serial back.
 */
const linear = { dateSystem: '1904' } as const
const linearDayZero = Date.UTC(1904, 0, 1)
const dayInMilliseconds = 86_400_000

/**
 * Opens a sheet of an XLSX or XLSM workbook (ECMA-376).
 *
 * @throws {ImportError} `import/not-a-table`, `import/encrypted`, `import/no-such-sheet`, `import/empty`, `import/header`
 */
export async function readXlsx(file: Blob, source: TableSource): Promise<Table> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { sheet, system } = await findSheet(bytes, source.sheet)
  let bytesRead = 0
  const rows = () => {
    bytesRead = 0
    return readRows(bytes, sheet, system)
  }
  const header = await readHeader(rows())
  return {
    format: 'xlsx',
    header,
    rows: async function* () {
      for await (const row of rows()) {
        if (row.row > 1) yield* fit(row, header.length)
      }
      bytesRead = bytes.length
    },
    // The whole file is in memory before the first row: there is nothing between none and all.
    progress: () => ({ bytesRead, bytesTotal: bytes.length }),
  }
}

async function findSheet(bytes: Uint8Array, wanted: string | undefined) {
  const names: string[] = []
  const workbook = await reading(() =>
    readWorkbook(bytes, {
      sheets: (info) => {
        names.push(info.name)
        return false
      },
    }),
  )
  const sheet = wanted ?? names[0]
  if (sheet === undefined) throw new ImportError('import/empty', 'the workbook has no sheet')
  if (!names.includes(sheet))
    throw new ImportError(
      'import/no-such-sheet',
      `the workbook has no sheet "${sheet}"; it has ${names.map((name) => `"${name}"`).join(', ')}`,
    )
  const system: DateSystem = workbook.dateSystem === '1904' ? 'excel-1904' : 'excel-1900'
  return { sheet, system }
}

async function* readRows(bytes: Uint8Array, sheet: string, system: DateSystem) {
  const rows = streamXlsxRows(bytes, { ...linear, sheet })[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { value, done } = await reading(() => rows.next())
      if (done || !value) return
      yield { row: value.index + 1, cells: value.values.map((cell) => toCell(cell, system)) }
    }
  } finally {
    await rows.return?.(undefined)
  }
}

function toCell(value: unknown, system: DateSystem): Cell {
  if (value === undefined || value === null || value === '') return null
  if (value instanceof Date) return { serial: (value.getTime() - linearDayZero) / dayInMilliseconds, system }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new ImportError('import/not-a-table', 'the workbook holds a cell of an unknown type')
}

async function readHeader(rows: AsyncIterable<{ row: number; cells: readonly Cell[] }>): Promise<string[]> {
  for await (const { row, cells } of rows) return checkHeader(row === 1 ? cells.map(textOfCell) : [])
  return checkHeader([])
}

function* fit({ row, cells }: { row: number; cells: readonly Cell[] }, width: number): Generator<TableRow> {
  const isFull = (cell: Cell) => textOfCell(cell).trim() !== ''
  if (!cells.some(isFull)) return
  const inside = Array.from({ length: width }, (_, i) => cells[i] ?? null)
  const surplus = cells.slice(width)
  yield surplus.some(isFull) ? { row, cells: inside, ragged: { surplus } } : { row, cells: inside }
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof EncryptedFileError)
      throw new ImportError('import/encrypted', 'the workbook is protected by a password: save a copy without one', {
        cause,
      })
    if (cause instanceof HucreError)
      throw new ImportError(
        'import/not-a-table',
        'the file is no workbook that can be read: open it in a spreadsheet program and save it as .xlsx',
        { cause },
      )
    throw cause
  }
}

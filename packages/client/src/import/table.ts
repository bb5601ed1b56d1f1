import type { Cell } from './cell.ts'
import { ImportError } from './import-error.ts'

/** Where in a file the table is, and how it is written. What does not apply to the file's format is not looked at. */
export interface TableSource {
  /** Name of the sheet of a workbook; the first by default. */
  readonly sheet?: string
  /** Encoding of a CSV file, as in the Encoding Standard (https://encoding.spec.whatwg.org): `utf-8` by default, `windows-1252` … */
  readonly encoding?: string
  /** What separates the cells of a CSV file: a comma by default. */
  readonly delimiter?: string
}

/** A row of a table. */
export interface TableRow {
  /** Its number in the sheet, where the header is row 1. In CSV a cell may hold several lines: what counts is rows, as a spreadsheet shows them. */
  readonly row: number
  /** As many cells as the header has names. */
  readonly cells: readonly Cell[]
  /** Cells beyond the header, if any of them holds something; or how many are missing, in CSV only. Such a row is refused. */
  readonly ragged?: { readonly surplus: readonly Cell[] } | { readonly missing: number }
}

/** How far reading has come. */
export interface ReadProgress {
  /** Bytes of the file read so far, and in all. */
  readonly bytesRead: number
  readonly bytesTotal: number
}

/** A table in a file: names of columns, then rows. */
export interface Table {
  readonly format: 'csv' | 'xlsx'
  readonly header: readonly string[]
  /** Reads the rows, in order, from the first one below the header; each call reads anew. Rows without any content are left out. */
  rows(): AsyncIterable<TableRow>
  /** How far the latest reading has come. */
  progress(): ReadProgress
}

/**
 * Checks the names of columns.
 *
 * @returns the names without white space around them and without empty names at the end
 * @throws {ImportError} `import/empty` or `import/header`
 */
export function checkHeader(names: readonly string[]): string[] {
  const header = names.map((name) => name.trim())
  while (header.at(-1) === '') header.pop()
  if (header.length === 0)
    throw new ImportError('import/empty', 'the table is empty: row 1 must hold the names of the columns')
  const unnamed = header.indexOf('')
  if (unnamed !== -1) throw new ImportError('import/header', `column ${unnamed + 1} has no name in row 1`)
  const twice = header.find((name, i) => header.indexOf(name) !== i)
  if (twice !== undefined)
    throw new ImportError('import/header', `two columns are named "${twice}" in row 1: give each its own name`)
  return header
}

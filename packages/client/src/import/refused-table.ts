import { stringify } from 'csv-stringify/sync'
import { type Cell, textOfCell } from './cell.ts'
import type { Mapping } from './mapping.ts'
import type { RowOutcome } from './row-outcome.ts'

/** Columns that stand before those of the table in a table of refused rows. An import takes no notice of them. */
const reportColumns = ['tidings: row', 'tidings: column', 'tidings: rule'] as const

/** Whether a column was added by {@link refusedTable}. */
export function isReportColumn(name: string): boolean {
  return (reportColumns as readonly string[]).includes(name)
}

/**
 * Writes refused rows as a table that can be corrected in a spreadsheet program and imported again with the same mapping: CSV in UTF-8 with a
 * byte order mark, delimiter and decimal sign as the mapping says, the original cells after three columns that tell row, column and rule.
 *
 * @param header the header of the original table
 */
export function refusedTable(header: readonly string[], mapping: Pick<Mapping, 'source'>) {
  const { delimiter = ',', decimal = '.' } = mapping.source ?? {}
  const write = (cell: Cell) => (typeof cell === 'number' ? textOfCell(cell).replace('.', decimal) : textOfCell(cell))
  const line = (cells: readonly string[]) => stringify([[...cells]], { delimiter, record_delimiter: '\r\n' })
  const original = header.map((name, at) => ({ name, at })).filter(({ name }) => !isReportColumn(name))
  return {
    /** The first line, with the byte order mark. */
    head: (): string => `\uFEFF${line([...reportColumns, ...original.map(({ name }) => name)])}`,
    /** The line of a refused row. Cells beyond the header follow at its end, so that nothing is lost. */
    row({ row, faults, cells, surplus }: Extract<RowOutcome, { outcome: 'refused' }>): string {
      const columns = [...new Set(faults.map(({ column }) => column).filter((column) => column !== ''))].join('; ')
      const rules = faults.map(({ column, rule }) => (column === '' ? rule : `${column}: ${rule}`)).join('; ')
      const texts = original.map(({ at }) => write(cells[at] ?? null))
      return line([String(row), columns, rules, ...texts, ...surplus.map(write)])
    },
  }
}

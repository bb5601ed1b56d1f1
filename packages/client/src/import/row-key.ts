import { sha256, toBase64url, utf8 } from '@tidings/statement'
import { type Cell, textOfCell } from './cell.ts'

/**
 * Identity of a row: a hash over the names and texts of its key columns, without white space around them. It stays the same when columns are
 * moved, when empty ones are added, and when the row travels from a workbook to CSV.
 *
 * @param columns name and position of each key column, by name
 * @returns nothing if all of them are empty
 */
export function rowKey(columns: readonly (readonly [string, number])[], cells: readonly Cell[]): string | undefined {
  const pairs: [string, string][] = []
  for (const [name, at] of columns) {
    const text = textOfCell(cells[at] ?? null).trim()
    if (text !== '') pairs.push([name, text])
  }
  return pairs.length === 0 ? undefined : toBase64url(sha256(utf8(JSON.stringify(pairs))))
}

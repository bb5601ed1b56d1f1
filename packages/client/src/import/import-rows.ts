import { contentBuilder } from './build-content.ts'
import { type Cell, textOfCell } from './cell.ts'
import { fold } from './fold.ts'
import { ImportError } from './import-error.ts'
import { type Mapping, rulesOf } from './mapping.ts'
import { raggedRule } from './ragged-rule.ts'
import { isReportColumn } from './refused-table.ts'
import { rowKey } from './row-key.ts'
import type { Fault, RowOutcome } from './row-outcome.ts'
import type { Table, TableRow } from './table.ts'

/** A table with a mapping that fits it. */
export interface Import {
  /** Columns that the mapping neither maps nor ignores: they are left out, and the officer must be told. */
  readonly unmapped: readonly string[]
  /** The outcome of each row, in order. Keeps the keys of the rows in memory, nothing else; each call reads anew. */
  outcomes(): AsyncIterable<RowOutcome>
}

/**
 * Applies a mapping to a table. Pure: nothing is sent or written.
 *
 * A row is looked at in this order, and the first that applies is its outcome: more or fewer cells than the header; not sufficiently identified;
 * its key repeats that of an earlier row that was ready; a cell that does not fit; ready.
 *
 * @throws {ImportError} `import/no-such-column` if the mapping names columns that the table does not have
 */
export function importRows(table: Table, mapping: Mapping): Import {
  const { header } = table
  checkColumns(mapping, header)
  const mapped = new Set(Object.keys(mapping.columns))
  const ignored = new Set(mapping.ignore)
  const unmapped = header.filter((name) => !mapped.has(name) && !ignored.has(name) && !isReportColumn(name))
  const keyColumns = (mapping.rowKey ?? header.filter((name) => !isReportColumn(name)))
    .toSorted()
    .map((name) => [name, header.indexOf(name)] as const)
  return { unmapped, outcomes }

  async function* outcomes(): AsyncGenerator<RowOutcome> {
    const build = contentBuilder(mapping, header)
    const ready = new Map<string, number>()
    for await (const tableRow of table.rows()) {
      const { row, cells } = tableRow
      const raggedness = checkWidth(tableRow, header.length)
      const unidentified = raggedness.length > 0 ? raggedness : checkIdentified(mapping, header, cells)
      if (unidentified.length > 0) {
        yield refused(tableRow, unidentified)
        continue
      }
      const key = rowKey(keyColumns, cells)
      if (key === undefined) {
        const column = mapping.rowKey?.[0] ?? ''
        yield refused(tableRow, [{ column, rule: 'must be filled: it is the key of the row' }])
        continue
      }
      const of = ready.get(key)
      if (of !== undefined) {
        yield { outcome: 'repeated', row, key, of }
        continue
      }
      const built = build(cells)
      if ('faults' in built) yield refused(tableRow, built.faults)
      else {
        ready.set(key, row)
        yield { outcome: 'ready', row, key, content: built.content }
      }
    }
  }
}

function refused(tableRow: TableRow, faults: readonly Fault[]): RowOutcome {
  const { row, cells, ragged } = tableRow
  return { outcome: 'refused', row, faults, cells, surplus: ragged && 'surplus' in ragged ? ragged.surplus : [] }
}

function checkColumns(mapping: Mapping, header: readonly string[]): void {
  const named = [
    ...rulesOf(mapping).map(([name]) => name),
    ...(mapping.ignore ?? []),
    ...(mapping.identified?.columns ?? []),
    ...(mapping.rowKey ?? []),
  ]
  const missing = [...new Set(named)].filter((name) => !header.includes(name))
  if (missing.length === 0) return
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
  throw new ImportError(
    'import/no-such-column',
    `the table has no column ${quoted(missing)}; it has ${quoted(header)}. Check the mapping, its delimiter and its encoding.`,
  )
}

function checkWidth({ ragged }: TableRow, width: number): Fault[] {
  return ragged ? [{ column: '', rule: raggedRule(ragged, width) }] : []
}

const letter = /\p{L}/u

function checkIdentified({ identified }: Mapping, header: readonly string[], cells: readonly Cell[]): Fault[] {
  if (!identified) return []
  const { begins = [], equals = [] } = identified.placeholders ?? {}
  return identified.columns.flatMap((column): Fault[] => {
    const text = fold(textOfCell(cells[header.indexOf(column)] ?? null))
    if (!letter.test(text)) return [{ column, rule: 'insufficiently identified: must hold a letter' }]
    const isPlaceholder =
      begins.some((start) => text.startsWith(fold(start))) || equals.some((whole) => text === fold(whole))
    return isPlaceholder ? [{ column, rule: 'insufficiently identified: must be a name, not a placeholder' }] : []
  })
}

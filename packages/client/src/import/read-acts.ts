import { finish, getOrAdd, type Resolver, type RowFault, readRows, requestOf, type TableOfActs } from './acts-table.ts'
import type { Column } from './columns.ts'
import type { Table } from './table.ts'

/** The columns of a table of acts, beside `request`, by their names. */
export type Columns = Readonly<Record<string, Column<unknown>>>

/** What the rows of one request say, by column. */
export type ValuesOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<infer T, infer Needed, infer Several>
    ? (Several extends true ? readonly T[] : T) | (Needed extends true ? never : undefined)
    : never
}

/** One act, out of all rows of its request. */
export interface ReadAct<C extends Columns> {
  readonly request: string
  readonly rows: readonly number[]
  readonly values: ValuesOf<C>
}

/**
 * Reads a table of acts: `request` (id or reference), and the columns of the act. The rows of one request become one act, wherever they stand: where a column takes several, each
 * row adds to them; where it takes one, the rows must not differ.
 *
 * @throws {ImportError} `import/no-such-column`
 */
export async function readActs<C extends Columns>(
  table: Table,
  columns: C,
  resolver: Resolver = {},
): Promise<TableOfActs<ReadAct<C>>> {
  const names = Object.keys(columns)
  const reading = await readRows(
    table,
    ['request', ...names],
    ['request', ...names.filter((name) => columns[name]?.needed)],
  )
  const { faults } = reading
  const byRequest = new Map<string, { rows: number[]; read: Map<string, Found[]> }>()
  for (const row of reading.rows) {
    const request = requestOf(row, resolver, faults)
    const found = names.map((name) => [name, readCell(row.row, name, columns[name], row.text(name), faults)] as const)
    if (request === undefined) continue
    const act = getOrAdd(byRequest, request, () => ({ rows: [], read: new Map<string, Found[]>() }))
    act.rows.push(row.row)
    for (const [name, values] of found) getOrAdd(act.read, name, () => []).push(...values)
  }
  const atFault = new Set(faults.map(({ row, column }) => `${row} ${column}`))
  const acts = [...byRequest].map(([request, { rows, read }]) => {
    const values = names.map((name) => {
      const column = columns[name]
      const found = read.get(name) ?? []
      if (!column || found.length === 0) {
        const isToldOf = rows.some((row) => atFault.has(`${row} ${name}`))
        if (column?.needed && !isToldOf) faults.push({ row: rows[0] ?? 0, column: name, rule: 'must be filled' })
        return [name, undefined] as const
      }
      if (column.several) return [name, [...new Set(found.map(({ value }) => value))]] as const
      const other = found.find(({ value }) => value !== found[0]?.value)
      if (other) faults.push({ row: other.row, column: name, rule: `must be as in row ${found[0]?.row}, or empty` })
      return [name, found[0]?.value] as const
    })
    return { request, rows, values: Object.fromEntries(values) as ValuesOf<C> }
  })
  return finish(acts, reading)
}

interface Found {
  readonly row: number
  readonly value: unknown
}

function readCell(
  row: number,
  name: string,
  column: Column<unknown> | undefined,
  cell: string,
  faults: RowFault[],
): Found[] {
  if (!column || cell === '') return []
  const texts = column.several ? cell.split(/[;\n]/).map((part) => part.trim()) : [cell]
  return texts.flatMap((part) => {
    if (part === '') return []
    const value = column.read(part)
    if (value === undefined) faults.push({ row, column: name, rule: column.rule })
    return value === undefined ? [] : [{ row, value }]
  })
}

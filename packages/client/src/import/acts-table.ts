import { thingId } from '@tidings/statement'
import { textOfCell } from './cell.ts'
import { fold } from './fold.ts'
import { ImportError } from './import-error.ts'
import { raggedRule } from './ragged-rule.ts'
import type { Fault } from './row-outcome.ts'
import type { Table } from './table.ts'

/** What a table of acts came to. An act at fault in one of its rows is left out as a whole: nothing is stated by halves. */
export interface TableOfActs<A> {
  readonly acts: readonly A[]
  /** What is wrong, row by row. */
  readonly faults: readonly RowFault[]
  /** Columns that mean nothing here, and were not looked at. */
  readonly ignored: readonly string[]
}

/** What is wrong with a cell. Never repeats the value. */
export interface RowFault extends Fault {
  readonly row: number
}

/** Finds out what is meant by the names that people write. */
export interface Resolver {
  /** Id of the request with this reference, such as `A-B-2026-00123`. */
  request?(reference: string): string | undefined
  /** Id of our burial place with this register number. */
  site?(registerNumber: string): string | undefined
}

/** A row whose cells are found by the names of their columns. */
export interface NamedRow {
  readonly row: number
  /** Text of a cell without white space around it; empty if there is no such column. */
  text(column: string): string
}

export interface Reading {
  readonly rows: readonly NamedRow[]
  readonly ignored: readonly string[]
  readonly faults: RowFault[]
}

export async function readRows(table: Table, known: readonly string[], needed: readonly string[]): Promise<Reading> {
  // `Register_Number`, `register-number` and `register number` are one.
  const names = table.header.map((name) => fold(name).replaceAll(/[\s_-]+/g, ' '))
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new ImportError(
      'import/no-such-column',
      `the table must have the columns ${needed.join(', ')}; it lacks ${missing.join(', ')}. Check its delimiter and encoding too.`,
    )
  const rows: NamedRow[] = []
  const faults: RowFault[] = []
  for await (const { row, cells, ragged } of table.rows()) {
    if (ragged) faults.push({ row, column: '', rule: raggedRule(ragged, table.header.length) })
    const text = (column: string) => textOfCell(cells[names.indexOf(column)] ?? null).trim()
    rows.push({ row, text })
  }
  return { rows, faults, ignored: table.header.filter((_, i) => !known.includes(names[i] ?? '')) }
}

/** Leaves out the acts of which a row is at fault, and says so of their other rows. */
export function finish<A extends { readonly rows: readonly number[] }>(
  acts: readonly A[],
  { faults, ignored }: Reading,
) {
  const atFault = new Set(faults.map(({ row }) => row))
  const whole = acts.filter(({ rows }) => !rows.some((row) => atFault.has(row)))
  const others = acts.flatMap(({ rows }): RowFault[] => {
    const culprit = rows.find((row) => atFault.has(row))
    if (culprit === undefined) return []
    return rows
      .filter((row) => !atFault.has(row))
      .map((row) => ({ row, column: '', rule: `waits for row ${culprit}, which is of the same request and at fault` }))
  })
  return { acts: whole, faults: inOrder([...faults, ...others]), ignored }
}

export function inOrder(faults: readonly RowFault[]): RowFault[] {
  return faults.toSorted((a, b) => a.row - b.row)
}

export function requestOf(row: NamedRow, resolver: Resolver, faults: RowFault[]): string | undefined {
  return idOf(row, 'request', resolver.request, 'must be the id or the reference of a request known here', faults)
}

export function idOf(
  row: NamedRow,
  column: string,
  resolve: ((name: string) => string | undefined) | undefined,
  rule: string,
  faults: RowFault[],
): string | undefined {
  const text = row.text(column)
  const id = thingId.safeParse(text.toLowerCase())
  const found = id.success ? id.data : text === '' ? undefined : resolve?.(text)
  if (found === undefined) faults.push({ row: row.row, column, rule: text === '' ? 'must be filled' : rule })
  return found
}

/** A word of a vocabulary; nothing, and a fault, if it is none. Capitals, and spaces in place of hyphens, do not matter. */
export function word<W extends string>(
  row: NamedRow,
  column: string,
  words: readonly W[],
  faults: RowFault[],
): W | undefined {
  const text = wordForm(row.text(column))
  const found = words.find((candidate) => candidate === text)
  if (!found) faults.push({ row: row.row, column, rule: `must be one of ${words.join(', ')}` })
  return found
}

export function wordForm(text: string): string {
  return fold(text).replaceAll(/[\s_]+/g, '-')
}

export function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

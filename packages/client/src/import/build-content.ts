import { burialPlace, personFile } from '@tidings/statement'
import type { z } from 'zod'
import { type Cell, isBlank, textOfCell } from './cell.ts'
import { readDate } from './date-forms.ts'
import { type FieldType, fieldAt, keptIn } from './fields.ts'
import { fold } from './fold.ts'
import { ruleOf } from './issue-rule.ts'
import { type ColumnRule, type Mapping, rulesOf } from './mapping.ts'
import type { Fault, RowContent } from './row-outcome.ts'

/** A column with its place in the table and what it fills. */
interface Column {
  readonly name: string
  readonly at: number
  readonly rule: ColumnRule
  readonly field: FieldType
  /** What cells stand for, by their folded text. */
  readonly values: ReadonlyMap<string, string | null>
}

type Reading = { readonly value: unknown } | { readonly rule: string } | 'blank'

// What a cell shows when its formula failed (ECMA-376 Part 1, 18.18.11 and 18.17.3).
const formulaErrors = new Set(['#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NULL!', '#NUM!', '#SPILL!', '#CALC!'])

/**
 * Prepares a mapping for the rows under a header.
 *
 * @returns a function that builds the content of a row, or names what is wrong, cell by cell
 */
export function contentBuilder(
  mapping: Mapping,
  header: readonly string[],
): (cells: readonly Cell[]) => { readonly content: RowContent } | { readonly faults: readonly Fault[] } {
  const columns = rulesOf(mapping).flatMap(([name, rule]): Column[] => {
    const field = fieldAt(mapping.target, rule.field)
    const values = new Map(Object.entries(rule.values ?? {}).map(([value, word]) => [fold(value), word]))
    return field ? [{ name, at: header.indexOf(name), rule, field, values }] : []
  })
  const blanks = new Set(mapping.blanks?.map(fold))
  const schema: z.ZodType<RowContent> = mapping.target === 'cases' ? personFile.schema : burialPlace.schema

  return (cells) => {
    const faults: Fault[] = []
    const kept: string[] = []
    const values = new Map<string, unknown>()
    for (const [path, value] of Object.entries(mapping.constants ?? {}))
      values.set(path, fieldAt(mapping.target, path)?.type === 'date' ? { edtf: value } : value)
    const filledByCell = new Set<string>()
    for (const column of columns) {
      const cell = cells[column.at] ?? null
      const reading = readCell(column, cell, mapping, blanks)
      if (reading === 'blank') continue
      if ('rule' in reading) {
        if (column.rule.unfit !== 'keep') faults.push({ column: column.name, rule: reading.rule })
        else if (column.field.type === 'date') values.set(column.rule.field, { verbatim: textOfCell(cell).trim() })
        else kept.push(keptText(column, cell))
        continue
      }
      const { field: path } = column.rule
      const before = filledByCell.has(path) ? values.get(path) : undefined
      values.set(path, before === undefined ? reading.value : `${before}${joint(column)}${reading.value}`)
      filledByCell.add(path)
    }
    if (faults.length > 0) return { faults }
    return check(values, kept, cells)
  }

  /** Builds and checks the content; values that break its schema, of columns that keep what does not fit, are moved to the kept texts first. */
  function check(values: Map<string, unknown>, kept: string[], cells: readonly Cell[]) {
    const first = schema.safeParse(assemble(values, kept))
    if (first.success) return { content: first.data }
    const keeping = columns.filter(
      ({ rule, field, at }) =>
        rule.unfit === 'keep' &&
        field.type !== 'date' &&
        !isBlank(cells[at] ?? null) &&
        first.error.issues.some((issue) => pathOf(issue) === rule.field),
    )
    for (const column of keeping) {
      values.delete(column.rule.field)
      kept.push(keptText(column, cells[column.at] ?? null))
    }
    const second = keeping.length > 0 ? schema.safeParse(assemble(values, kept)) : first
    if (second.success) return { content: second.data }
    return { faults: second.error.issues.map((issue) => ({ column: columnOf(issue), rule: ruleOf(issue) })) }
  }

  function assemble(values: ReadonlyMap<string, unknown>, kept: readonly string[]): unknown {
    const tree: Tree = {}
    for (const [path, value] of values) place(tree, path.split('.'), value)
    if (kept.length > 0) {
      const path = keptIn[mapping.target]
      place(tree, [path], [tree[path], ...kept].filter((part) => part !== undefined).join('\n'))
    }
    const whole = withoutGaps(tree)
    if (mapping.target === 'cases') return whole
    const { latitude, longitude, ...properties } = whole as Record<string, unknown>
    // One coordinate without the other is left for the schema to refuse.
    const known = latitude !== undefined || longitude !== undefined
    return {
      type: 'Feature',
      geometry: known ? { type: 'Point', coordinates: [longitude, latitude] } : null,
      properties,
    }
  }

  function pathOf(issue: z.core.$ZodIssue): string {
    const [head, ...rest] = issue.path.map(String)
    if (head === 'geometry') return rest.at(-1) === '0' ? 'longitude' : 'latitude'
    return (head === 'properties' ? rest : issue.path.map(String)).join('.')
  }

  function columnOf(issue: z.core.$ZodIssue): string {
    const path = pathOf(issue)
    const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`)
    const culprit =
      columns.find(({ rule }) => within(path, rule.field)) ?? columns.find(({ rule }) => within(rule.field, path))
    return culprit?.name ?? ''
  }
}

function readCell(column: Column, cell: Cell, mapping: Mapping, blanks: ReadonlySet<string>): Reading {
  const { field, rule, values } = column
  const text = textOfCell(cell).trim()
  if (text === '' || blanks.has(fold(text))) return 'blank'
  if (formulaErrors.has(text)) return { rule: 'must hold a value, not the error of a formula' }
  const meaning = values.get(fold(text))
  if (meaning === null) return 'blank'
  switch (field.type) {
    case 'text': {
      const value = meaning ?? text
      return { value: rule.label === undefined ? value : `${rule.label}: ${value}` }
    }
    case 'vocabulary': {
      const word = meaning ?? field.words.find((candidate) => fold(candidate) === fold(text))
      if (word !== undefined) return { value: word }
      const known = [...Object.keys(rule.values ?? {}), ...field.words]
      return { rule: `must be one of ${known.join(', ')}` }
    }
    case 'number':
      return readNumber(meaning ?? (typeof cell === 'number' ? cell : text), mapping.source?.decimal ?? '.')
    case 'date': {
      const reading = readDate(meaning ?? cell, {
        forms: rule.dates ?? [],
        ...(mapping.source?.dateSystem && { system: mapping.source.dateSystem }),
        ...(rule.earliest !== undefined && { earliest: rule.earliest }),
        ...(rule.latest !== undefined && { latest: rule.latest }),
      })
      return 'date' in reading ? { value: reading.date } : reading
    }
  }
}

function readNumber(value: string | number, decimal: '.' | ','): Reading {
  if (typeof value === 'number') return { value }
  const form = decimal === '.' ? /^-?\d+(\.\d+)?$/ : /^-?\d+(,\d+)?$/
  if (!form.test(value)) return { rule: `must be a number; its decimal sign is "${decimal}"` }
  return { value: Number(value.replace(',', '.')) }
}

function joint({ field }: Column): string {
  return field.type === 'text' && field.long ? '\n' : ' '
}

function keptText({ name, rule }: Column, cell: Cell): string {
  return `${rule.label ?? name}: ${textOfCell(cell).trim()}`
}

interface Tree {
  [key: string]: unknown
}

function place(tree: Tree, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const inner = (tree[key] as Tree | undefined) ?? ((/^\d+$/.test(rest[0] ?? '') ? [] : {}) as Tree)
  tree[key] = inner
  place(inner, rest, value)
}

/** Lists without the positions that no cell filled. */
function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutGaps)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutGaps(inner)]))
}

import { z } from 'zod'
import { dateForms } from './date-forms.ts'
import { fieldAt, fieldPattern, type ImportTarget, noField } from './fields.ts'
import { ImportError } from './import-error.ts'

const text = z.string().min(1).max(300)
const name = z.string().min(1).max(1000).describe('Name of a column, as in row 1')

const source = z
  .strictObject({
    sheet: text.describe('Sheet of a workbook; the first by default').exactOptional(),
    encoding: text
      .describe('Encoding of a CSV file (https://encoding.spec.whatwg.org): utf-8 by default')
      .exactOptional(),
    delimiter: z
      .string()
      .length(1)
      .describe('What separates the cells of a CSV file: a comma by default')
      .exactOptional(),
    decimal: z.enum(['.', ',']).describe('Decimal sign of numbers written as text: a point by default').exactOptional(),
    dateSystem: z
      .enum(['excel-1900', 'excel-1904'])
      .describe('How counts of days are read, if not as the workbook itself says (CSV: excel-1900)')
      .exactOptional(),
  })
  .describe('How the file is written')

const columnRule = (field: z.ZodType<string>) =>
  z.strictObject({
    field,
    values: z
      .record(z.string(), z.union([z.string().min(1).max(8000), z.null()]))
      .describe(
        'What a cell stands for: its text (without white space around it, capitals and small letters alike) to what is taken instead; null leaves it out. A vocabulary takes no other texts than these and its own words.',
      )
      .exactOptional(),
    dates: z
      .array(z.enum(dateForms))
      .min(1)
      .describe(
        'Forms of dates written as text or number, tried in order, besides ISO 8601, which is always read. What the sheet itself shows as a date needs none.',
      )
      .exactOptional(),
    earliest: z.iso.date().describe('Earliest date that makes sense').exactOptional(),
    latest: z.iso.date().describe('Latest date that makes sense').exactOptional(),
    unfit: z
      .enum(['refuse', 'keep'])
      .describe(
        'What to do with a cell that does not fit: refuse its row (default), or keep its text: of a date as recorded, of anything else in the notes or remarks',
      )
      .exactOptional(),
    label: text.describe('Written before the text, where several columns share one field').exactOptional(),
  })

function mappingOf<T extends ImportTarget>(target: T) {
  const field = z
    .string()
    .regex(fieldPattern(target), { error: ({ input }) => noField(target, String(input)) })
    .describe('Path of a field, such as names.0.given; numbers count the items of a list from 0')
  return z.strictObject({
    $schema: z.string().exactOptional(),
    v: z.literal(1),
    target: z.literal(target),
    source: source.exactOptional(),
    columns: z
      .record(name, z.union([field, columnRule(field)]))
      .describe(
        'Each column and the field it fills. Columns that share a text field are joined, in the order given here.',
      ),
    ignore: z.array(name).describe('Columns that are left out on purpose').exactOptional(),
    unmapped: z.array(name).describe('Columns still to be decided on: left out, and reported').exactOptional(),
    constants: z
      .partialRecord(field, z.union([z.string().min(1).max(8000), z.number()]))
      .describe('Fields that have the same value in every row, unless a cell says otherwise; dates in EDTF')
      .exactOptional(),
    blanks: z.array(text).describe('Texts that mean an empty cell, such as "-"').exactOptional(),
    identified: z
      .strictObject({
        columns: z.array(name).min(1),
        placeholders: z
          .strictObject({
            begins: z.array(text).describe('Texts with which a placeholder begins').exactOptional(),
            equals: z.array(text).describe('Texts that are placeholders').exactOptional(),
          })
          .exactOptional(),
      })
      .describe(
        'When a row is sufficiently identified: each of these columns holds a letter and no placeholder. Compared without white space around it, capitals and small letters alike.',
      )
      .exactOptional(),
    rowKey: z
      .array(name)
      .min(1)
      .describe('Columns by which a row is recognised when the file is imported again; all columns by default')
      .exactOptional(),
    advice: z.array(z.string()).describe('What a draft tells its reader; not looked at').exactOptional(),
  })
}

/** Schema of a mapping file: how the rows of a table become case files or burial places. */
export const mappingSchema = z
  .discriminatedUnion('target', [mappingOf('cases'), mappingOf('sites')])
  .superRefine((mapping, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const filled = new Set<string>()
    for (const [column, rule] of rulesOf(mapping)) {
      const at = ['columns', column]
      const field = fieldAt(mapping.target, rule.field)
      if (!field) continue
      if (filled.has(rule.field) && field.type !== 'text') issue(at, `must not fill ${rule.field} a second time`)
      filled.add(rule.field)
      if (mapping.ignore?.includes(column)) issue(at, 'must not be ignored as well')
      if (field.type === 'vocabulary') {
        for (const [value, word] of Object.entries(rule.values ?? {}))
          if (word !== null && !field.words.includes(word))
            issue([...at, 'values', value], `must be one of ${field.words.join(', ')}, or null`)
      }
      if (field.type !== 'date')
        for (const member of ['dates', 'earliest', 'latest'] as const)
          if (rule[member] !== undefined) issue([...at, member], 'is for dates only')
      if (field.type !== 'text' && rule.label !== undefined) issue([...at, 'label'], 'is for texts only')
    }
    for (const [path, value] of Object.entries(mapping.constants ?? {})) {
      const field = fieldAt(mapping.target, path)
      if (field && (typeof value === 'number') !== (field.type === 'number'))
        issue(['constants', path], field.type === 'number' ? 'must be a number' : 'must be a text')
    }
  })
  .meta({ id: 'importMapping', title: 'How the rows of a table become case files or burial places' })

/** How the rows of a table become case files or burial places. */
export type Mapping = z.infer<typeof mappingSchema>
/** How one column is read. */
export interface ColumnRule {
  readonly field: string
  readonly values?: Readonly<Record<string, string | null>>
  readonly dates?: readonly (typeof dateForms)[number][]
  readonly earliest?: string
  readonly latest?: string
  readonly unfit?: 'refuse' | 'keep'
  readonly label?: string
}

/** The columns of a mapping with their rules, in order. */
export function rulesOf(mapping: Pick<Mapping, 'columns'>): [string, ColumnRule][] {
  return Object.entries(mapping.columns).map(([column, rule]) => [
    column,
    typeof rule === 'string' ? { field: rule } : rule,
  ])
}

/**
 * Reads a mapping file.
 *
 * @param json the text of the file, or what it parses to
 * @throws {ImportError} `import/mapping` naming every member that does not fit
 */
export function readMapping(json: unknown): Mapping {
  const result = mappingSchema.safeParse(typeof json === 'string' ? parsed(json) : json)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => {
    const at = issue.path.map(String).join(' / ') || 'the mapping'
    const rule = issue.code === 'unrecognized_keys' ? `has no member ${issue.keys.join(', ')}` : messageOf(issue)
    return `${at}: ${rule}`
  })
  throw new ImportError('import/mapping', `the mapping does not fit its schema: ${faults.join('; ')}`)
}

/** A union that fits in no way is explained by the alternative that came nearest: the last one, which has members. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message
  const nearest = issue.errors.at(-1) ?? []
  const first = issue.errors[0]
  const told = nearest.every((e) => e.code === 'invalid_type' && e.path.length === 0) ? (first ?? nearest) : nearest
  return told.map((e) => [...e.path.map(String), e.message].join(': ')).join(', ') || issue.message
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new ImportError('import/mapping', 'the mapping is not JSON', { cause })
  }
}

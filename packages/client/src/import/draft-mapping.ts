import { type Cell, textOfCell } from './cell.ts'
import { type DateForm, readDate } from './date-forms.ts'
import { detectSource } from './detect-source.ts'
import { type FieldType, fieldAt, type ImportTarget } from './fields.ts'
import { fold } from './fold.ts'
import { guessFields, guessWords, placeholderStems } from './header-words.ts'
import { type ColumnRule, type Mapping, readMapping } from './mapping.ts'
import { openTable } from './read-table.ts'

const sampleSize = 1000
const mostWords = 20

/**
 * Drafts a mapping from the names of the columns, in Spanish, English, Russian, Azerbaijani, Armenian or French, and from the rows.
 *
 * It is a guess for an officer to correct: columns without a likely field stand under `unmapped`, and what must be looked at stands in words under
 * `advice`, including the texts of small vocabularies that still need a meaning.
 *
 * @throws {ImportError} if the table cannot be read
 */
export async function draftMapping(file: Blob, target: ImportTarget, sheet?: string): Promise<Mapping> {
  const source = { ...(await detectSource(file)), ...(sheet !== undefined && { sheet }) }
  const table = await openTable(file, source)
  const samples = table.header.map((): Sample => ({ cells: [], texts: new Set() }))
  for await (const { cells } of table.rows()) for (const [i, cell] of cells.entries()) look(samples[i], cell)

  const columns: Record<string, string | ColumnRule> = {}
  const unmapped: string[] = []
  const advice: string[] = []
  const fieldToColumn = new Map<string, string>()
  table.header.forEach((name, i) => {
    const field = guessFields(target, name).find((path) => !fieldToColumn.has(path) && fieldAt(target, path))
    const type = field === undefined ? undefined : fieldAt(target, field)
    if (field === undefined || !type) {
      unmapped.push(name)
      return
    }
    fieldToColumn.set(field, name)
    const drafted = draftRule(field, type, samples[i] ?? { cells: [], texts: new Set<string>() })
    columns[name] = drafted.rule
    if (drafted.advice !== undefined) advice.push(`${name}: ${drafted.advice}`)
  })
  if (unmapped.length > 0)
    advice.push('Decide on each column under "unmapped": give it a field under "columns", or move it to "ignore".')

  const nameColumns = ['names.0.full', 'names.0.given', 'names.0.family'].flatMap((f) => fieldToColumn.get(f) ?? [])
  const keyColumn = fieldToColumn.get(target === 'cases' ? 'fileNumber' : 'registerNumber')
  const keyCells = keyColumn === undefined ? [] : (samples[table.header.indexOf(keyColumn)]?.cells ?? [])
  const isKey = keyCells.length > 0 && new Set(keyCells.map(textOfCell)).size > 0.9 * keyCells.length
  if (target === 'cases' && nameColumns.length === 0)
    advice.push('No column looks like a name: map at least one to names.0.full, names.0.given or names.0.family.')
  return readMapping({
    v: 1,
    target,
    ...(Object.keys(source).length > 0 && { source }),
    columns,
    ...(unmapped.length > 0 && { unmapped }),
    ...(target === 'cases' &&
      nameColumns.length > 0 && {
        identified: { columns: nameColumns, placeholders: { begins: [...placeholderStems] } },
      }),
    ...(isKey && { rowKey: [keyColumn] }),
    ...(advice.length > 0 && { advice }),
  })
}

/** What was seen of a column: its first cells that are not empty, and its first different texts in the whole table. */
interface Sample {
  readonly cells: Cell[]
  readonly texts: Set<string>
}

function look(sample: Sample | undefined, cell: Cell): void {
  const text = textOfCell(cell).trim()
  if (!sample || text === '') return
  if (sample.cells.length < sampleSize) sample.cells.push(cell)
  if (sample.texts.size < sampleSize) sample.texts.add(text)
}

function draftRule(field: string, type: FieldType, sample: Sample): { rule: string | ColumnRule; advice?: string } {
  if (type.type === 'vocabulary') return draftVocabulary(field, type.words, sample.texts)
  if (type.type === 'date') return draftDate(field, sample.cells)
  return { rule: field }
}

function draftVocabulary(field: string, words: readonly string[], seen: ReadonlySet<string>) {
  const texts = [...new Map([...seen].map((text) => [fold(text), text])).values()]
  const guessed = guessWords(field, texts)
  const open = texts.filter((text) => !guessed.has(text) && !words.includes(fold(text)))
  const values = Object.fromEntries(guessed)
  const rule = Object.keys(values).length > 0 ? { field, values } : field
  if (open.length === 0) return { rule }
  const listed = open.slice(0, mostWords).map((text) => JSON.stringify(text))
  const more = open.length > mostWords ? ` and ${open.length - mostWords} more` : ''
  return {
    rule,
    advice: `say under "values" what ${listed.join(', ')}${more} stand for: ${words.join(', ')}, or null for nothing`,
  }
}

const textForms: readonly DateForm[] = ['day-month-year', 'month-day-year', 'year-month-day', 'year', 'edtf']

/** The fewest forms that read the sample. Where day and month cannot be told apart, the day is taken first, and the officer is told. */
function draftDate(field: string, sample: readonly Cell[]): { rule: string | ColumnRule; advice?: string } {
  const reads = (cell: Cell, forms: readonly DateForm[]) => 'date' in readDate(cell, { forms })
  const needing = sample.filter((cell) => !reads(cell, []))
  if (needing.length === 0) return { rule: field }
  const readBy = (form: DateForm) => needing.filter((cell) => reads(cell, [form])).length
  const best = textForms.reduce((a, b) => (readBy(b) > readBy(a) ? b : a))
  const forms: DateForm[] = readBy(best) > 0 ? [best] : []
  const rest = needing.filter((cell) => !reads(cell, forms))
  const next = textForms.find(
    (form) => form !== 'month-day-year' && rest.length > 0 && rest.every((c) => reads(c, [form])),
  )
  if (next) forms.push(next)
  const unread = next ? 0 : rest.length
  const dayOrMonth =
    best === 'day-month-year' && forms.length > 0 && readBy('month-day-year') === readBy(best)
      ? 'check whether the day or the month stands first'
      : undefined
  const notes = [
    dayOrMonth,
    unread > 0
      ? `${unread} of ${sample.length} dates looked at do not fit: add forms under "dates", or set "unfit" to "keep" to keep them as recorded`
      : undefined,
  ].filter((note) => note !== undefined)
  const rule = forms.length > 0 ? { field, dates: forms } : field
  return notes.length > 0 ? { rule, advice: notes.join('; ') } : { rule }
}

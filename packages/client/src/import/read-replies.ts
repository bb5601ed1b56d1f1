import { dispositions, kinds, type PayloadOf, questions, type ReplyFile, replyFile } from '@tidings/statement'
import type { z } from 'zod'
import {
  finish,
  getOrAdd,
  type NamedRow,
  type Resolver,
  type RowFault,
  readRows,
  requestOf,
  type TableOfActs,
  word,
  wordForm,
} from './acts-table.ts'
import { ruleOf } from './issue-rule.ts'
import type { Table } from './table.ts'

/** One reply, out of all rows of its request. */
export interface ReplyAct {
  readonly request: string
  readonly rows: readonly number[]
  readonly answers: PayloadOf<'request.reply'>['body']['answers']
  /** What the answers tell; left out if all of them are interim and tell nothing. */
  readonly file?: ReplyFile
}

/** Columns of a table of replies: the first three must be there. */
export const replyColumns = [
  'request',
  'question',
  'disposition',
  'review',
  'estimate',
  'fate',
  'date',
  'place',
  'remains',
  'site',
  'register number',
  'documents',
  'text',
  'search sources',
  'search period',
  'search text',
  'ground',
  'note',
] as const

/**
 * Reads a table of replies: a row for each question that is answered. The rows of one request become one reply, wherever they stand; several rows of one
 * question add burial places and documents to one answer.
 *
 * | column | holds |
 * | --- | --- |
 * | `request` | id or reference of the request |
 * | `question`, `disposition` | a word of their vocabularies, e.g. `burial-place`, `none-found` |
 * | `review` | `YYYY-MM-DD`, with `given-in-part` and `not-now` |
 * | `estimate` | `YYYY-MM-DD`, with `interim` |
 * | `fate`, `remains`, `date` (EDTF), `place`, `documents`, `text` | what was found |
 * | `site`, `register number` | burial places that were disclosed: their ids, their numbers in our register, or both in the same order |
 * | `search sources`, `search period` (EDTF), `search text` | the search that was made |
 * | `ground` | why not now, a word of its vocabulary |
 * | `note` | anything more about the answer |
 *
 * `site`, `register number`, `documents` and `search sources` take several, separated by semicolons or lines.
 *
 * @throws {ImportError} `import/no-such-column`
 */
export async function readReplies(table: Table, resolver: Resolver = {}): Promise<TableOfActs<ReplyAct>> {
  const reading = await readRows(table, replyColumns, ['request', 'question', 'disposition'])
  const { faults } = reading
  const byRequest = new Map<string, { rows: number[]; answers: Map<string, DraftAnswer> }>()
  for (const row of reading.rows) {
    const request = requestOf(row, resolver, faults)
    const answer = readAnswer(row, resolver, faults)
    if (request === undefined) continue
    const act = getOrAdd(byRequest, request, () => ({ rows: [], answers: new Map() }))
    act.rows.push(row.row)
    const before = act.answers.get(answer.question)
    if (before) add(before, answer, faults)
    else act.answers.set(answer.question, answer)
  }
  // A word outside its vocabulary has been named before the schemas name it again.
  const named = new Set(faults.map(cellOf))
  const note = (found: readonly RowFault[]) => {
    for (const fault of found) if (!named.has(cellOf(fault))) faults.push(fault)
  }
  const acts = [...byRequest].map(([request, { rows, answers }]): ReplyAct => {
    const all = [...answers.values()]
    const told = all.filter((answer) => Object.keys(answer.told).length > 0)
    const file = { answers: told.map(({ question, told }) => ({ question, ...told })) }
    const body = { answers: all.map(({ question, disposition, date }) => ({ question, disposition, ...date })) }
    note(faultsOf(kinds['request.reply'].body, body, all, (path) => path.at(-1) ?? ''))
    if (told.length > 0) note(faultsOf(replyFile.schema, file, told, columnOfFinding))
    note(all.flatMap(missingContent))
    return {
      request,
      rows,
      answers: body.answers as ReplyAct['answers'],
      ...(told.length > 0 && { file: file as ReplyFile }),
    }
  })
  return finish(acts, reading)
}

/** What the content must tell for each disposition, and the column where it is missing. */
const needed: Readonly<Record<string, readonly [member: keyof Told, column: string, rule: string]>> = {
  given: ['finding', '', 'must tell what was found'],
  'given-in-part': ['finding', '', 'must tell what was found'],
  'none-found': ['search', 'search text', 'must describe the search that was made'],
  'not-now': ['ground', 'ground', 'must give a ground'],
}

function missingContent({ row, disposition, told }: DraftAnswer): RowFault[] {
  const need = needed[disposition]
  return need && told[need[0]] === undefined ? [{ row, column: need[1], rule: need[2] }] : []
}

/** An answer as its rows tell it; what is at fault is left for the schemas to find. */
interface DraftAnswer {
  readonly row: number
  readonly source: NamedRow
  readonly question: string
  readonly disposition: string
  readonly date: { review?: string; estimate?: string }
  readonly told: Told
}

interface Told {
  finding?: {
    burialPlaces?: { site: string; registerNumber?: string }[]
    documents?: string[]
    [member: string]: unknown
  }
  search?: Record<string, unknown>
  ground?: string
  text?: string
}

function readAnswer(row: NamedRow, resolver: Resolver, faults: RowFault[]): DraftAnswer {
  const filled = (members: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(members).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)),
    )
  const date = (column: string) => (row.text(column) === '' ? '' : { edtf: row.text(column) })
  const finding = filled({
    fate: wordForm(row.text('fate')),
    date: date('date'),
    place: row.text('place') === '' ? '' : { verbatim: row.text('place') },
    remains: wordForm(row.text('remains')),
    burialPlaces: readSites(row, resolver, faults),
    documents: listOf(row.text('documents')),
    text: row.text('text'),
  })
  const search = filled({
    sources: listOf(row.text('search sources')),
    period: date('search period'),
    text: row.text('search text'),
  })
  return {
    row: row.row,
    source: row,
    question: word(row, 'question', questions, faults) ?? '',
    disposition: word(row, 'disposition', dispositions, faults) ?? '',
    date: filled({ review: row.text('review'), estimate: row.text('estimate') }),
    told: filled({
      finding: Object.keys(finding).length > 0 ? finding : '',
      search: Object.keys(search).length > 0 ? search : '',
      ground: wordForm(row.text('ground')),
      text: row.text('note'),
    }),
  }
}

// Stands for a burial place that was not found: its fault is named, and the act is left out.
const unknownSite = '00000000-0000-7000-8000-000000000000'

function readSites(row: NamedRow, resolver: Resolver, faults: RowFault[]) {
  const sites = listOf(row.text('site'))
  const numbers = listOf(row.text('register number'))
  if (sites.length > 0 && numbers.length > 0 && sites.length !== numbers.length) {
    faults.push({
      row: row.row,
      column: 'register number',
      rule: 'must hold as many as the column site, in the same order',
    })
    return []
  }
  return Array.from({ length: Math.max(sites.length, numbers.length) }, (_, i) => {
    const registerNumber = numbers[i]
    const site = sites[i]?.toLowerCase() ?? (registerNumber === undefined ? undefined : resolver.site?.(registerNumber))
    if (site === undefined)
      faults.push({
        row: row.row,
        column: 'register number',
        rule: 'must be the register number of a burial place known here',
      })
    return { site: site ?? unknownSite, ...(registerNumber !== undefined && { registerNumber }) }
  })
}

// A further row of a question adds to these; what it says in the others must be what the first one says.
const addingColumns = ['request', 'question', 'site', 'register number', 'documents']

/** Adds a further row of a question: its burial places and documents. */
function add(before: DraftAnswer, more: DraftAnswer, faults: RowFault[]): void {
  for (const column of replyColumns) {
    const text = more.source.text(column)
    if (addingColumns.includes(column) || text === '' || text === before.source.text(column)) continue
    const rule = `must be empty, or as in row ${before.row}, which answers the same question: a further row adds burial places and documents only`
    faults.push({ row: more.row, column, rule })
  }
  const places = [...(before.told.finding?.burialPlaces ?? []), ...(more.told.finding?.burialPlaces ?? [])]
  const documents = [...(before.told.finding?.documents ?? []), ...(more.told.finding?.documents ?? [])]
  if (places.length + documents.length === 0) return
  before.told.finding = {
    ...before.told.finding,
    ...(places.length > 0 && { burialPlaces: [...new Map(places.map((place) => [place.site, place])).values()] }),
    ...(documents.length > 0 && { documents: [...new Set(documents)] }),
  }
}

function listOf(text: string): string[] {
  return text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function cellOf({ row, column }: RowFault): string {
  return `${row} ${column}`
}

/** What a schema finds at fault, and in which row and column. */
function faultsOf(
  schema: z.ZodType,
  value: unknown,
  answers: readonly DraftAnswer[],
  columnOf: (path: readonly string[]) => string,
): RowFault[] {
  const issues = schema.safeParse(value).error?.issues ?? []
  return issues.flatMap((issue) => {
    const path = issue.path.map(String)
    const row = answers[Number(path[1])]?.row ?? answers[0]?.row ?? 0
    if (issue.code !== 'unrecognized_keys') return [{ row, column: columnOf(path), rule: ruleOf(issue) }]
    return issue.keys.map((key) => ({
      row,
      column: columnOf([...path, key]),
      rule: 'must be empty with this disposition',
    }))
  })
}

const columnsOfFinding: Readonly<Record<string, string>> = {
  'finding/burialPlaces': 'site',
  'finding/date': 'date',
  'finding/place': 'place',
  'search/sources': 'search sources',
  'search/period': 'search period',
  'search/text': 'search text',
  text: 'note',
}

function columnOfFinding(path: readonly string[]): string {
  const [, , part = '', member = ''] = path
  return columnsOfFinding[`${part}/${member}`] ?? columnsOfFinding[part] ?? (part === 'finding' ? member : part)
}

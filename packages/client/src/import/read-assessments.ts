import { type Assessment, assessments, type Question, questions } from '@tidings/statement'
import { finish, getOrAdd, type Resolver, readRows, requestOf, type TableOfActs, word } from './acts-table.ts'
import type { Table } from './table.ts'

/** One assessment, out of all rows of its request. */
export interface AssessAct {
  readonly request: string
  readonly rows: readonly number[]
  readonly assessments: { question: Question; assessment: Assessment }[]
  readonly note?: string
}

/** Columns of a table of assessments: the first three must be there. */
export const assessColumns = ['request', 'question', 'assessment', 'note'] as const

/**
 * Reads a table of assessments, one row for each question: `request` (id or reference), `question`, `assessment` (`accepted`, `accepted-with-reservation`,
 * `insufficient`, `disputed`) and, if something is to be said, `note`. The rows of one request become one assessment.
 *
 * @throws {ImportError} `import/no-such-column`
 */
export async function readAssessments(table: Table, resolver: Resolver = {}): Promise<TableOfActs<AssessAct>> {
  const reading = await readRows(table, assessColumns, ['request', 'question', 'assessment'])
  const { faults } = reading
  const byRequest = new Map<string, { rows: number[]; assessments: AssessAct['assessments']; notes: string[] }>()
  for (const row of reading.rows) {
    const request = requestOf(row, resolver, faults)
    const question = word(row, 'question', questions, faults)
    const assessment = word(row, 'assessment', assessments, faults)
    if (request === undefined) continue
    const act = getOrAdd(byRequest, request, () => ({ rows: [], assessments: [], notes: [] }))
    act.rows.push(row.row)
    const note = row.text('note')
    if (note !== '') act.notes.push(note)
    if (!question || !assessment) continue
    if (act.assessments.some((earlier) => earlier.question === question))
      faults.push({ row: row.row, column: 'question', rule: 'must be assessed once: an earlier row assesses it too' })
    act.assessments.push({ question, assessment })
  }
  const acts = [...byRequest].map(([request, { rows, assessments, notes }]): AssessAct => {
    // A note given beside each question is often the same one.
    const note = [...new Set(notes)].join('\n')
    return { request, rows, assessments, ...(note !== '' && { note }) }
  })
  return finish(acts, reading)
}

import { idOf, inOrder, type Resolver, readRows, requestOf, type TableOfActs } from './acts-table.ts'
import { ImportError } from './import-error.ts'
import type { Table } from './table.ts'

/** One acknowledgement. */
export interface AcknowledgeAct {
  readonly row: number
  readonly of: 'request' | 'disclosure'
  readonly id: string
}

/** Columns of a table of acknowledgements: one of them must be there. */
export const acknowledgeColumns = ['request', 'disclosure'] as const

/**
 * Reads a table of acknowledgements: each row names a `request` (id or reference) or a `disclosure` (id).
 *
 * @throws {ImportError} `import/no-such-column`
 */
export async function readAcknowledgements(
  table: Table,
  resolver: Resolver = {},
): Promise<TableOfActs<AcknowledgeAct>> {
  const reading = await readRows(table, acknowledgeColumns, [])
  const { faults } = reading
  if (reading.ignored.length === table.header.length)
    throw new ImportError('import/no-such-column', 'the table must have a column "request" or "disclosure"')
  const acts: AcknowledgeAct[] = []
  const named = new Map<string, number>()
  for (const row of reading.rows) {
    const of = row.text('disclosure') === '' ? 'request' : 'disclosure'
    if (of === 'disclosure' && row.text('request') !== '') {
      faults.push({ row: row.row, column: 'disclosure', rule: 'must be empty where a request is named' })
      continue
    }
    const id =
      of === 'request'
        ? requestOf(row, resolver, faults)
        : idOf(row, 'disclosure', undefined, 'must be the id of a disclosure', faults)
    if (id === undefined) continue
    const earlier = named.get(id)
    if (earlier !== undefined)
      faults.push({ row: row.row, column: of, rule: `must be named once: row ${earlier} names it too` })
    else {
      named.set(id, row.row)
      acts.push({ row: row.row, of, id })
    }
  }
  return { acts, faults: inOrder(faults), ignored: reading.ignored }
}

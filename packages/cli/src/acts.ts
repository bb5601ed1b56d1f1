import {
  detectSource,
  openTable,
  type Resolver,
  type RowFault,
  type Table,
  type TableOfActs,
} from '@tidings/client/import'
import { type BurialPlace, burialPlace } from '@tidings/statement'
import { usageError } from './command-error.ts'
import { concurrently } from './concurrently.ts'
import { contentOf } from './contents.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { openNamed } from './named-file.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'

/** Opens a table of acts: CSV, XLSX or XLSM. */
export async function openActs(file: string): Promise<Table> {
  const blob = await openNamed(file, '--table')
  return await openTable(blob, await detectSource(blob))
}

/** A table of one row, by the names of its columns: what options say is read as what a row says. */
export function oneRow(cells: Readonly<Record<string, string>>): Table {
  return {
    format: 'csv',
    header: Object.keys(cells),
    async *rows() {
      yield { row: 1, cells: Object.values(cells) }
    },
    progress: () => ({ bytesRead: 1, bytesTotal: 1 }),
  }
}

const mostTold = 20

/**
 * Tells what is wrong in a table, row by row.
 *
 * @returns how many acts are left out
 */
export function tellFaults({ stderr, ...output }: Output, { faults, ignored }: TableOfActs<unknown>): number {
  if (ignored.length > 0) output.message(`Columns that mean nothing here: ${ignored.join(', ')}.`)
  for (const fault of faults.slice(0, mostTold)) output.message(`Row ${fault.row}: ${faultText(fault)}`)
  if (faults.length > mostTold) output.message(`And ${faults.length - mostTold} more.`)
  return new Set(faults.map(({ row }) => row)).size
}

/** How a command ends that has left out acts of a table: what remains was done, and a script has to learn that it was not all. */
export function codeOfLeftOut(leftOut: number): ExitCode | undefined {
  return leftOut > 0 ? exitCodes.conflict : undefined
}

/** Refuses what options say, by the first fault. */
export function refuseFaults([fault]: readonly RowFault[]): void {
  if (fault) throw usageError(`${fault.column === '' ? '' : `--${fault.column.replaceAll(' ', '-')} `}${fault.rule}.`)
}

function faultText({ column, rule }: RowFault): string {
  return column === '' ? rule : `${column}: ${rule}`
}

/** What references mean: every request on this side; every request that this party may see unless told. */
export async function requestResolver(
  { connection }: Session,
  side?: 'asker' | 'addressee',
): Promise<NonNullable<Resolver['request']>> {
  const requests = new Map<string, string>()
  for await (const { reference, id } of connection.read.requests({ side })) requests.set(reference, id)
  return (reference) => requests.get(reference)
}

/** What register numbers mean: every burial place in the register of this party. */
export async function siteResolver(session: Session): Promise<NonNullable<Resolver['site']>> {
  const sites = new Map<string, string>()
  const places = concurrently(session.connection.read.sites(), 16, async (entry) => ({
    id: entry.id,
    isOwn: entry.party === session.party && entry.content.mediaType === burialPlace.mediaType,
    place: (await contentOf(session, entry.latest.statement, entry.content)) as BurialPlace,
  }))
  for await (const { id, isOwn, place } of places) {
    const number = place.properties.registerNumber
    if (isOwn && number !== undefined) sites.set(number, id)
  }
  return (number) => sites.get(number)
}

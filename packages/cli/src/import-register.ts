import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { minimumLacksOfCase, type Planned, register } from '@tidings/client'
import {
  draftMapping,
  type Import,
  type ImportTarget,
  importRows,
  type Mapping,
  openTable,
  type RowContent,
  type RowOutcome,
  readMapping,
  refusedTable,
  type Table,
} from '@tidings/client/import'
import { type Ledger, openLedger } from '@tidings/client/ledger'
import type { BurialPlace, PersonFile } from '@tidings/statement'
import type { Command } from 'commander'
import { submitAll, tellBulk } from './bulk.ts'
import { type CommonOptions, type Context, examples } from './command.ts'
import { usageError } from './command-error.ts'
import { earlierRows } from './earlier-rows.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { adviseOfMany, lacksOfMany, minimumIn } from './minimum-advice.ts'
import { openNamed, readNamedJson, unusableFile } from './named-file.ts'
import { showProgress } from './progress.ts'

/** Options of an import. */
export interface ImportOptions extends CommonOptions {
  readonly mapping?: string
  readonly draftMapping?: boolean
  readonly sheet?: string
  readonly dryRun?: boolean
  readonly refused?: string
  readonly minimum?: boolean
  readonly update?: boolean
}

/** Declares the options of an import. */
export function declareImport(command: Command, target: ImportTarget): void {
  command
    .option('--mapping <file>', 'which column fills which field')
    .option('--draft-mapping', 'print a mapping drafted from the table, to be corrected')
    .option('--sheet <name>', 'sheet of a workbook, for --draft-mapping')
    .option('--dry-run', 'tell what would come of each row; send nothing')
    .option('--refused <file>', 'write the refused rows to a table that can be corrected and imported again')
    .option('--update', 'state anew what is there already but differs from its row; the latest stands')
  if (target === 'cases')
    command.option('--minimum', 'with --dry-run: tell too what requests about them would lack of the agreed minimum')
  examples(
    command,
    `tidings import ${target} register.xlsx --draft-mapping > mapping.json`,
    `tidings import ${target} register.xlsx --mapping mapping.json --dry-run`,
    `tidings import ${target} register.xlsx --mapping mapping.json --refused refused.csv`,
  )
}

interface Counts {
  rows: number
  repeated: number
  refusedRows: number
}

/** The rows that are there already and say something else now. */
interface Changes {
  readonly rows: number[]
  /** Whether they are stated anew. */
  readonly isUpdate: boolean
}

/** Imports a register: every row ends as submitted, already there (as it is or otherwise), repeated, or refused with row, column and rule. */
export async function importRegister(
  context: Context,
  target: ImportTarget,
  file: string,
  options: ImportOptions,
): Promise<number | undefined> {
  const blob = await openNamed(file)
  if (options.draftMapping) {
    const drafted = await draftMapping(blob, target, options.sheet)
    // A mapping is a file to be edited: it is written as one, also with --json.
    process.stdout.write(`${JSON.stringify(drafted, null, 2)}\n`)
    if (drafted.advice)
      context.output.message(`Look at this before you use it:\n${drafted.advice.map((a) => `  ${a}`).join('\n')}`)
    context.output.next(`tidings import ${target} ${file} --mapping MAPPING --dry-run`)
    return undefined
  }
  const mapping = await mappingOf(options, target)
  const imported = await openTable(blob, mapping.source)
  const rows = importRows(imported, mapping)
  if (rows.unmapped.length > 0)
    context.output.message(`Left out, for the mapping neither maps nor ignores them: ${rows.unmapped.join(', ')}.`)
  await using refusals = await openRefused(options.refused, imported, mapping)
  const counts: Counts = { rows: 0, repeated: 0, refusedRows: 0 }
  const ready = readyRows(context, rows, counts, refusals)
  if (target === 'cases' && (!options.dryRun || options.minimum)) await adviseOnCases(context, rows)
  if (options.dryRun) return await dryRun(context, target, ready, counts, options)
  const session = await context.session()
  const changes: Changes = { rows: [], isUpdate: options.update === true }
  const result = await submitAll(context, session, {
    batch: batchOf(target),
    what: target === 'cases' ? 'case files' : 'burial places',
    planned: plannedRows(target, ready, session.ledger, changes),
    total: () => estimated(imported, counts.rows),
  })
  const code =
    tellBulk(
      context,
      target === 'cases' ? 'case files' : 'burial places',
      result,
      { ...counts, [changes.isUpdate ? 'updated' : 'differing']: changes.rows.length },
      rowsOf(changes),
    ) ?? tellChanges(context, changes)
  if (counts.refusedRows > 0 && options.refused !== undefined) {
    context.output.message(
      `The refused rows are in ${options.refused}: correct them there and import that file with the same mapping.`,
    )
  }
  if (code === undefined)
    context.output.next(target === 'cases' ? 'tidings list publish' : 'tidings disclose --all --to PARTY')
  return code
}

/** From how much of the file has been read: a table does not say how many rows it has. */
function estimated(table: Table, rows: number): number | undefined {
  const { bytesRead, bytesTotal } = table.progress()
  return bytesRead === 0 ? undefined : Math.max(rows, Math.round((rows * bytesTotal) / bytesRead))
}

async function mappingOf({ mapping: file }: ImportOptions, target: ImportTarget): Promise<Mapping> {
  if (file === undefined) {
    throw usageError(`A mapping is needed: --mapping FILE. "tidings import ${target} FILE --draft-mapping" drafts one.`)
  }
  const json = await readNamedJson(file, '--mapping')
  const mapping = readMapping(json)
  if (mapping.target !== target) throw usageError(`The mapping ${file} is for ${mapping.target}, not for ${target}.`)
  return mapping
}

/** Tells, before anything is signed, how many case files lack what the agreed minimum asks of requests about them. */
async function adviseOnCases(context: Context, rows: Import): Promise<void> {
  const session = await context.session()
  if (session.configuration.mechanism === undefined) return
  const agreed = minimumIn(await session.mechanism())
  if (!agreed) return
  const lacks = lacksOfMany()
  for await (const row of rows.outcomes()) {
    if (row.outcome === 'ready') lacks.add(minimumLacksOfCase(agreed, row.content as PersonFile))
  }
  adviseOfMany(context.output, lacks, 'case files')
}

type Ready = Extract<RowOutcome, { outcome: 'ready' }>

/** The rows that are ready; the others are counted, told and written. */
async function* readyRows(
  { output }: Context,
  rows: Import,
  counts: Counts,
  refusals: { write(row: Extract<RowOutcome, { outcome: 'refused' }>): Promise<void> } | undefined,
): AsyncGenerator<Ready> {
  let told = 0
  for await (const outcome of rows.outcomes()) {
    counts.rows++
    if (outcome.outcome === 'ready') yield outcome
    else if (outcome.outcome === 'repeated') counts.repeated++
    else {
      counts.refusedRows++
      await refusals?.write(outcome)
      if (!refusals && told++ < mostTold) {
        const [fault] = outcome.faults
        output.message(`Row ${outcome.row}: ${fault?.column ? `${fault.column}: ` : ''}${fault?.rule ?? ''}`)
        if (told === mostTold) output.message('Further refused rows are not listed: --refused FILE writes all of them.')
      }
    }
  }
}

const mostTold = 10

async function* plannedRows(
  target: ImportTarget,
  rows: AsyncIterable<Ready>,
  ledger: Ledger,
  changes: Changes,
): AsyncGenerator<Planned> {
  const earlier = earlierRows(ledger, batchOf(target))
  for await (const { row, key, content } of rows) {
    const unsigned = unsignedOf(target, content)
    const before = earlier(key, unsigned)
    const isUpdated = before?.differs === true && changes.isUpdate
    if (before?.differs) changes.rows.push(row)
    if (!isUpdated || !before.isRecorded) yield { key, make: () => unsigned }
    // The key names what is replaced: a run that was stopped sends the same again, and a later change is another statement.
    if (isUpdated)
      yield { key: `${key} after ${before.statement}`, make: () => unsignedOf(target, content, before.thing) }
  }
}

const mostNamed = 20

function rowsOf({ rows, isUpdate }: Changes) {
  return { [isUpdate ? 'updatedRows' : 'differingRows']: rows }
}

/** Names the rows that are not stated anew; gives the exit code, since what they say now is not taken. */
function tellChanges({ output }: Pick<Context, 'output'>, { rows, isUpdate }: Changes): ExitCode | undefined {
  if (isUpdate || rows.length === 0) return undefined
  const named = rows.slice(0, mostNamed).map((row) => `row ${row}`)
  if (rows.length > named.length) named.push(`and ${(rows.length - named.length).toLocaleString('en')} more`)
  const many = rows.length === 1 ? '1 row' : `${rows.length.toLocaleString('en')} rows`
  output.message(
    `There already, but differs from what is recorded: ${many} (${named.join(', ')}). Nothing of what changed was taken: the same command with --update states these rows anew.`,
  )
  return exitCodes.conflict
}

function batchOf(target: ImportTarget): string {
  return `import ${target}`
}

function unsignedOf(target: ImportTarget, content: RowContent, id?: string) {
  const options = id === undefined ? {} : { id }
  return target === 'cases'
    ? register.describeCase(content as PersonFile, options)
    : register.describeSite(content as BurialPlace, options)
}

async function dryRun(
  { output, home }: Context,
  target: ImportTarget,
  rows: AsyncIterable<Ready>,
  counts: Counts,
  { refused, update }: ImportOptions,
): Promise<number | undefined> {
  // Without a home yet, nothing can be there already.
  using ledger = existsSync(home.ledgerFile) ? openLedger(home.ledgerFile) : undefined
  const earlier = ledger && earlierRows(ledger, batchOf(target))
  using progress = showProgress(output, 'rows')
  const changes: Changes = { rows: [], isUpdate: update === true }
  let wouldSubmit = 0
  let alreadyThere = 0
  for await (const { row, key, content } of rows) {
    const before = earlier?.(key, unsignedOf(target, content))
    if (before?.differs) changes.rows.push(row)
    if (!before) wouldSubmit++
    else if (!before.differs || !changes.isUpdate) alreadyThere++
    progress.at(counts.rows)
  }
  const changed = changes.rows.length
  const told = { [changes.isUpdate ? 'wouldUpdate' : 'differing']: changed, ...rowsOf(changes) }
  output.result({ dryRun: true, ...counts, wouldSubmit, alreadyThere, ...told }, () =>
    [
      `${counts.rows} rows`,
      `${wouldSubmit} would be submitted`,
      ...(changes.isUpdate ? [`${changed} would be stated anew`] : []),
      `${alreadyThere} are there already`,
      ...(changed > 0 && !changes.isUpdate ? [`${changed} of these differ`] : []),
      `${counts.repeated} repeat an earlier row`,
      `${counts.refusedRows} would be refused${refused === undefined ? '' : `; they are in ${refused}`}`,
    ].join('\n'),
  )
  const code = tellChanges({ output }, changes)
  if (code !== undefined) return code
  return wouldSubmit + changed === 0 ? exitCodes.nothingToDo : undefined
}

/** The table of refused rows, made when there is a first one. */
async function openRefused(file: string | undefined, table: Table, mapping: Mapping) {
  if (file === undefined) return undefined
  const lines = refusedTable(table.header, mapping)
  const handle = await open(file, 'w', 0o600).catch((error: unknown) => {
    throw unusableFile(file, error, 'written', '--refused')
  })
  await handle.writeFile(lines.head())
  return {
    write: async (row: Extract<RowOutcome, { outcome: 'refused' }>) => {
      await handle.writeFile(lines.row(row))
    },
    [Symbol.asyncDispose]: async () => await handle.close(),
  }
}

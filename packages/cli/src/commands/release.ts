import { drafts, type Planned } from '@tidings/client'
import { readStatement, type Statement, statementId } from '@tidings/statement'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { declareLimit, type ListOptions, listing } from '../listing.ts'
import { table } from '../output.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions, Pick<ListOptions, 'limit'> {
  readonly all?: boolean
  readonly draftedBy?: string
  readonly list?: boolean
}

export const release = defineCommand<Options>({
  declare(command) {
    command
      .option('--all', 'every draft that was made in this home and waits')
      .option('--drafted-by <label>', 'with --all or --list, only those of this officer')
      .option('--list', 'show the drafts of this home that wait; release nothing')
    declareLimit(command, 'drafts')
    examples(
      command,
      'tidings release --list',
      'tidings release Jq3v…',
      'tidings release --all --drafted-by officer-7 --as head-1',
    )
  },

  async run(context, [id], { all, draftedBy, list, limit }) {
    if ([id, all, list].filter((given) => given !== undefined).length !== 1)
      throw usageError('Name a draft, or --all, or --list.')
    if (limit !== undefined && !list) throw usageError('--limit goes with --list.')
    if (id !== undefined && !statementId.safeParse(id).success)
      throw usageError(`${id} is not the id of a draft: "tidings release --list" shows those that wait.`)
    const session = await context.session()
    if (list) return await listDrafts(context, session, { draftedBy, limit })
    if (id === undefined) {
      const result = await submitAll(context, session, {
        batch: 'releases',
        planned: plannedReleases(session, draftedBy),
        what: 'releases',
      })
      return tellBulk(context, 'releases', result) ?? (result.recorded === 0 ? exitCodes.nothingToDo : undefined)
    }
    const { read } = session.connection
    const view = await read.statement(id)
    if (view.verdict.verdict !== 'held') {
      throw new CommandError(`This is no draft that waits: its verdict is ${view.verdict.verdict}.`, exitCodes.conflict)
    }
    const receipt = await session.state(drafts.release(readStatement(view.statement)))
    const { verdict } = await read.statement(id, { after: receipt.leaf })
    const why = verdict.verdict === 'void' ? ` (${verdict.reason})` : ''
    tellRecorded(
      context.output,
      verdict.verdict === 'effective'
        ? `The draft is released: it counts from leaf ${receipt.leaf} on.`
        : `The release is recorded, and the draft is ${verdict.verdict}${why}.`,
      receipt,
      { draft: id },
    )
    return undefined
  },
})

/** Tells which drafts of this home wait, by whom they were drafted. */
async function listDrafts(
  context: Context,
  session: Session,
  { draftedBy, limit }: { readonly draftedBy: string | undefined; readonly limit: number | undefined },
) {
  const { output } = context
  const { keys } = await session.connection.read.party(session.party)
  const labels = new Map(keys.map(({ kid, label }) => [kid, label ?? '']))
  const list = listing(context, draftsHere(session, draftedBy), { limit }, '--limit')
  const rows = await Array.fromAsync(list.items, ({ id, kid, payload: { kind, about, iat } }) => ({
    statement: id,
    kind,
    about,
    draftedBy: labels.get(kid) ?? '',
    stated: iat,
  }))
  if (output.json) for (const row of rows) await output.item(row, () => '')
  else if (rows.length > 0)
    await output.item({}, () => table(['draft', 'kind', 'about', 'drafted by', 'stated'], rows.map(Object.values)))
  await list.tellMore()
  if (rows.length === 0) output.message('No draft of this home waits.')
  else output.next(`tidings release ${rows[0]?.statement}`, 'tidings release --all')
  return rows.length === 0 ? exitCodes.nothingToDo : undefined
}

async function* plannedReleases(session: Session, draftedBy: string | undefined): AsyncGenerator<Planned> {
  // All of them first: what is released is noted in the ledger that they are found in.
  for (const draft of await Array.fromAsync(draftsHere(session, draftedBy))) {
    yield { key: draft.id, make: () => drafts.release(draft) }
  }
}

/** The statements in the ledger that were made under draft keys and wait, as the service sees them. */
async function* draftsHere(
  { ledger, connection, party }: Session,
  draftedBy: string | undefined,
): AsyncGenerator<Statement> {
  const { keys } = await connection.read.party(party)
  const drafting = new Set(
    keys.filter(({ role, label }) => role === 'draft' && (draftedBy ?? label) === label).map(({ kid }) => kid),
  )
  const released = ledger.batch('releases')
  for (const { id, submission } of ledger.entries({ status: 'recorded' })) {
    const statement = readStatement(submission.statement)
    if (!drafting.has(statement.kid) || released.find([id]).size > 0) continue
    const { verdict } = await connection.read.statement(id)
    if (verdict.verdict === 'held') yield statement
  }
}

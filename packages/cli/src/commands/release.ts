import { drafts, type Planned } from '@tidings/client'
import { readStatement, type Statement } from '@tidings/statement'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly all?: boolean
  readonly draftedBy?: string
}

export const release = defineCommand<Options>({
  declare(command) {
    command
      .option('--all', 'every draft that was made in this home and waits')
      .option('--drafted-by <label>', 'with --all, only those of this officer')
    examples(command, 'tidings release Jq3v…', 'tidings release --all --drafted-by officer-7 --as head-1')
  },

  async run(context, [id], { all, draftedBy }) {
    if ((id === undefined) === (all !== true)) throw usageError('Name a draft, or --all.')
    const session = await context.session()
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

async function* plannedReleases(session: Session, draftedBy: string | undefined): AsyncGenerator<Planned> {
  for (const draft of await draftsHere(session, draftedBy)) {
    yield { key: draft.id, make: () => drafts.release(draft) }
  }
}

/** The statements in the ledger that were made under draft keys and wait, as the service sees them. */
async function draftsHere({ ledger, connection, party }: Session, draftedBy: string | undefined): Promise<Statement[]> {
  const { keys } = await connection.read.party(party)
  const drafting = new Set(
    keys.filter(({ role, label }) => role === 'draft' && (draftedBy ?? label) === label).map(({ kid }) => kid),
  )
  const released = ledger.batch('releases')
  const found: Statement[] = []
  for (const { id, submission } of ledger.entries({ status: 'recorded' })) {
    const statement = readStatement(submission.statement)
    if (!drafting.has(statement.kid) || released.find([id]).size > 0) continue
    const { verdict } = await connection.read.statement(id)
    if (verdict.verdict === 'held') found.push(statement)
  }
  return found
}

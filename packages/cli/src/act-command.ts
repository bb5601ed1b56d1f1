import { type Planned, type RequestDetail, requests, type Unsigned } from '@tidings/client'
import { type Columns, type ReadAct, readActs, type ValuesOf } from '@tidings/client/import'
import { sha256, toBase64url, utf8 } from '@tidings/statement'
import type { Command } from 'commander'
import { codeOfLeftOut, oneRow, openActs, refuseFaults, requestResolver, tellFaults } from './acts.ts'
import { submitAll, tellBulk } from './bulk.ts'
import { type CommandFile, type CommonOptions, type Context, examples } from './command.ts'
import { CommandError, usageError } from './command-error.ts'
import { concurrently } from './concurrently.ts'
import type { Session } from './session.ts'
import { stateWithin, type Within } from './within-request.ts'

/** An act within a request that can be done once, by options, or to many, by a table: the same columns say the same either way. */
export interface Act<C extends Columns> {
  readonly columns: C
  /** Declares an option for each column. */
  declare(command: Command): void
  readonly examples: readonly string[]
  /** Makes the statement; throws a CommandError where nothing in the request waits for it. */
  make(said: Within, values: ValuesOf<C>): Unsigned
  /** What is told when it is recorded; `REF` stands for the request's reference. */
  told(values: ValuesOf<C>): string
  /** What is counted, e.g. `extensions`; the ledger keeps it under this name. */
  readonly many: string
  /** The side of the request on which it is said; left out where it may be either's, or a mediator's. */
  readonly side?: 'asker' | 'addressee'
  /** Kinds of duty whose last tells one round from the next: the same said in another round is another act. */
  readonly round: readonly string[]
}

/** Options of an act: those of its columns, and the table. */
export type ActOptions = CommonOptions & Readonly<Record<string, unknown>> & { readonly table?: string }

/** The command of an act. */
export function actCommand<C extends Columns>(act: Act<C>): CommandFile<ActOptions> {
  const columns = Object.keys(act.columns)
  return {
    declare(command) {
      act.declare(command)
      command.option(
        '--table <file>',
        `a table of them, a statement for each request: ${['request', ...columns].join(', ')}`,
      )
      examples(command, ...act.examples)
    },
    async run(context, [request], options) {
      if ((request === undefined) === (options.table === undefined)) throw usageError('Name a request, or a --table.')
      if (options.table !== undefined) return await stateTable(context, act, options.table)
      const values = await valuesOf(act, options)
      const note = textIn(values)
      await stateWithin(context, request ?? '', note, (said) => act.make(said, values), act.told(values))
      return undefined
    },
  }
}

/** What the options say, read as a row of the table is read. */
async function valuesOf<C extends Columns>(act: Act<C>, options: ActOptions): Promise<ValuesOf<C>> {
  const cells = Object.keys(act.columns).map((name) => {
    const given = options[name]
    return [name, Array.isArray(given) ? given.join(';') : typeof given === 'string' ? given : ''] as const
  })
  // Whatever request is meant is looked up when it is stated.
  const anyRequest = { request: () => 'meant' }
  const { acts, faults } = await readActs(
    oneRow({ request: 'meant', ...Object.fromEntries(cells) }),
    act.columns,
    anyRequest,
  )
  refuseFaults(faults)
  const [read] = acts
  if (!read) throw usageError('Nothing is told to be stated.')
  return read.values
}

/** What is told in words travels as content. */
function textIn(values: object): string | undefined {
  return 'text' in values && typeof values.text === 'string' ? values.text : undefined
}

/** The act in each request of a table. A second run makes only what is new. */
async function stateTable<C extends Columns>(context: Context, act: Act<C>, file: string): Promise<number | undefined> {
  const session = await context.session()
  const read = await readActs(await openActs(file), act.columns, { request: await requestResolver(session, act.side) })
  const rowsRefused = tellFaults(context.output, read)
  const kept = session.ledger.batch(act.many)
  const counts = { rowsRefused, notWaiting: 0 }

  async function* planned(): AsyncGenerator<Planned> {
    const meant = concurrently(read.acts, 16, async (one) => ({
      one,
      request: await session.connection.read.request(one.request),
    }))
    for await (const { one, request } of meant) {
      const key = keyOf(act, one, request)
      if (kept.find([key]).size > 0) {
        yield { key, make: () => Promise.reject(new TypeError('internal error: it is kept')) }
        continue
      }
      const unsigned = await made(context, session, act, one, request)
      if (unsigned) yield { key, make: () => unsigned }
      else counts.notWaiting++
    }
  }

  const result = await submitAll(context, session, {
    batch: act.many,
    planned: planned(),
    total: () => read.acts.length,
    what: act.many,
  })
  return tellBulk(context, act.many, result, counts) ?? codeOfLeftOut(rowsRefused + counts.notWaiting)
}

/** The statement of a row; nothing, and told so, where its request does not wait for it. */
async function made<C extends Columns>(
  { output }: Context,
  session: Session,
  act: Act<C>,
  { values, rows }: ReadAct<C>,
  request: RequestDetail,
): Promise<Unsigned | undefined> {
  const participants = requests.participantsIn(await session.mechanism(request.mechanism))
  const text = textIn(values)
  try {
    return act.make({ request, participants, by: session.party, ...(text !== undefined && { text }) }, values)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    output.message(`Row ${rows.join(', ')}: ${error.message} Left out.`)
    return undefined
  }
}

/** Says what an act is: in which request and round, and everything that it says. */
function keyOf<C extends Columns>(act: Act<C>, { request: id, values }: ReadAct<C>, { duties }: RequestDetail): string {
  const round = act.round.map((kind) => duties.findLast((duty) => duty.kind === kind)?.id ?? '')
  return `${id} ${toBase64url(sha256(utf8(JSON.stringify([round, values]))))}`
}

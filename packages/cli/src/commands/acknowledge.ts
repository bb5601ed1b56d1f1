import { type DutyView, disclosures, type Planned, requests } from '@tidings/client'
import { acknowledgeColumns, readAcknowledgements } from '@tidings/client/import'
import { Option } from 'commander'
import { codeOfLeftOut, openActs, requestResolver, tellFaults } from '../acts.ts'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, type Context, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { isReference, requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly all?: boolean
  readonly only?: 'request' | 'disclosure'
  readonly table?: string
}

export const acknowledge = defineCommand<Options>({
  declare(command) {
    command
      .option('--all', 'everything that waits to be acknowledged by you')
      .addOption(new Option('--only <what>', 'with --all, only these').choices(['request', 'disclosure']))
    command.option('--table <file>', `a table of what was received: ${acknowledgeColumns.join(' or ')} in each row`)
    examples(
      command,
      'tidings acknowledge A-B-2026-00001',
      'tidings acknowledge --all --only disclosure',
      'tidings acknowledge --table received.csv',
    )
  },

  async run(context, [text], { all, only, table }) {
    if ([text, all, table].filter((given) => given !== undefined).length !== 1) {
      throw usageError('Name a request or disclosure, or --all, or a --table.')
    }
    const session = await context.session()
    if (text !== undefined) {
      const about = isReference(text) ? (await requestMeant(session, text)).id : text
      for await (const duty of owed(session)) {
        if (duty.about !== about) continue
        const receipt = await session.state(await unsignedFor(session, duty))
        tellRecorded(context.output, 'Acknowledged.', receipt, { about })
        return undefined
      }
      throw new CommandError('Nothing about it waits to be acknowledged by you.', exitCodes.nothingToDo)
    }

    const { named, leftOut } = table === undefined ? everything : await namedIn(context, session, table)

    async function* planned(): AsyncGenerator<Planned> {
      for await (const duty of owed(session)) {
        if ((only === undefined || duty.stream === only) && (named === undefined || named.has(duty.about)))
          yield { key: duty.openedBy, make: () => unsignedFor(session, duty) }
      }
    }

    const result = await submitAll(context, session, {
      batch: 'acknowledgements',
      planned: planned(),
      what: 'acknowledgements',
    })
    const code = tellBulk(context, 'acknowledgements', result)
    return code ?? codeOfLeftOut(leftOut) ?? (result.recorded === 0 ? exitCodes.nothingToDo : undefined)
  },
})

/** What is to be acknowledged. */
interface Named {
  /** Their ids; all that waits unless told. */
  readonly named: ReadonlySet<string> | undefined
  /** How many rows of a table name nothing. */
  readonly leftOut: number
}

const everything: Named = { named: undefined, leftOut: 0 }

/** The things that a table names. Those of which nothing waits any more are passed over. */
async function namedIn(context: Context, session: Session, file: string): Promise<Named> {
  const table = await openActs(file)
  const read = await readAcknowledgements(table, { request: await requestResolver(session, 'addressee') })
  const leftOut = tellFaults(context.output, read)
  return { named: new Set(read.acts.map(({ id }) => id)), leftOut }
}

function owed({ connection, party }: Session): AsyncIterable<DutyView> {
  return connection.read.duties(party, { direction: 'owed-by', kind: 'acknowledge' })
}

/** What acknowledges a duty: everything it needs stands in the duty. */
async function unsignedFor(session: Session, duty: DutyView) {
  const known = await session.mechanism(duty.mechanism)
  const { about: id, mechanism, towards, openedBy } = duty
  return duty.stream === 'request'
    ? requests.acknowledge(
        { id, mechanism, asker: towards, addressee: session.party, submitted: { statement: openedBy } },
        requests.participantsIn(known),
      )
    : disclosures.acknowledge(
        { id, mechanism, author: towards, made: { statement: openedBy } },
        known.participants,
        session.party,
      )
}

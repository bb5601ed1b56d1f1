import { type DutyView, disclosures, type Planned, requests } from '@tidings/client'
import { Option } from 'commander'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { isReference, requestMeant } from '../request-meant.ts'
import type { Session } from '../session.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly all?: boolean
  readonly only?: 'request' | 'disclosure'
}

export const acknowledge = defineCommand<Options>({
  declare(command) {
    command
      .option('--all', 'everything that waits to be acknowledged by you')
      .addOption(new Option('--only <what>', 'with --all, only these').choices(['request', 'disclosure']))
    examples(command, 'tidings acknowledge A-B-2026-00001', 'tidings acknowledge --all --only disclosure')
  },

  async run(context, [text], { all, only }) {
    if ((text === undefined) === (all !== true)) throw usageError('Name a request or disclosure, or --all.')
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

    async function* planned(): AsyncGenerator<Planned> {
      for await (const duty of owed(session)) {
        if (only === undefined || duty.stream === only)
          yield { key: duty.openedBy, make: () => unsignedFor(session, duty) }
      }
    }

    const result = await submitAll(context, session, {
      batch: 'acknowledgements',
      planned: planned(),
      what: 'acknowledgements',
    })
    const code = tellBulk(context, 'acknowledgements', result)
    return code ?? (result.recorded === 0 ? exitCodes.nothingToDo : undefined)
  },
})

function owed({ connection, party }: Session): AsyncIterable<DutyView> {
  return connection.read.duties(party, { direction: 'owed-by', kind: 'acknowledge' })
}

/** What acknowledges a duty: everything it needs stands in the duty. */
async function unsignedFor(session: Session, duty: DutyView) {
  const { participants } = await session.mechanism(duty.mechanism)
  const { about: id, mechanism, towards, openedBy } = duty
  return duty.stream === 'request'
    ? requests.acknowledge(
        { id, mechanism, asker: towards, addressee: session.party, submitted: { statement: openedBy } },
        participants,
      )
    : disclosures.acknowledge(
        { id, mechanism, author: towards, made: { statement: openedBy } },
        participants,
        session.party,
      )
}

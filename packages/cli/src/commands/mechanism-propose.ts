import { mechanisms } from '@tidings/client'
import { type PartyRole, partyRoles } from '@tidings/statement'
import { type CommonOptions, collect, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { textsByLanguage } from '../languages.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly participant: readonly string[]
  readonly title?: readonly string[]
  readonly scope?: readonly string[]
  readonly mechanism?: string
}

export const mechanismPropose = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption(
        '--participant <party:role:code>',
        `who takes part (repeat for each); roles: ${partyRoles.join(', ')}; the code stands in references`,
        collect,
      )
      .option('--title <text>', 'what it is called, in other languages as hy=… (may be repeated)', collect)
      .option('--scope <text>', 'what it covers, in other languages as hy=… (may be repeated)', collect)
      .option('--mechanism <id>', 'the mechanism that this changes; without it a new one is proposed')
    examples(
      command,
      'tidings mechanism propose --title "Working group" --participant PARTY:commission:A --participant PARTY:commission:B --participant PARTY:mediator:M',
    )
  },

  async run(context, _, { participant, title, scope, mechanism }) {
    if (scope && !title) throw usageError('--scope needs a --title beside it.')
    const session = await context.session()
    const { configuration, home } = session
    const unsigned = mechanisms.propose({
      ...(mechanism !== undefined && { id: mechanism }),
      participants: participant.map(readParticipant),
      ...(title && { terms: { title: textsByLanguage(title), ...(scope && { scope: textsByLanguage(scope) }) } }),
    })
    const receipt = await session.state(unsigned)
    if (configuration.mechanism === undefined) await home.configure({ ...configuration, mechanism: unsigned.about })
    tellRecorded(context.output, 'The proposal is recorded. It is in force when all it names have accepted.', receipt, {
      mechanism: unsigned.about,
    })
    context.output.next(
      `tidings mechanism show ${unsigned.about}`,
      `for the others: tidings mechanism accept ${unsigned.about}`,
    )
  },
})

function readParticipant(text: string) {
  const [, party, role, code] = /^([^:]+):([^:]+):([^:]+)$/.exec(text) ?? []
  if (party === undefined || code === undefined || !isRole(role)) {
    throw usageError(`--participant must be PARTY:ROLE:CODE, such as …:commission:A. Roles: ${partyRoles.join(', ')}.`)
  }
  return { party, role, code }
}

function isRole(text: string | undefined): text is PartyRole {
  return partyRoles.some((role) => role === text)
}

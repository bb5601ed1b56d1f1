import { type MechanismView, register } from '@tidings/client'
import { type CommonOptions, collect, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { listOf } from '../lists.ts'
import { partyMeant, partyNames } from '../names.ts'
import { checkDate } from '../option-values.ts'
import { showProgress } from '../progress.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly list?: string
  readonly asOf?: string
  readonly new?: boolean
  readonly to?: readonly string[]
  readonly mechanism?: string
}

const mostCases = 65_536

export const listPublish = defineCommand<Options>({
  declare(command) {
    command
      .option('--list <id>', 'the list to publish anew; your only one unless named')
      .option('--new', 'begin another list')
      .option('--as-of <date>', 'day to which the list refers, YYYY-MM-DD; today unless told')
      .option(
        '--to <party>',
        'who may see it, by id or by code (may be repeated); without it everyone in the mechanism but its observers. The case files themselves stay yours',
        collect,
      )
      .option('--mechanism <id>', 'the mechanism; that of this home unless named')
    examples(command, 'tidings list publish', 'tidings list publish --to B --as-of 2026-11-01')
  },

  async run(context, _, { list, asOf = new Date().toISOString().slice(0, 10), new: isNew, ...options }) {
    checkDate('--as-of', asOf)
    const session = await context.session()
    const { connection, party } = session
    const mechanism = await session.mechanism(options.mechanism)
    const aud = audience(mechanism, party, options.to)
    const before = isNew ? undefined : await listOf(connection, party, list)
    const cases: string[] = []
    {
      using progress = showProgress(context.output, 'case files')
      for await (const { id, party: owner } of connection.read.cases()) {
        if (owner !== party) continue
        cases.push(id)
        progress.at(cases.length)
      }
    }
    if (cases.length === 0) {
      throw new CommandError(
        'There are no case files yet. "tidings import cases FILE" brings them.',
        exitCodes.nothingToDo,
      )
    }
    if (cases.length > mostCases)
      throw new CommandError(`A list holds at most ${mostCases} case files; there are ${cases.length}.`)
    const unsigned = register.publishList({
      ...(before && { id: before.id }),
      version: (before?.versions ?? 0) + 1,
      asOf,
      cases,
      mechanism: mechanism.id,
      aud,
    })
    const receipt = await session.state(unsigned)
    tellRecorded(
      context.output,
      `The list of ${cases.length} case files is published to ${aud.map(partyNames(mechanism)).join(', ')}, as of ${asOf}.`,
      receipt,
      {
        list: unsigned.about,
      },
    )
    context.output.next(
      `tidings request submit --from-list ${unsigned.about} --to PARTY --question fate --question whereabouts`,
    )
  },
})

/** Who may see the list besides its party. */
function audience(mechanism: MechanismView, party: string, to: readonly string[] | undefined): string[] {
  const everyone = mechanism.participants.filter(({ role }) => role !== 'observer').map((p) => p.party)
  const meant = to?.map((text) => {
    const found = partyMeant(mechanism, text)
    if (found === undefined) throw usageError(`${text} does not take part in the mechanism.`)
    return found
  })
  return [...new Set(meant ?? everyone)].filter((other) => other !== party)
}

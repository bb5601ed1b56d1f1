import { disclosures, type Planned, type RegisterView } from '@tidings/client'
import type { BurialPlace } from '@tidings/statement'
import { submitAll, tellBulk } from '../bulk.ts'
import { type CommonOptions, collect, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { concurrently } from '../concurrently.ts'
import { contentOf } from '../contents.ts'
import { exitCodes } from '../exit-codes.ts'
import { partyMeant } from '../names.ts'
import { checkThing } from '../option-values.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly to: readonly string[]
  readonly all?: boolean
  readonly mechanism?: string
}

export const disclose = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption('--to <party>', 'to whom, by id or by code (may be repeated)', collect)
      .option('--all', 'every burial place that you have described and not disclosed to them as it stands')
      .option('--mechanism <id>', 'the mechanism; that of this home unless named')
    examples(command, 'tidings disclose 0198c1a2-… --to A', 'tidings disclose --all --to A')
  },

  async run(context, [site], { to, all, mechanism: named }) {
    if ((site === undefined) === (all !== true)) throw usageError('Name one burial place, or --all.')
    if (site !== undefined) checkThing('burial place', site)
    const session = await context.session()
    const mechanism = await session.mechanism(named)
    const addressees = to.map((text) => {
      const party = partyMeant(mechanism, text)
      if (party === undefined) throw usageError(`${text} does not take part in the mechanism.`)
      return party
    })
    const told = async (entry: RegisterView) =>
      disclosures.make({
        mechanism: mechanism.id,
        participants: mechanism.participants,
        author: session.party,
        to: addressees,
        told: {
          site: entry.id,
          place: (await contentOf(session, entry.latest.statement, entry.content)) as BurialPlace,
        },
      })

    async function* described(): AsyncGenerator<RegisterView> {
      for await (const entry of session.connection.read.sites()) if (entry.party === session.party) yield entry
    }

    if (site !== undefined) {
      const unsigned = await told(await session.connection.read.site(site))
      const receipt = await session.state(unsigned)
      tellRecorded(context.output, 'The burial place is disclosed.', receipt, { disclosure: unsigned.about })
      return undefined
    }

    async function* planned(): AsyncGenerator<Planned> {
      // A place that was described anew is disclosed anew: the key names the statement that describes it.
      for await (const { key, unsigned } of concurrently(described(), 16, async (entry) => ({
        key: entry.latest.statement,
        unsigned: await told(entry),
      }))) {
        yield { key, make: () => unsigned }
      }
    }

    const result = await submitAll(context, session, {
      batch: `disclosures ${mechanism.id} ${addressees.toSorted().join(' ')}`,
      planned: planned(),
      what: 'disclosures',
    })
    const code = tellBulk(context, 'disclosures', result)
    if (code === undefined && result.recorded === 0) return exitCodes.nothingToDo
    return code
  },
})

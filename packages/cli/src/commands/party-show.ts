import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { isPartyId } from '../option-values.ts'
import { facts, table } from '../output.ts'

export const partyShow = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings party show', 'tidings party show --json | jq .keys')
  },

  async run(context, [id]) {
    if (id !== undefined && !isPartyId(id)) throw usageError(`${id} is not the id of a party.`)
    const session = await context.session()
    const party = await session.connection.read.party(id ?? session.party)
    context.output.result(party, () =>
      [
        facts([
          ['party', party.id],
          ...(party.id === session.party
            ? ([
                ['service', session.configuration.service],
                ['home', session.home.folder],
              ] as const)
            : []),
          ['states of itself', party.description === undefined ? undefined : JSON.stringify(party.description)],
          ['mechanisms', party.mechanisms.length === 0 ? 'none' : party.mechanisms.join(', ')],
        ]),
        '',
        table(
          ['key', 'role', 'label', 'since leaf', 'until leaf'],
          party.keys.map(({ kid, role, label, since, until }) => [
            kid,
            role,
            label ?? '',
            since,
            until === undefined ? '' : `${until.leaf} (${until.how})`,
          ]),
        ),
      ].join('\n'),
    )
  },
})

import { parties } from '@tidings/client'
import { revocationReasons } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { ownKeyId } from '../own-key.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly reason: (typeof revocationReasons)[number]
}

export const partyRevokeKey = defineCommand<Options>({
  declare(command) {
    command.addOption(new Option('--reason <reason>', 'why').choices(revocationReasons).makeOptionMandatory())
    examples(command, 'tidings party revoke-key officer-7 --reason compromised')
  },

  async run(context, [text = ''], { reason }) {
    const session = await context.session()
    const key = await ownKeyId(session, text)
    const receipt = await session.state(parties.revokeKey(session.party, key, reason))
    tellRecorded(
      context.output,
      `The key is revoked: what it signs after leaf ${receipt.leaf} is void. What stood before stands.`,
      receipt,
      { key },
    )
  },
})

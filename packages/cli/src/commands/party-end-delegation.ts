import { parties } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { ownKeyId } from '../own-key.ts'
import { tellRecorded } from '../told.ts'

export const partyEndDelegation = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings party end-delegation officer-7')
  },

  async run(context, [text = '']) {
    const session = await context.session()
    const key = await ownKeyId(session, text)
    const receipt = await session.state(parties.endDelegation(session.party, key))
    tellRecorded(context.output, 'The delegation has ended. What the key stated before stands.', receipt, { key })
  },
})

import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { tellRecorded } from '../told.ts'

export const mechanismLeave = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism leave 0198c1a2-…')
  },

  async run(context, [id = '']) {
    const session = await context.session()
    const { id: mechanism } = await session.mechanism(id)
    const receipt = await session.state(mechanisms.leave(mechanism))
    tellRecorded(
      context.output,
      'Your party takes part no more. What is owed, both ways, stands still until it rejoins by a later proposal.',
      receipt,
      { mechanism },
    )
    return undefined
  },
})

import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { tellRecorded } from '../told.ts'

export const mechanismSuspend = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism suspend')
  },

  async run(context, [id]) {
    const session = await context.session()
    const { id: mechanism } = await session.mechanism(id)
    const receipt = await session.state(mechanisms.suspend(mechanism))
    tellRecorded(context.output, 'The mechanism is suspended: no days count until you resume it.', receipt, {
      mechanism,
    })
    context.output.next(`tidings mechanism resume ${mechanism}`)
    return undefined
  },
})

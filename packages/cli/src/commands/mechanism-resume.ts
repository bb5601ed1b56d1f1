import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { tellRecorded } from '../told.ts'

export const mechanismResume = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism resume')
  },

  async run(context, [id]) {
    const session = await context.session()
    const view = await session.mechanism(id)
    const standing = view.suspensions.filter(({ until }) => until === undefined)
    const own = standing.find(({ by }) => by === session.party)
    if (!own)
      throw new CommandError('No suspension of yours stands: each ends what it has begun.', exitCodes.nothingToDo)
    const receipt = await session.state(mechanisms.resume(view.id, own.place.statement))
    const others = standing.length - 1
    tellRecorded(
      context.output,
      others === 0 ? 'The mechanism is at work again.' : 'Your suspension has ended; that of another still stands.',
      receipt,
      { mechanism: view.id },
    )
    return undefined
  },
})

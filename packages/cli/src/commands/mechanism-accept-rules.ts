import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { tellRecorded } from '../told.ts'

export const mechanismAcceptRules = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism rules', 'tidings mechanism accept-rules')
  },

  async run(context, [id]) {
    const session = await context.session()
    const view = await session.mechanism(id)
    const waiting = view.rules.findLast(({ waitsFor }) => waitsFor.includes(session.party))
    if (!waiting) throw new CommandError('No rules of this mechanism wait for you.', exitCodes.nothingToDo)
    const receipt = await session.state(mechanisms.acceptRules(view.id, waiting.place.statement))
    const known = await session.connection.read.mechanism(view.id, { after: receipt.leaf })
    const inForce =
      known.rules.find(({ place }) => place.statement === waiting.place.statement)?.inForceSince !== undefined
    tellRecorded(
      context.output,
      `Version ${waiting.version} of the rules is accepted. ${inForce ? 'It is in force.' : 'Others have yet to accept.'}`,
      receipt,
      { mechanism: view.id },
    )
    context.output.next(inForce ? 'tidings outstanding' : `tidings mechanism rules ${view.id}`)
    return undefined
  },
})

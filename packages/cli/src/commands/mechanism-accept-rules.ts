import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { rulesMeant } from '../rules-meant.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly proposal?: string
}

export const mechanismAcceptRules = defineCommand<Options>({
  declare(command) {
    command.option(
      '--proposal <id>',
      'which proposal, by its id or the beginning of it; the only one that waits unless named',
    )
    examples(
      command,
      'tidings mechanism rules',
      'tidings mechanism accept-rules',
      'tidings mechanism accept-rules --proposal Jq3v',
    )
  },

  async run(context, [id], { proposal }) {
    const session = await context.session()
    const view = await session.mechanism(id)
    const proposed = view.rules.filter(({ waitsFor }) => waitsFor.includes(session.party))
    if (proposed.length === 0) throw new CommandError('No rules of this mechanism wait for you.', exitCodes.nothingToDo)
    const waiting = rulesMeant(view, proposed, proposal)
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

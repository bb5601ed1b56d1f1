import { mechanisms } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { checkMechanism } from '../option-values.ts'
import { tellRecorded } from '../told.ts'

export const mechanismAccept = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism accept 0198c1a2-…')
  },

  async run(context, [id = '']) {
    checkMechanism(id)
    const session = await context.session()
    const { connection, configuration, home, party } = session
    const { proposals } = await connection.read.mechanism(id)
    const waiting = proposals.filter(({ waitsFor, lapsedAt }) => lapsedAt === undefined && waitsFor.includes(party))
    const proposal = waiting.at(-1)
    if (!proposal) throw new CommandError('No proposal of this mechanism waits for you.', exitCodes.nothingToDo)
    const receipt = await session.state(mechanisms.accept(id, proposal.place.statement))
    if (configuration.mechanism === undefined) await home.configure({ ...configuration, mechanism: id })
    const { inForce } = await connection.read.mechanism(id, { after: receipt.leaf })
    tellRecorded(
      context.output,
      inForce ? 'Accepted. The mechanism is in force.' : 'Accepted. Others have yet to accept.',
      receipt,
      { mechanism: id },
    )
    context.output.next(inForce ? 'tidings import cases FILE --mapping MAPPING' : `tidings mechanism show ${id}`)
  },
})

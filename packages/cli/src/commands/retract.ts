import { corrections } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { ownStatement } from '../own-statement.ts'
import { tellRecorded } from '../told.ts'

interface Options extends CommonOptions {
  readonly text?: string
}

export const retract = defineCommand<Options>({
  declare(command) {
    command.option('--text <text>', 'why, in words')
    examples(command, 'tidings retract STATEMENT --text "Written about another person."')
  },

  async run(context, [id = ''], { text }) {
    const session = await context.session()
    const receipt = await session.state(corrections.retract(await ownStatement(session, id), text))
    tellRecorded(context.output, 'It is retracted from here on. The record keeps both.', receipt, { retracted: id })
    return undefined
  },
})

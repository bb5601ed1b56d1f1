import { drafts } from '@tidings/client'
import { readStatement } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { tellRecorded } from '../told.ts'

export const release = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings release Jq3v…')
  },

  async run(context, [id = '']) {
    const session = await context.session()
    const view = await session.connection.read.statement(id)
    if (view.verdict.verdict !== 'held') {
      throw new CommandError(`This is no draft that waits: its verdict is ${view.verdict.verdict}.`, exitCodes.conflict)
    }
    const receipt = await session.state(drafts.release(readStatement(view.statement)))
    const { verdict } = await session.connection.read.statement(id, { after: receipt.leaf })
    tellRecorded(
      context.output,
      verdict.verdict === 'effective'
        ? `The draft is released: it counts from leaf ${receipt.leaf} on.`
        : `The release is recorded, and the draft is ${verdict.verdict}${verdict.verdict === 'void' ? ` (${verdict.reason})` : ''}.`,
      receipt,
      { draft: id },
    )
  },
})

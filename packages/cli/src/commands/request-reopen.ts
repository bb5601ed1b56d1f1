import { requests } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { questionOption, questionsMeant, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly question?: readonly string[]
  readonly text?: string
}

export const requestReopen = defineCommand<Options>({
  declare(command) {
    questionOption(command).option('--text <text>', 'why, in words')
    examples(command, 'tidings request reopen A-B-2026-00001 --question fate')
  },

  async run(context, [id = ''], { question, text }) {
    if (!question) throw usageError('Name each --question that is to be open again.')
    await stateWithin(
      context,
      id,
      text,
      (said) => requests.reopen(said, questionsMeant(said.request, question)),
      'REF is open again.',
    )
    return undefined
  },
})

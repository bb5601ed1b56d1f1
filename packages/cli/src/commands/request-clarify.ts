import { requests } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { stateWithin, waitingFor } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly text?: string
}

export const requestClarify = defineCommand<Options>({
  declare(command) {
    command.option('--text <text>', 'the clarification, in words')
    examples(command, 'tidings request clarify A-B-2026-00001 --text "The winter of 1992 to 1993."')
  },

  async run(context, [id = ''], { text }) {
    if (text === undefined) throw usageError('Give the clarification with --text.')
    return await stateWithin(
      context,
      id,
      text,
      (said) => {
        const { returned } = said.request
        const [asked = ''] = returned ? [returned.statement] : waitingFor(said.request, 'clarify')
        return requests.clarify(said, asked)
      },
      'REF is clarified.',
    )
  },
})

import { requests } from '@tidings/client'
import { extensionDecisions } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { stateWithin, waitingFor } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly decision?: (typeof extensionDecisions)[number]
  readonly text?: string
}

export const requestDecideExtension = defineCommand<Options>({
  declare(command) {
    command
      .addOption(new Option('--decision <decision>', 'what is decided').choices(extensionDecisions))
      .option('--text <text>', 'the same in words')
    examples(command, 'tidings request decide-extension A-B-2026-00001 --decision granted')
  },

  async run(context, [id = ''], { decision, text }) {
    if (decision === undefined) throw usageError('Give the --decision.')
    return await stateWithin(
      context,
      id,
      text,
      (said) => {
        const [asked = ''] = waitingFor(said.request, 'decide-extension')
        return requests.decideExtension(said, asked, decision)
      },
      `The extension of REF is ${decision}.`,
    )
  },
})

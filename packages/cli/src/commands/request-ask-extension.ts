import { requests } from '@tidings/client'
import { extensionReasons } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { questionOption, questionsMeant, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly question?: readonly string[]
  readonly n?: string
  readonly reason?: (typeof extensionReasons)[number]
  readonly text?: string
}

export const requestAskExtension = defineCommand<Options>({
  declare(command) {
    questionOption(command)
      .option('--n <number>', 'how much longer, in the unit of the agreed period')
      .addOption(new Option('--reason <reason>', 'why').choices(extensionReasons))
      .option('--text <text>', 'the same in words')
    examples(command, 'tidings request ask-extension A-B-2026-00001 --n 10 --reason field-work')
  },

  async run(context, [id = ''], { question, n, reason, text }) {
    if (n === undefined || !/^[1-9]\d{0,3}$/.test(n) || reason === undefined) {
      throw usageError('Give --n, a whole number, and the --reason.')
    }
    return await stateWithin(
      context,
      id,
      text,
      (said) =>
        requests.askExtension(said, {
          questions: questionsMeant(said.request, question, 'reply'),
          n: Number(n),
          reason,
        }),
      'More time for REF is asked for. The clock runs meanwhile.',
    )
  },
})

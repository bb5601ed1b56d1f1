import { requests } from '@tidings/client'
import { questions, remindable } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { questionOption, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly duty: (typeof remindable)[number]
  readonly question?: readonly string[]
  readonly text?: string
}

export const requestRemind = defineCommand<Options>({
  declare(command) {
    questionOption(command)
      .addOption(new Option('--duty <kind>', 'of which duty').choices(remindable).default('reply'))
      .option('--text <text>', 'in words')
    examples(command, 'tidings request remind A-B-2026-00001 --question fate')
  },

  async run(context, [id = ''], { duty, question, text }) {
    const named = question && questions.filter((one) => question.includes(one))
    return await stateWithin(
      context,
      id,
      text,
      (said) => requests.remind(said, { duty, ...(named && { questions: named }) }),
      'A reminder of REF is recorded.',
    )
  },
})

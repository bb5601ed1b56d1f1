import { requests } from '@tidings/client'
import { referralGrounds } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { CommandError, usageError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { questionOption, questionsMeant, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly question?: readonly string[]
  readonly ground?: (typeof referralGrounds)[number]
  readonly text?: string
}

export const requestRefer = defineCommand<Options>({
  declare(command) {
    questionOption(command)
      .addOption(
        new Option('--ground <ground>', 'why; returned contests the return that stands').choices(referralGrounds),
      )
      .option('--text <text>', 'the same in words')
    examples(command, 'tidings request refer A-B-2026-00001 --question fate --ground answer-insufficient')
  },

  async run(context, [id = ''], { question, ground, text }) {
    if (ground === undefined) throw usageError('Give the --ground.')
    return await stateWithin(
      context,
      id,
      text,
      (said) => {
        const { returned, reference, questions: asked } = said.request
        if (ground === 'returned' && !returned) {
          throw new CommandError(`No return of ${reference} stands.`, exitCodes.nothingToDo)
        }
        const open = asked.filter((one) => one.open).map((one) => one.question)
        const body = { questions: questionsMeant(said.request, question ?? open), ground }
        return requests.refer(said, body, ground === 'returned' ? returned?.statement : undefined)
      },
      'REF is referred. A reply stays due meanwhile.',
    )
  },
})

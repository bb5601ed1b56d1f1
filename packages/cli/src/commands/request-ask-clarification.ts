import { requests } from '@tidings/client'
import { missingItems } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { questionOption, questionsMeant, severalOf, stateWithin } from '../within-request.ts'

interface Options extends CommonOptions {
  readonly question?: readonly string[]
  readonly unclear?: readonly (typeof missingItems)[number][]
  readonly text?: string
}

export const requestAskClarification = defineCommand<Options>({
  declare(command) {
    severalOf(questionOption(command), '--unclear <item>', 'what is unclear', missingItems).option(
      '--text <text>',
      'the same in words',
    )
    examples(
      command,
      'tidings request ask-clarification A-B-2026-00001 --question fate --unclear date --text "Which winter?"',
    )
  },

  async run(context, [id = ''], { question, unclear, text }) {
    return await stateWithin(
      context,
      id,
      text,
      (said) =>
        requests.askClarification(said, {
          questions: questionsMeant(said.request, question, 'reply'),
          ...(unclear && { unclear: [...new Set(unclear)].sort() }),
        }),
      'Clarification of REF is asked for. The clock of these questions pauses until it is given.',
    )
  },
})

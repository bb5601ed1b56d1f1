import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { missingItems, questions } from '@tidings/statement'
import { actCommand } from '../act-command.ts'
import { questionOption, questionsMeant, severalOf } from '../within-request.ts'

export const requestAskClarification = actCommand({
  columns: { question: columns.words(questions), unclear: columns.words(missingItems), text: columns.text },
  declare: (command) =>
    severalOf(questionOption(command), '--unclear <item>', 'what is unclear', missingItems).option(
      '--text <text>',
      'the same in words',
    ),
  examples: [
    'tidings request ask-clarification A-B-2026-00001 --question fate --unclear date --text "Which winter?"',
    'tidings request ask-clarification --table unclear.csv',
  ],
  make: (said, { question, unclear }) =>
    requests.askClarification(said, {
      questions: questionsMeant(said.request, question, 'reply'),
      ...(unclear && { unclear: unclear.toSorted() }),
    }),
  told: () => 'Clarification of REF is asked for. The clock of these questions pauses until it is given.',
  many: 'questions back',
  side: 'addressee',
  round: ['reply'],
})

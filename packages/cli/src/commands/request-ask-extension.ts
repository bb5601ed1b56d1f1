import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { extensionReasons, questions } from '@tidings/statement'
import { Option } from 'commander'
import { actCommand } from '../act-command.ts'
import { questionOption, questionsMeant } from '../within-request.ts'

export const requestAskExtension = actCommand({
  columns: {
    question: columns.words(questions),
    n: columns.number(1000),
    reason: columns.word(extensionReasons),
    text: columns.text,
  },
  declare: (command) =>
    questionOption(command)
      .option('--n <number>', 'how much longer, in the unit of the agreed period')
      .addOption(new Option('--reason <reason>', 'why').choices(extensionReasons))
      .option('--text <text>', 'the same in words'),
  examples: [
    'tidings request ask-extension A-B-2026-00001 --n 10 --reason field-work',
    'tidings request ask-extension --table extensions.xlsx',
  ],
  make: (said, { question, n, reason }) =>
    requests.askExtension(said, { questions: questionsMeant(said.request, question, 'reply'), n, reason }),
  told: () => 'More time for REF is asked for. The clock runs meanwhile.',
  many: 'extensions',
  side: 'addressee',
  round: ['reply'],
})

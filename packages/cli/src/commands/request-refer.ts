import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { questions, referralGrounds } from '@tidings/statement'
import { Option } from 'commander'
import { actCommand } from '../act-command.ts'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { questionOption, questionsMeant } from '../within-request.ts'

export const requestRefer = actCommand({
  columns: { question: columns.words(questions), ground: columns.word(referralGrounds), text: columns.text },
  declare: (command) =>
    questionOption(command)
      .addOption(
        new Option('--ground <ground>', 'why; returned contests the return that stands').choices(referralGrounds),
      )
      .option('--text <text>', 'the same in words'),
  examples: [
    'tidings request refer A-B-2026-00001 --question fate --ground answer-insufficient',
    'tidings request refer --table referrals.csv',
  ],
  make(said, { question, ground }) {
    const { returned, reference, questions: asked } = said.request
    if (ground === 'returned' && !returned) {
      throw new CommandError(`No return of ${reference} stands.`, exitCodes.nothingToDo)
    }
    const open = asked.filter((one) => one.open).map((one) => one.question)
    const body = { questions: questionsMeant(said.request, question ?? open), ground }
    return requests.refer(said, body, ground === 'returned' ? returned?.statement : undefined)
  },
  told: () => 'REF is referred. A reply stays due meanwhile.',
  many: 'referrals',
  side: 'asker',
  round: ['reply', 'assess', 'decide-referral'],
})

import { requests } from '@tidings/client'
import { columns } from '@tidings/client/import'
import { questions, remindable } from '@tidings/statement'
import { Option } from 'commander'
import { type ActOptions, actCommand } from '../act-command.ts'
import { defineCommand } from '../command.ts'
import { usageError } from '../command-error.ts'
import { checkDate, checkMechanism } from '../option-values.ts'
import { remindOfDue } from '../reminders-due.ts'
import { questionOption } from '../within-request.ts'

type Duty = (typeof remindable)[number]

const stated = actCommand({
  columns: {
    duty: columns.optional(columns.word(remindable)),
    question: columns.words(questions),
    number: columns.optional(columns.number(3)),
    text: columns.text,
  },
  declare: (command) =>
    questionOption(command)
      .addOption(
        new Option('--duty <kind>', 'of which duty: reply unless told; with --due, of any').choices(remindable),
      )
      .option('--text <text>', 'in words'),
  examples: [
    'tidings request remind A-B-2026-00001 --question fate',
    'tidings request remind --table reminders.csv',
    'tidings reminders',
    'tidings request remind --due --as officer-7',
  ],
  make: (said, { duty = 'reply', question }) =>
    requests.remind(said, { duty, ...(question && { questions: questions.filter((one) => question.includes(one)) }) }),
  told: () => 'A reminder of REF is recorded.',
  many: 'single reminders',
  round: remindable,
})

export const requestRemind = defineCommand<
  ActOptions & {
    readonly due?: boolean
    readonly duty?: Duty
    readonly question?: readonly string[]
    readonly mechanism?: string
    readonly on?: string
    readonly text?: string
  }
>({
  declare(command) {
    command
      .option('--due', 'of everything of which a reminder is due: one statement for each request, with its letter')
      .option('--mechanism <id>', 'with --due: only in this mechanism')
      .option('--on <date>', 'with --due, under a draft key: drafts ahead what will be due on this day')
    stated.declare(command)
  },

  async run(context, operands, options) {
    const { due, duty, question, mechanism, on, text, table } = options
    if (due !== true) {
      if (operands.length === 0 && table === undefined) throw usageError('Name a request, or --due, or a --table.')
      return await stated.run(context, operands, options)
    }
    if (operands.length > 0 || table !== undefined || text !== undefined || (question?.length ?? 0) > 1)
      throw usageError('--due names the requests and writes the words itself, and takes one --question at most.')
    checkDate('--on', on)
    checkMechanism(mechanism)
    return await remindOfDue(context, { kind: duty, question: question?.[0], mechanism, on })
  },
})

import { requests } from '@tidings/client'
import { type PayloadOf, referralOutcomes } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { checkDate } from '../option-values.ts'
import { quotaText } from '../quota-text.ts'
import { questionOption, questionsMeant, stateWithin, waitingFor } from '../within-request.ts'

type Decision = PayloadOf<'request.decide-referral'>['body']['decisions'][number]

interface Options extends CommonOptions {
  readonly question?: readonly string[]
  readonly outcome?: Decision['outcome']
  readonly review?: string
  readonly text?: string
}

export const requestDecideReferral = defineCommand<Options>({
  declare(command) {
    questionOption(command)
      .addOption(new Option('--outcome <outcome>', 'what is decided').choices(referralOutcomes))
      .option('--review <date>', 'review-by: the date, YYYY-MM-DD')
      .option('--text <text>', 'the same in words')
    examples(command, 'tidings request decide-referral A-B-2026-00001 --question fate --outcome reply-again')
  },

  async run(context, [id = ''], { question, outcome, review, text }) {
    if (outcome === undefined) throw usageError('Give the --outcome.')
    if ((outcome === 'review-by') !== (review !== undefined))
      throw usageError('--review goes with --outcome review-by.')
    checkDate('--review', review)
    const { mechanism, leaf } = await stateWithin(
      context,
      id,
      text,
      (said) => {
        const questions = questionsMeant(said.request, question, 'decide-referral')
        const decisions = questions.map(
          (one): Decision =>
            outcome === 'review-by' ? { question: one, outcome, review: review ?? '' } : { question: one, outcome },
        )
        return requests.decideReferral(said, waitingFor(said.request, 'decide-referral', ...questions), decisions)
      },
      `The referral of REF is decided: ${outcome}.`,
    )
    if (outcome !== 'to-meeting') return undefined
    const { connection } = await context.session()
    const beside = quotaText(await connection.read.mechanism(mechanism, { after: leaf }))
    if (beside !== undefined) context.output.message(beside)
    return undefined
  },
})

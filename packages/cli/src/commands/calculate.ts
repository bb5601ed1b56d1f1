import type { CalculationView } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { type DutyOptions, dutyMeant, dutyOptions } from '../duties-meant.ts'
import { checkDate } from '../option-values.ts'
import { facts } from '../output.ts'
import { standingText } from '../standing-text.ts'

interface Options extends CommonOptions, DutyOptions {
  readonly clarify?: boolean
  readonly extend?: string
  readonly suspend?: string
  readonly on?: string
  readonly until?: string
}

export const calculate = defineCommand<Options>({
  declare(command) {
    dutyOptions(command)
      .option('--clarify', 'clarification is asked for, and given on the day of --until')
      .option('--extend <n>', "an extension by so many units of the duty's period is asked for and granted")
      .option('--suspend <days>', 'the mechanism stands still for so many days')
      .option('--on <date>', 'the day on which that happens, YYYY-MM-DD; today unless told')
      .option('--until <date>', 'the day on which clarification is given; the same day unless told')
    examples(
      command,
      'tidings calculate A-B-2026-00001 --question fate --clarify --until 2027-03-01',
      'tidings calculate A-B-2026-00001 --question fate --extend 10',
      'tidings calculate A-B-2026-00001 --question fate --suspend 40',
    )
  },

  async run(context, [text = ''], options) {
    const assumed = assumptionOf(options)
    checkDate('--on', options.on)
    checkDate('--until', options.until)
    const session = await context.session()
    const { read } = session.connection
    const id = await dutyMeant(session, text, options)
    const from = options.on ?? (await read.duty(id)).clock.on
    const until = 'days' in assumed ? lastOf(assumed.days, from) : options.until
    const { assume } = assumed
    const n = 'n' in assumed ? assumed.n : undefined
    const view = await read.calculation(id, { assume, from, until, n })
    context.output.result(view, () => calculationText(view))
    return undefined
  },
})

type Assumed =
  | { readonly assume: 'clarification' }
  | { readonly assume: 'extension'; readonly n: number }
  | { readonly assume: 'suspension'; readonly days: number }

function assumptionOf({ clarify, extend, suspend }: Options): Assumed {
  if ([clarify, extend, suspend].filter((one) => one !== undefined).length !== 1) {
    throw usageError('Name one of --clarify, --extend and --suspend.')
  }
  if (extend !== undefined) return { assume: 'extension', n: wholeNumber('--extend', extend) }
  if (suspend !== undefined) return { assume: 'suspension', days: wholeNumber('--suspend', suspend) }
  return { assume: 'clarification' }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw usageError(`${name} must be a whole number from 1 to 999.`)
  return Number(text)
}

/** The last of so many days. Where no rules say what a day is, nothing is counted and the day does not matter. */
function lastOf(days: number, from: string | undefined): string | undefined {
  if (from === undefined) return undefined
  try {
    return Temporal.PlainDate.from(from)
      .add({ days: days - 1 })
      .toString()
  } catch {
    throw usageError('--on must be a date, YYYY-MM-DD.')
  }
}

function calculationText({ now, would, movedBy }: CalculationView): string {
  return [
    facts([
      ['now', `${now.due === undefined ? '' : `due on ${now.due}, `}${standingText(now)}`],
      ['would be', `${would.due === undefined ? '' : `due on ${would.due}, `}${standingText(would)}`],
      ['moved by', movedBy === undefined ? undefined : `${movedBy} calendar days`],
    ]),
    ...would.steps.map(({ text }) => `  ${text}`),
    '',
    'Nothing was stated.',
  ].join('\n')
}

import { mechanisms, unknownMinimumFields } from '@tidings/client'
import { calendar30, urgent14, working2040 } from '@tidings/exchange'
import { type Rules, rules as rulesDocument } from '@tidings/statement'
import { Option } from 'commander'
import type { z } from 'zod'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { readNamed } from '../named-file.ts'
import { tellRecorded } from '../told.ts'

const presets = { 'calendar-30': calendar30, 'working-20-40': working2040, 'urgent-14': urgent14 } as const

interface Options extends CommonOptions {
  readonly preset?: keyof typeof presets
  readonly zone?: string
  readonly calendars?: string
  readonly mechanism?: string
}

export const mechanismProposeRules = defineCommand<Options>({
  declare(command) {
    command
      .addOption(
        new Option('--preset <name>', 'rules that others go by, in place of a file').choices(Object.keys(presets)),
      )
      .option('--zone <zone>', 'with --preset: zone in which days are days, such as Asia/Tbilisi')
      .option('--calendars <file>', "with --preset: the parties' calendars by year, a JSON list as rules hold it")
      .option('--mechanism <id>', 'the mechanism; the one of this home unless named')
    examples(
      command,
      'tidings mechanism propose-rules --preset calendar-30 --zone Asia/Tbilisi',
      'tidings mechanism propose-rules rules.json',
    )
  },

  async run(context, [file], { preset, zone, calendars, mechanism }) {
    if ((file === undefined) === (preset === undefined)) throw usageError('Name a file with rules, or a --preset.')
    if (preset !== undefined && zone === undefined) throw usageError('--preset needs a --zone, such as Asia/Tbilisi.')
    const session = await context.session()
    const view = await session.mechanism(mechanism)
    const inForce = view.rules.filter(({ inForceSince }) => inForceSince !== undefined)
    const version = Math.max(0, ...inForce.map((one) => one.version)) + 1
    const proposed =
      preset !== undefined && zone !== undefined
        ? presets[preset]({
            version,
            zone,
            ...(calendars !== undefined && { calendars: await readCalendars(calendars) }),
          })
        : ({ version, ...((await readJson(file ?? '')) as object) } as Rules)
    const unknown = unknownMinimumFields(proposed)
    if (unknown.length > 0)
      throw usageError(`The minimum asks for fields that no request can tell: ${unknown.join(', ')}.`)
    const receipt = await session.state(mechanisms.proposeRules(view.id, checked(proposed)))
    const known = await session.connection.read.mechanism(view.id, { after: receipt.leaf })
    const waitsFor = known.rules.find(({ place }) => place.statement === receipt.id)?.waitsFor ?? []
    tellRecorded(
      context.output,
      waitsFor.length === 0
        ? `Version ${proposed.version} of the rules is in force.`
        : `Version ${proposed.version} of the rules is proposed. It is in force when every commission and the mediator have accepted.`,
      receipt,
      { mechanism: view.id },
    )
    if (
      proposed.calendars === undefined &&
      Object.values(proposed.periods).some((period) => period?.unit === 'working-days')
    ) {
      context.output.message(
        'It counts working days and holds no calendars: dates show once a version with calendars is in force.',
      )
    }
    context.output.next(
      `tidings mechanism rules ${view.id}`,
      `for the others: tidings mechanism accept-rules ${view.id}`,
    )
    return undefined
  },
})

async function readJson(file: string): Promise<unknown> {
  const text = await readNamed(file)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below: what is not JSON, and what is no object or list, is the same mistake.
  }
  throw usageError(`${file} must hold rules as JSON: schemas/documents/rules.json tells their form.`)
}

async function readCalendars(file: string): Promise<NonNullable<Rules['calendars']>> {
  // Their form is checked with the rules that hold them.
  return (await readJson(file)) as NonNullable<Rules['calendars']>
}

function checked(proposed: Rules): Rules {
  const result: z.ZodSafeParseResult<Rules> = rulesDocument.schema.safeParse(proposed)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw usageError(`The rules do not fit: /${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}.`)
}

import type { DutyDetail } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { type DutyOptions, dutiesMeant, dutyOptions } from '../duties-meant.ts'
import { partyNames } from '../names.ts'
import { checkDate, checkLeaf } from '../option-values.ts'
import { facts, timeText } from '../output.ts'
import { standingText } from '../standing-text.ts'

interface Options extends CommonOptions, DutyOptions {
  readonly atLeaf?: string
  readonly on?: string
}

export const why = defineCommand<Options>({
  declare(command) {
    dutyOptions(command)
      .option('--at-leaf <leaf>', 'as it was known at this leaf, on its day')
      .option('--on <date>', 'as it is seen on this day, YYYY-MM-DD')
    examples(command, 'tidings why A-B-2026-00001', 'tidings why A-B-2026-00001 --kind reply --question fate --json')
  },

  async run(context, [text = ''], { atLeaf, on, ...options }) {
    checkLeaf('--at-leaf', atLeaf)
    checkDate('--on', on)
    const session = await context.session()
    for (const id of await dutiesMeant(session, text, options)) {
      const duty = await session.connection.read.duty(id, { atLeaf, on })
      const name = partyNames(await session.mechanism(duty.mechanism))
      await context.output.item(duty, () => dutyText(duty, name))
    }
    return undefined
  },
})

function dutyText(duty: DutyDetail, name: (party: string) => string): string {
  const { clock } = duty
  return [
    facts([
      ['duty', `${duty.kind}${duty.question === undefined ? '' : ` (${duty.question})`}  ${duty.id}`],
      ['of', duty.reference ?? `${duty.stream} ${duty.about}`],
      ['owed', `by ${name(duty.owner)} to ${name(duty.towards)}`],
      ['since', `${timeText(duty.openedOn)}, leaf ${duty.openedAt}`],
      ['due', clock.due],
      [
        'stands',
        `${standingText(clock)}${clock.on === undefined ? '' : `, on ${clock.on}`}, as of leaf ${clock.atLeaf}`,
      ],
    ]),
    ...clock.steps.map(({ text: step }) => `  ${step}`),
    '',
  ].join('\n')
}

import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { writeNamed } from '../named-file.ts'
import { checkMechanism } from '../option-values.ts'

interface Options extends CommonOptions {
  readonly out: string
  readonly owed?: 'by' | 'to'
  readonly mechanism?: string
}

export const calendar = defineCommand<Options>({
  declare(command) {
    command
      .requiredOption('--out <file>', 'the calendar file to write (.ics)')
      .addOption(new Option('--owed <side>', 'only what is owed by you, or to you').choices(['by', 'to']))
      .option('--mechanism <id>', 'only in this mechanism')
    examples(command, 'tidings calendar --out deadlines.ics', 'tidings calendar --owed by --out ours.ics')
  },

  async run(context, _, { out, owed, mechanism }) {
    checkMechanism(mechanism)
    const { connection } = await context.session()
    const text = await connection.read.deadlines({ direction: owed && `owed-${owed}`, mechanism })
    await writeNamed(out, text, '--out')
    const dates = text.split('BEGIN:VEVENT').length - 1
    context.output.result({ file: out, dates }, () => `${dates} dates are written to ${out}.`)
    return undefined
  },
})

import { writeFile } from 'node:fs/promises'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'

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
    const { connection } = await context.session()
    const text = await connection.read.deadlines({ direction: owed && `owed-${owed}`, mechanism })
    await writeFile(out, text)
    const dates = text.split('BEGIN:VEVENT').length - 1
    context.output.result({ file: out, dates }, () => `${dates} dates are written to ${out}.`)
    return undefined
  },
})

import type { Outstanding } from '@tidings/client'
import { dutyKinds } from '@tidings/exchange'
import { questions } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { dutyColumns, dutyRow } from '../duty-row.ts'
import { partyNames } from '../names.ts'
import { table } from '../output.ts'

interface Options extends CommonOptions {
  readonly party?: string
  readonly owed?: 'by' | 'to'
  readonly kind?: string
  readonly question?: string
  readonly mechanism?: string
  readonly limit: string
  readonly all?: boolean
}

export const outstanding = defineCommand<Options>({
  declare(command) {
    command
      .addOption(new Option('--owed <side>', 'only what is owed by you, or to you').choices(['by', 'to']))
      .addOption(new Option('--kind <kind>', 'only duties of this kind').choices(dutyKinds))
      .addOption(new Option('--question <question>', 'only about this question').choices(questions))
      .option('--mechanism <id>', 'only in this mechanism')
      .option('--party <id>', 'of another party, for its mediator')
      .option('--limit <number>', 'how many duties to list', '20')
      .option('--all', 'list every duty; with --json a line each')
    examples(command, 'tidings outstanding', 'tidings outstanding --owed by --kind reply --all --json')
  },

  async run(context, _, { party: named, owed, kind, question, mechanism, limit, all, json }) {
    const session = await context.session()
    const party = named ?? session.party
    const filter = { direction: owed && `owed-${owed}`, kind, question, mechanism }
    const { read } = session.connection
    const view = mechanism ?? session.configuration.mechanism
    const name = partyNames(view === undefined ? undefined : await session.mechanism(view).catch(() => undefined))
    if (all && json) {
      for await (const duty of read.duties(party, filter)) {
        if (context.stop.aborted) break
        await context.output.item(duty, () => '')
      }
      return undefined
    }
    const page = await read.outstanding(party, { ...filter, limit: all ? 500 : Number(limit) })
    const us = party === session.party ? 'us' : name(party)
    context.output.result(page, () => totalsText(page, us))
    if (json || page.items.length === 0) return undefined
    const header = ['reference', ...dutyColumns]
    const row = (duty: (typeof page.items)[number]) => [duty.reference ?? duty.about, ...dutyRow(duty, name)]
    const rows = page.items.map(row)
    if (all) {
      for await (const duty of read.duties(party, { ...filter, cursor: page.next })) {
        if (page.next === undefined || context.stop.aborted) break
        rows.push(row(duty))
      }
    }
    await context.output.item({}, () => `\n${table(header, rows)}`)
    if (!all && page.next !== undefined)
      context.output.message('\nThere are more: --all lists them, --kind and --owed narrow it.')
    return undefined
  },
})

function totalsText({ totals, asOf }: Outstanding, us: string): string {
  const { owedBy, owedTo } = totals
  return [
    `As of leaf ${asOf}`,
    '',
    table(
      ['duties', `owed by ${us}`, `owed to ${us}`],
      dutyKinds.map((kind) => [kind, owedBy.duties[kind], owedTo.duties[kind]]),
    ),
    '',
    table(
      ['open questions', `asked of ${us}`, `asked by ${us}`],
      questions.map((question) => [question, owedBy.questions[question], owedTo.questions[question]]),
    ),
  ].join('\n')
}

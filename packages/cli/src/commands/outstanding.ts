import type { Outstanding } from '@tidings/client'
import { dutyKinds } from '@tidings/exchange'
import { questions } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { dutyColumns, dutyRow } from '../duty-row.ts'
import { declareList, type ListOptions, listing, usualLimit } from '../listing.ts'
import { partyNames } from '../names.ts'
import { table } from '../output.ts'

interface Options extends CommonOptions, ListOptions {
  readonly party?: string
  readonly owed?: 'by' | 'to'
  readonly kind?: string
  readonly question?: string
  readonly mechanism?: string
}

export const outstanding = defineCommand<Options>({
  declare(command) {
    command
      .addOption(new Option('--owed <side>', 'only what is owed by you, or to you').choices(['by', 'to']))
      .addOption(new Option('--kind <kind>', 'only duties of this kind').choices(dutyKinds))
      .addOption(new Option('--question <question>', 'only about this question').choices(questions))
      .option('--mechanism <id>', 'only in this mechanism')
      .option('--party <id>', 'of another party, for its mediator')
    declareList(command, 'duties')
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
    const page = await read.outstanding(party, { ...filter, limit: all ? 500 : Math.min(limit ?? usualLimit, 1000) })
    const us = party === session.party ? 'us' : name(party)
    context.output.result(page, () => totalsText(page, us))
    if (json || page.items.length === 0) return undefined
    async function* duties() {
      yield* page.items
      if (page.next !== undefined) yield* read.duties(party, { ...filter, cursor: page.next })
    }
    const list = listing(context, duties(), { limit, all })
    const rows = await Array.fromAsync(list.items, (duty) => [duty.reference ?? duty.about, ...dutyRow(duty, name)])
    await context.output.item({}, () => `\n${table(['reference', ...dutyColumns], rows)}`)
    await list.tellMore()
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

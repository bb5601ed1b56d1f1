import type { Outstanding } from '@tidings/client'
import { dutyKinds } from '@tidings/exchange'
import { questions } from '@tidings/statement'
import { Option } from 'commander'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { usageError } from '../command-error.ts'
import { dutyColumns, dutyRow } from '../duty-row.ts'
import { declareList, type ListOptions, listing, usualLimit } from '../listing.ts'
import { partyMeant, partyNames } from '../names.ts'
import { checkMechanism, isPartyId } from '../option-values.ts'
import { lastLeaf, table } from '../output.ts'

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
      .option('--party <party>', 'of another party, by id or by code, for its mediator')
    // With --json too: the totals stand beside the list, and are what programs mostly want.
    declareList(command, 'duties', 'with --json too')
    examples(command, 'tidings outstanding', 'tidings outstanding --owed by --kind reply --all --json')
  },

  async run(context, _, { party: named, owed, kind, question, mechanism, limit, all, json }) {
    checkMechanism(mechanism)
    const session = await context.session()
    const filter = { direction: owed && `owed-${owed}`, kind, question, mechanism }
    const { read } = session.connection
    const view = mechanism ?? session.configuration.mechanism
    const known = view === undefined ? undefined : await session.mechanism(view).catch(() => undefined)
    const name = partyNames(known)
    const party = named === undefined ? session.party : ((known && partyMeant(known, named)) ?? named)
    if (!isPartyId(party))
      throw usageError(`--party: ${party} is neither the id of a party nor its code in the mechanism.`)
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
    const list = listing(context, duties(), { limit, all }, '--all', totalOf(page, { owed, kind, question }))
    const rows = await Array.fromAsync(list.items, (duty) => [duty.reference ?? duty.about, ...dutyRow(duty, name)])
    await context.output.item({}, () => `\n${table(['reference', ...dutyColumns], rows)}`)
    await list.tellMore()
    return undefined
  },
})

/** How many duties fulfil the conditions. The totals know no questions of duties. */
function totalOf(
  { totals }: Outstanding,
  { owed, kind, question }: { readonly [K in 'owed' | 'kind' | 'question']: Options[K] | undefined },
): number | undefined {
  if (question !== undefined) return undefined
  return [owed !== 'to' && totals.owedBy, owed !== 'by' && totals.owedTo]
    .flatMap((side) => (side ? Object.entries(side.duties) : []))
    .reduce((sum, [name, count]) => (kind === undefined || kind === name ? sum + count : sum), 0)
}

function totalsText({ totals, asOf }: Outstanding, us: string): string {
  const { owedBy, owedTo } = totals
  return [
    `As of ${lastLeaf(asOf)}`,
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

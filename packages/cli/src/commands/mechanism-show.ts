import { mechanismTerms } from '@tidings/statement'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { partyNames } from '../names.ts'
import { facts, table, timeText } from '../output.ts'

export const mechanismShow = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism show')
  },

  async run(context, [id]) {
    const { mechanism, party } = await context.session()
    const view = await mechanism(id)
    const name = partyNames(view.participants.length > 0 ? view : view.proposals.at(-1))
    context.output.result(view, () =>
      [
        facts([
          ['mechanism', view.id],
          ['in force', view.inForce ? 'yes' : 'no'],
        ]),
        '',
        ...(view.participants.length > 0
          ? [
              table(
                ['code', 'role', 'party'],
                view.participants.map((p) => [p.code, p.role, p.party === party ? `${p.party} (you)` : p.party]),
              ),
              '',
            ]
          : []),
        ...view.proposals.map(({ place, by, participants, accepted, waitsFor, inForceSince, lapsedAt, terms }) =>
          facts([
            ['proposal', `${place.statement}, leaf ${place.leaf}, ${timeText(place.time)}`],
            ['by', name(by)],
            ['names', participants.map((p) => `${p.code} (${p.role})`).join(', ')],
            ['accepted by', accepted.map((a) => name(a.party)).join(', ')],
            ['waits for', waitsFor.length === 0 ? undefined : waitsFor.map(name).join(', ')],
            ['in force since', inForceSince === undefined ? undefined : `leaf ${inForceSince}`],
            ['lapsed at', lapsedAt === undefined ? undefined : `leaf ${lapsedAt}`],
            ...termsFacts(terms),
          ]),
        ),
      ].join('\n'),
    )
  },
})

/** What a proposal is called and covers, in every language that it is told in. */
function termsFacts(terms: unknown): [string, string | undefined][] {
  const told = mechanismTerms.schema.safeParse(terms)
  if (!told.success) return []
  const inWords = (texts: Readonly<Record<string, string>> | undefined) => texts && Object.values(texts).join(' / ')
  return [
    ['title', inWords(told.data.title)],
    ['scope', inWords(told.data.scope)],
  ]
}

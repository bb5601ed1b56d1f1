import type { MechanismView, RulesVersionView } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { partyNames } from '../names.ts'
import { facts, timeText } from '../output.ts'

export const mechanismRules = defineCommand<CommonOptions>({
  declare(command) {
    examples(command, 'tidings mechanism rules', 'tidings mechanism rules --json')
  },

  async run(context, [id]) {
    const { mechanism } = await context.session()
    const view = await mechanism(id)
    const { rules, suspensions, absences } = view
    context.output.result({ mechanism: view.id, rules, suspensions, absences, asOf: view.asOf }, () => rulesText(view))
    return undefined
  },
})

function rulesText(view: MechanismView): string {
  const name = partyNames(view.participants.length > 0 ? view : view.proposals.at(-1))
  const standing = [
    ...view.suspensions.map((one) => ['suspended', one] as const),
    ...view.absences.map((one) => ['left', one] as const),
  ].map(
    ([what, { place, by, until }]) =>
      `${what} by ${name(by)} on ${timeText(place.time)}, leaf ${place.leaf}${until === undefined ? ', still' : `, until leaf ${until}`}`,
  )
  return [
    ...(view.rules.length === 0 ? ['No rules have been proposed: no dates are shown.'] : []),
    ...view.rules.map((version) => `${versionText(version, name)}\n`),
    ...standing,
  ].join('\n')
}

function versionText({ rules, ...version }: RulesVersionView, name: (party: string) => string): string {
  const periods = Object.entries(rules.periods).map(([kind, { n, unit }]) => `${kind} ${n} ${unit}`)
  const years = Map.groupBy(rules.calendars ?? [], ({ party }) => party)
  return facts([
    ['version', `${version.version}${rules.title === undefined ? '' : ` (${Object.values(rules.title).join(' / ')})`}`],
    ['proposed', `by ${name(version.by)}, ${timeText(version.place.time)}, leaf ${version.place.leaf}`],
    ['accepted by', version.accepted.map(({ party }) => name(party)).join(', ')],
    ['waits for', version.waitsFor.length === 0 ? undefined : version.waitsFor.map(name).join(', ')],
    ['in force since', version.inForceSince === undefined ? undefined : `leaf ${version.inForceSince}`],
    ['lapsed at', version.lapsedAt === undefined ? undefined : `leaf ${version.lapsedAt}`],
    ['zone', rules.zone],
    ['periods', periods.join(', ')],
    ...[...years].map(
      ([party, calendars]) => ['calendars', `${name(party)}: ${calendars.map(({ year }) => year).join(', ')}`] as const,
    ),
  ])
}

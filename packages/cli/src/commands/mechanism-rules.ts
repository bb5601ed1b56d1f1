import { type MechanismView, type RulesVersionView, rulesDifferences, rulesInWords } from '@tidings/client'
import { type CommonOptions, defineCommand, examples } from '../command.ts'
import { facts, timeText } from '../output.ts'
import { quotaText } from '../quota-text.ts'
import { differencesText, namesIn, rulesInForce, rulesMeant } from '../rules-meant.ts'

interface Options extends CommonOptions {
  readonly proposal?: string
  readonly against?: string
}

export const mechanismRules = defineCommand<Options>({
  declare(command) {
    command
      .option('--proposal <id>', 'only this version, by its id, the beginning of it, or its number')
      .option('--against <id>', 'with --proposal: what it changes against this one; the one in force unless named')
    examples(
      command,
      'tidings mechanism rules',
      'tidings mechanism rules --proposal Jq3v',
      'tidings mechanism rules --proposal Jq3v --against 2',
    )
  },

  async run(context, [id], { proposal, against }) {
    const { mechanism } = await context.session()
    const view = await mechanism(id)
    const before = against === undefined ? rulesInForce(view) : rulesMeant(view, view.rules, against)
    if (proposal !== undefined || against !== undefined) {
      const meant = rulesMeant(view, view.rules, proposal)
      const differences = rulesDifferences(before?.rules, meant.rules)
      context.output.result({ mechanism: view.id, ...meant, differences, asOf: view.asOf }, () =>
        [versionText(meant, view), '', ...comparison(view, before, meant)].join('\n'),
      )
      return undefined
    }
    const { rules, suspensions, absences, toMeeting } = view
    context.output.result({ mechanism: view.id, rules, suspensions, absences, toMeeting, asOf: view.asOf }, () =>
      rulesText(view),
    )
    return undefined
  },
})

function rulesText(view: MechanismView): string {
  const name = namesIn(view)
  const inForce = rulesInForce(view)
  const standing = [
    ...view.suspensions.map((one) => ['suspended', one] as const),
    ...view.absences.map((one) => ['left', one] as const),
  ].map(
    ([what, { place, by, until }]) =>
      `${what} by ${name(by)} on ${timeText(place.time)}, leaf ${place.leaf}${until === undefined ? ', still' : `, until leaf ${until}`}`,
  )
  return [
    ...(view.rules.length === 0 ? ['No rules have been proposed: no dates are shown.'] : []),
    ...view.rules.map((version) => {
      // Of what stands as a proposal, what it would change is what is asked first.
      const isProposed = version.inForceSince === undefined && version.lapsedAt === undefined
      const changes = isProposed && inForce ? ['', ...comparison(view, inForce, version)] : []
      return `${[versionText(version, view), ...changes].join('\n')}\n`
    }),
    ...standing,
    ...[quotaText(view) ?? []].flat(),
  ].join('\n')
}

function comparison(view: MechanismView, before: RulesVersionView | undefined, after: RulesVersionView): string[] {
  if (before?.place.statement === after.place.statement) return []
  const against = before === undefined ? 'nothing, for no rules are in force' : `version ${before.version}`
  return [`Against ${against}:`, ...differencesText(view, before, after)]
}

function versionText({ rules, ...version }: RulesVersionView, view: MechanismView): string {
  const name = namesIn(view)
  return facts([
    ['version', `${version.version}${rules.title === undefined ? '' : ` (${Object.values(rules.title).join(' / ')})`}`],
    ['id', version.place.statement],
    ['proposed', `by ${name(version.by)}, ${timeText(version.place.time)}, leaf ${version.place.leaf}`],
    ['accepted by', version.accepted.map(({ party }) => name(party)).join(', ')],
    ['waits for', version.waitsFor.length === 0 ? undefined : version.waitsFor.map(name).join(', ')],
    ['in force since', version.inForceSince === undefined ? undefined : `leaf ${version.inForceSince}`],
    ['lapsed at', version.lapsedAt === undefined ? undefined : `leaf ${version.lapsedAt}`],
    ...rulesInWords(rules, name),
  ])
}

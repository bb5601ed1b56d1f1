import { type MechanismView, type RulesVersionView, rulesDifferences } from '@tidings/client'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { partyNames } from './names.ts'

/** Fewest characters of an id that are taken for it. */
const shortest = 4

/** Names of the parties of a mechanism; before it is in force, as its last proposal codes them. */
export function namesIn(view: MechanismView): (party: string) => string {
  return partyNames(view.participants.length > 0 ? view : view.proposals.at(-1))
}

/** The version that is in force, if one is. */
export function rulesInForce({ rules }: Pick<MechanismView, 'rules'>): RulesVersionView | undefined {
  return rules
    .filter(({ inForceSince }) => inForceSince !== undefined)
    .reduce<RulesVersionView | undefined>(
      (last, one) => ((one.inForceSince ?? 0) >= (last?.inForceSince ?? 0) ? one : last),
      undefined,
    )
}

/**
 * The version that is meant by the id of its proposal, by the beginning of that id, or by its number; without any, the only one there is.
 *
 * @param among the versions that can be meant
 * @throws {CommandError} none is, or several are: then they are listed, with what they would change
 */
export function rulesMeant(
  view: MechanismView,
  among: readonly RulesVersionView[],
  text: string | undefined,
): RulesVersionView {
  const byNumber = among.filter(({ version }) => String(version) === text)
  const meant =
    text === undefined
      ? among
      : byNumber.length > 0
        ? byNumber
        : among.filter(({ place }) => text.length >= shortest && place.statement.startsWith(text))
  const [only, ...more] = meant
  if (only && more.length === 0) return only
  if (!only) {
    const ids = among.map(({ place }) => `\n  ${place.statement}`).join('')
    throw new CommandError(
      `No such proposal of rules: name one by its id, or at least ${shortest} characters of its beginning.${ids === '' ? '' : ` There are:${ids}`}`,
      exitCodes.usage,
    )
  }
  const listed = meant.map((one) => proposalText(view, one)).join('\n\n')
  throw new CommandError(
    `Several proposals of rules stand: name the one that you mean with --proposal and its id, or the beginning of it.\n\n${listed}`,
    exitCodes.usage,
  )
}

function proposalText(view: MechanismView, one: RulesVersionView): string {
  const { version, place, by } = one
  const changes = differencesText(view, rulesInForce(view), one)
  return [
    `${place.statement}\n  version ${version}, proposed by ${namesIn(view)(by)} at leaf ${place.leaf}`,
    ...changes,
  ].join('\n')
}

/** What a version changes against another, a line for each thing. */
export function differencesText(
  view: MechanismView,
  before: RulesVersionView | undefined,
  after: RulesVersionView,
): string[] {
  const changes = rulesDifferences(before?.rules, after.rules, namesIn(view))
  if (changes.length === 0) return ['  changes nothing that is agreed']
  return changes.map(
    ({ about, before: was, after: is }) =>
      `  ${about}: ${was === undefined ? '' : `${was} -> `}${is ?? 'not agreed any more'}`,
  )
}

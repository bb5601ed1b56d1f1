import type { Spoken } from './define-rule.ts'
import { type Void, voided } from './verdict.ts'

/**
 * What is wrong with the audience of a statement under a mechanism: everyone in it takes part, the other side is never left out, even when it has
 * left, and a central agency receives its copy of what is asked, answered and disclosed unless the rules agree otherwise.
 */
export function audienceFault(
  { payload, participants, rules }: Spoken,
  ...otherSide: readonly string[]
): Void | undefined {
  const audience = payload.aud ?? []
  const mayHear = (party: string) => otherSide.includes(party) || participants.some((p) => p.party === party)
  if (!audience.every(mayHear)) return voided('audience-not-in-mechanism')
  if (otherSide.some((party) => !audience.includes(party))) return voided('other-side-left-out')
  if (rules?.rules.agencyCopy === false) return undefined
  const agency = participants.find((p) => p.role === 'central-agency')?.party
  if (agency !== undefined && agency !== payload.iss && !audience.includes(agency)) return voided('agency-left-out')
  return undefined
}

import type { MechanismView } from '@tidings/client'
import { namesIn, rulesInForce } from './rules-meant.ts'

/** How many matters of each side are decided to go to a meeting, beside its quota; nothing where neither is there to be told. */
export function quotaText(view: MechanismView): string | undefined {
  const name = namesIn(view)
  const quotas = new Map(rulesInForce(view)?.rules.quotas?.map(({ party, perMeeting }) => [party, perMeeting]))
  const matters = new Map(view.toMeeting.map((one) => [one.party, one.matters]))
  if (quotas.size === 0 && matters.size === 0) return undefined
  const sides = view.participants.flatMap(({ party, role }) => {
    if (role !== 'commission') return []
    const quota = quotas.get(party)
    return [`${name(party)} ${matters.get(party) ?? 0}${quota === undefined ? ' (no quota agreed)' : ` of ${quota}`}`]
  })
  return `Matters for the next meeting: ${sides.join(', ')}.`
}

import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { discharge, openDuties } from '../duty.ts'
import { lastOver } from '../past.ts'
import { effective, voided } from '../verdict.ts'
import { hasVersion } from '../versions.ts'

export const disclosureAcknowledge = following('disclosure.acknowledge', 'disclosure', {
  judge(disclosure, said) {
    const { payload } = said
    if (!disclosure.addressees.includes(payload.iss)) return voided('not-an-addressee')
    const { retractedAt } = disclosure.latest
    if (!hasVersion(disclosure.latest, payload.re?.[0] ?? '')) return voided('answers-another')
    if (retractedAt !== undefined) return voided('retracted', { leaf: retractedAt })
    if (openDuties(disclosure.owed, { kind: 'acknowledge', owner: payload.iss }).length === 0) {
      const before = lastOver(disclosure, 'acknowledge', { owner: payload.iss })?.dischargedAt
      return voided('already-acknowledged', before === undefined ? {} : { leaf: before })
    }
    return audienceFault(said, disclosure.author) ?? effective
  },
  evolve(disclosure, { payload, id: statement, leaf }) {
    const match = { kind: 'acknowledge', owner: payload.iss } as const
    return { ...disclosure, owed: discharge(disclosure.owed, match, { statement, leaf }) }
  },
})

import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { discharge, openDuties } from '../duty.ts'
import { effective, voided } from '../verdict.ts'

export const disclosureAcknowledge = following('disclosure.acknowledge', 'disclosure', {
  judge(disclosure, said) {
    const { payload } = said
    if (!disclosure.addressees.includes(payload.iss)) return voided('not-an-addressee')
    const { versions, retractedAt } = disclosure.latest
    if (!versions.includes(payload.re?.[0] ?? '')) return voided('answers-another')
    if (retractedAt !== undefined) return voided('retracted', { leaf: retractedAt })
    if (openDuties(disclosure.duties, { kind: 'acknowledge', owner: payload.iss }).length === 0) {
      const before = disclosure.duties.findLast((duty) => duty.owner === payload.iss)?.dischargedAt
      return voided('already-acknowledged', before === undefined ? {} : { leaf: before })
    }
    return audienceFault(said, disclosure.author) ?? effective
  },
  evolve(disclosure, { payload, id: statement, leaf }) {
    const match = { kind: 'acknowledge', owner: payload.iss } as const
    return { ...disclosure, duties: discharge(disclosure.duties, match, { statement, leaf }) }
  },
})

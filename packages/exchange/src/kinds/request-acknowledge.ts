import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { discharge, openDuties } from '../duty.ts'
import { lastOver } from '../past.ts'
import { standingReturn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestAcknowledge = following('request.acknowledge', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.addressee) return voided('not-an-addressee')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    if (openDuties(request.owed, { kind: 'acknowledge' }).length === 0) {
      const returned = standingReturn(request)
      if (returned?.acknowledgeEnded) return voided('returned', { leaf: returned.leaf })
      const before = lastOver(request, 'acknowledge', { question: undefined })?.dischargedAt
      return voided('already-acknowledged', before === undefined ? {} : { leaf: before })
    }
    return audienceFault(said, request.asker) ?? effective
  },
  evolve(request, { id: statement, leaf }) {
    return { ...request, owed: discharge(request.owed, { kind: 'acknowledge' }, { statement, leaf }) }
  },
})

import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { change, discharge, openDuties } from '../duty.ts'
import { lastOver } from '../past.ts'
import { extensionDecider, othersIn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestDecideExtension = following('request.decide-extension', 'request', {
  judge(request, said) {
    const { payload } = said
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const [re = ''] = payload.re ?? []
    const [pending] = openDuties(request.owed, { kind: 'decide-extension', re })
    const last = pending ?? lastOver(request, 'decide-extension', { re })
    if (!last) return voided('answers-another')
    // Whoever owes it; or, should that party have gone, whoever would owe it now.
    if (payload.iss !== last.owner && payload.iss !== extensionDecider(said, request)) return voided('not-the-decider')
    if (!pending) return voided('nothing-to-decide', last.dischargedAt === undefined ? {} : { leaf: last.dischargedAt })
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const match = { kind: 'decide-extension', ...(payload.re?.[0] !== undefined && { re: payload.re[0] }) } as const
    const decided = openDuties(request.owed, match)
    let duties = discharge(request.owed, match, { statement, leaf })
    for (const { question } of decided) {
      if (question === undefined) continue
      duties = change(duties, { kind: 'reply', question }, ({ extensionAsked, ...duty }) =>
        extensionAsked && payload.body.decision === 'granted'
          ? { ...duty, extensions: [...(duty.extensions ?? []), { ...extensionAsked, grantedAt: leaf }] }
          : duty,
      )
    }
    return { ...request, owed: duties }
  },
})

import { audienceFault } from '../audience.ts'
import { following } from '../define-rule.ts'
import { end, openDuties } from '../duty.ts'
import { mediatorOf } from '../mechanism.ts'
import { opening } from '../opening.ts'
import { othersIn, standingReturn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestReturn = following('request.return', 'request', {
  judge(request, said) {
    const { payload, participants } = said
    const mediator = mediatorOf(participants)
    // Where there is a secretariat, it alone returns.
    if (payload.iss !== (mediator ?? request.addressee)) return voided('role-may-not-say-this')
    if (payload.re?.[0] !== request.submitted.statement) return voided('answers-another')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const standing = standingReturn(request)
    if (standing) return voided('returned', { leaf: standing.leaf })
    const [first] = request.replies?.entries ?? []
    if (first) return voided('already-answered', { leaf: first.leaf })
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const returned = { statement, leaf, ended: [], acknowledgeEnded: false }
    if (payload.iss === request.addressee) return { ...request, returned }
    const clarify = { kind: 'clarify', owner: request.asker, towards: payload.iss, re: statement } as const
    return {
      ...request,
      returned: {
        ...returned,
        ended: openDuties(request.owed, { kind: 'reply' }).flatMap(({ question }) => question ?? []),
        acknowledgeEnded: openDuties(request.owed, { kind: 'acknowledge' }).length > 0,
      },
      owed: [...end(request.owed, {}, { statement, leaf }), { ...opening(said), ...clarify }],
    }
  },
})

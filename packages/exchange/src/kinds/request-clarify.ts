import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { following } from '../define-rule.ts'
import { change, discharge, openDuties, resumed } from '../duty.ts'
import { lastOver } from '../past.ts'
import { openAfresh, othersIn, rulesOfDuty, standingReturn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestClarify = following('request.clarify', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const [re] = payload.re ?? []
    if (re === undefined) return voided('answers-another')
    const isOwed = openDuties(request.owed, { kind: 'clarify', re }).length > 0
    if (!isOwed && re !== standingReturn(request)?.statement) {
      const before = lastOver(request, 'clarify', { re })
      if (!before && re !== request.returned?.statement) return voided('answers-another')
      const leaf = before?.dischargedAt ?? request.returned?.until
      return voided('nothing-to-clarify', leaf === undefined ? {} : { leaf })
    }
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const [re] = payload.re ?? []
    if (re === undefined) throw new TypeError('internal error: the schema lets no such clarification pass')
    const clarified = openDuties(request.owed, { kind: 'clarify', re })
    let duties = discharge(request.owed, { kind: 'clarify', re }, { statement, leaf })
    for (const { question } of clarified) {
      // Another question back may wait still: then so does the clock.
      if (question === undefined || openDuties(duties, { kind: 'clarify', question }).length > 0) continue
      duties = change(duties, { kind: 'reply', question }, (duty) =>
        resumed(duty, leaf, rulesOfDuty(said, duty)?.clarification?.effect === 'restart'),
      )
    }
    const clear = { ...request, owed: duties, latest: { ...request.latest, 'request.clarify': correctable(said) } }
    return re === standingReturn(request)?.statement ? openAfresh(clear, said) : clear
  },
})

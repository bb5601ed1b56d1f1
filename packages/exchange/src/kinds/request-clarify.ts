import { audienceFault } from '../audience.ts'
import { correctable } from '../correction.ts'
import { following } from '../define-rule.ts'
import { change, discharge, openDuties, resumed } from '../duty.ts'
import { openAfresh, othersIn, rulesOfDuty, standingReturn } from '../request.ts'
import { effective, voided } from '../verdict.ts'

export const requestClarify = following('request.clarify', 'request', {
  judge(request, said) {
    const { payload } = said
    if (payload.iss !== request.asker) return voided('not-the-asker')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const [re] = payload.re ?? []
    const asked = request.duties.filter((duty) => duty.kind === 'clarify' && duty.re === re)
    if (asked.length === 0 && re !== request.returned?.statement) return voided('answers-another')
    const isOpen = asked.some(({ dischargedAt }) => dischargedAt === undefined)
    if (!isOpen && re !== standingReturn(request)?.statement) {
      const leaf = asked.at(-1)?.dischargedAt ?? request.returned?.until
      return voided('nothing-to-clarify', leaf === undefined ? {} : { leaf })
    }
    return audienceFault(said, ...othersIn(request, payload.iss)) ?? effective
  },
  evolve(request, said) {
    const { payload, id: statement, leaf } = said
    const [re] = payload.re ?? []
    if (re === undefined) throw new TypeError('internal error: the schema lets no such clarification pass')
    const clarified = openDuties(request.duties, { kind: 'clarify', re })
    let duties = discharge(request.duties, { kind: 'clarify', re }, { statement, leaf })
    for (const { question } of clarified) {
      if (question === undefined) continue
      duties = change(duties, { kind: 'reply', question }, (duty) => ({
        ...resumed(duty, leaf),
        ...(rulesOfDuty(said, duty)?.clarification?.effect === 'restart' && { countsFrom: leaf }),
      }))
    }
    const clear = { ...request, duties, latest: { ...request.latest, 'request.clarify': correctable(said) } }
    return re === standingReturn(request)?.statement ? openAfresh(clear, said) : clear
  },
})

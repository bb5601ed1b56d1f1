import { audienceFault } from '../audience.ts'
import {
  assessmentMet,
  clarificationMet,
  correctionFault,
  withoutAssessment,
  withoutClarification,
  withoutReply,
} from '../correction.ts'
import { following, type Spoken } from '../define-rule.ts'
import { end } from '../duty.ts'
import { othersIn } from '../request.ts'
import type { CorrectableKind, RequestThing } from '../state.ts'
import { effective, type Verdict, voided } from '../verdict.ts'
import { hasVersion } from '../versions.ts'

export const retractInRequest = following('statement.retract', 'request', {
  judge(request, said): Verdict {
    const kind = kindOf(request, said)
    const fault = correctionFault(kind && request.latest[kind], said)
    if (fault) return fault
    if (kind === 'request.submit') return voided('not-retractable')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    const { 'request.assess': assess, 'request.clarify': clarify } = request.latest
    const met =
      (kind === 'request.assess' && assess && assessmentMet(assess)) ||
      (kind === 'request.clarify' && clarify && clarificationMet(request, clarify))
    return met || (audienceFault(said, ...othersIn(request, said.payload.iss)) ?? effective)
  },
  evolve(request, said) {
    const kind = kindOf(request, said)
    const latest = kind && request.latest[kind]
    if (!latest) return request
    const { 'request.assess': assess, 'request.clarify': clarify, 'request.reply': reply } = request.latest
    let without = request
    if (kind === 'request.reply' && reply) without = withoutReply(request, said, reply)
    if (kind === 'request.assess' && assess) without = withoutAssessment(request, said, assess)
    if (kind === 'request.clarify' && clarify) without = withoutClarification(request, said, clarify)
    return { ...without, latest: { ...request.latest, [kind]: { ...latest, retractedAt: said.leaf } } }
  },
})

export const retractInDisclosure = following('statement.retract', 'disclosure', {
  judge(disclosure, said): Verdict {
    return correctionFault(disclosure.latest, said) ?? audienceFault(said, ...disclosure.addressees) ?? effective
  },
  evolve(disclosure, { id: statement, leaf }) {
    return {
      ...disclosure,
      owed: end(disclosure.owed, {}, { statement, leaf }),
      latest: { ...disclosure.latest, retractedAt: leaf },
    }
  },
})

/** The kind of the statement that is retracted, if it is one of those that can be. */
function kindOf(request: RequestThing, { payload }: Spoken<'statement.retract'>): CorrectableKind | undefined {
  const [re = ''] = payload.re ?? []
  return (Object.keys(request.latest) as CorrectableKind[]).find((kind) => {
    const latest = request.latest[kind]
    return latest !== undefined && hasVersion(latest, re)
  })
}

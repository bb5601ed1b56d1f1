import { canonicalForm, type Kind, type PayloadOf, textOf } from '@tidings/statement'
import { audienceFault } from '../audience.ts'
import {
  assessmentMet,
  correctable,
  correctionFault,
  withoutAssessment,
  withoutPassing,
  withoutReply,
} from '../correction.ts'
import { following, type Spoken } from '../define-rule.ts'
import { end } from '../duty.ts'
import { opening } from '../opening.ts'
import { othersIn } from '../request.ts'
import type { Correctable, DisclosureThing, RequestThing } from '../state.ts'
import { effective, type Verdict, voided } from '../verdict.ts'
import { requestAssess } from './request-assess.ts'
import { requestReply } from './request-reply.ts'

type Correct = Spoken<'statement.correct'>

/** In a request: a correction takes back what it replaces and has the rest said anew, both at its own leaf. */
export const correctInRequest = following('statement.correct', 'request', {
  judge(request, said): Verdict {
    const { body } = said.payload
    if (body.kind === 'disclosure.make') return voided('not-the-latest')
    const latest = request.latest[body.kind]
    const fault = correctionFault(latest, said)
    if (fault || !latest) return fault ?? voided('not-the-latest')
    if (request.withdrawn) return voided('withdrawn', request.withdrawn)
    if (isOf(latest, said, 'request.reply'))
      return requestReply.judge(
        withoutReply(request, said, latest),
        anew(said, 'request.reply', latest, [request.asker]),
      )
    if (isOf(latest, said, 'request.assess')) {
      const met = assessmentMet(latest)
      return met ?? requestAssess.judge(withoutAssessment(request, said, latest), anew(said, 'request.assess', latest))
    }
    if (!isSame(latest.body, body.body)) return voided('content-only')
    return audienceFault(said, ...othersIn(request, said.payload.iss)) ?? effective
  },
  evolve(request, said) {
    const { kind } = said.payload.body
    if (kind === 'disclosure.make') return request
    const latest = request.latest[kind]
    if (isOf(latest, said, 'request.reply'))
      return passing(
        requestReply.evolve(withoutReply(request, said, latest), anew(said, 'request.reply', latest, [request.asker])),
        said,
        kind,
        latest,
      )
    if (isOf(latest, said, 'request.assess'))
      return passing(
        requestAssess.evolve(withoutAssessment(request, said, latest), anew(said, 'request.assess', latest)),
        said,
        kind,
        latest,
      )
    return { ...request, latest: { ...request.latest, [kind]: replaced(said, latest) } }
  },
})

/** In a disclosure: what is disclosed now is to be acknowledged anew. */
export const correctInDisclosure = following('statement.correct', 'disclosure', {
  judge(disclosure, said): Verdict {
    if (said.payload.body.kind !== 'disclosure.make') return voided('not-the-latest')
    return correctionFault(disclosure.latest, said) ?? audienceFault(said, ...disclosure.addressees) ?? effective
  },
  evolve(disclosure, said): DisclosureThing {
    const { body: replacing } = said.payload
    if (replacing.kind !== 'disclosure.make') return disclosure
    const by = { statement: said.id, leaf: said.leaf }
    const { author, addressees } = disclosure
    const opened = { ...opening(said), towards: author, kind: 'acknowledge' } as const
    return {
      ...disclosure,
      matter: replacing.body.matter,
      owed: [...end(disclosure.owed, {}, by), ...addressees.map((owner) => ({ ...opened, owner }))],
      latest: replaced(said, disclosure.latest) as Correctable<'disclosure.make'>,
    }
  },
})

function isOf<K extends 'request.reply' | 'request.assess'>(
  latest: Correctable | undefined,
  said: Correct,
  kind: K,
): latest is Correctable<K> {
  return latest !== undefined && said.payload.body.kind === kind
}

/** What a correction says, as a statement of the kind that it corrects. */
function anew<K extends Kind>(
  said: Correct,
  kind: K,
  latest: Correctable | undefined,
  to: readonly string[] = [],
): Spoken<K> {
  const payload = { ...said.payload, kind, to, re: latest?.re ?? [], body: said.payload.body.body }
  return { ...said, payload: payload as unknown as PayloadOf<K> }
}

function replaced(said: Correct, latest: Correctable | undefined): Correctable {
  return correctable(anew(said, said.payload.body.kind, latest) as Spoken, latest)
}

function passing(request: RequestThing, said: Correct, kind: string, latest: Correctable): RequestThing {
  return {
    ...request,
    owed: withoutPassing(request.owed, said.id),
    latest: { ...request.latest, [kind]: replaced(said, latest) },
  }
}

const isSame = (one: unknown, other: unknown) =>
  textOf(canonicalForm(one), 'body') === textOf(canonicalForm(other), 'body')

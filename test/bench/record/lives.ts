import { randomBytes } from 'node:crypto'
import { type Kind, newThingId, type PayloadOf, type Question, toBase64url } from '@tidings/statement'
import type { MadeParty } from './parties.ts'

/** What fills a record: requests that nobody has answered yet; or cases, and requests in every stage. */
export type Filling = 'open-requests' | 'mixed'

/** Who speaks in a made record, and under which mechanism. */
export interface Cast {
  readonly mechanism: string
  /** Commissions in pairs ask each other; a mediator and a central agency stand beside. */
  readonly parties: readonly MadeParty[]
}

/** Something to be said in one stream; `re` counts back from it: 1 is the statement before. */
export interface Line {
  readonly by: MadeParty
  readonly payload: Omit<PayloadOf, 'v' | 'iss' | 'iat' | 'seen' | 're'>
  readonly re?: number
}

/** How far a life of the mixed filling goes: six cases; eight requests that wait, three acknowledged, two replied to, one closed. */
const stages = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4] as const

/** How many lives hold at least so many statements. */
export function livesHolding(statements: number, filling: Filling): number {
  if (filling === 'open-requests') return statements
  let lives = 0
  for (let held = 0; held < statements; lives++) held += Math.max(1, stageOf(lives))
  return lives
}

function stageOf(n: number): number {
  return stages[n % stages.length] ?? 0
}

/** The life of one stream, by its number: a case, or a request and how far it came. */
export function lifeOf(n: number, { mechanism, parties }: Cast, filling: Filling): readonly Line[] {
  const commissions = parties.filter(({ role }) => role === 'commission')
  const agency = parties.find(({ role }) => role === 'central-agency')
  // Stages come round every twenty lives: who asks whom comes round by another count, so that everyone has some of each.
  const turn = n + Math.floor(n / stages.length)
  const asker = commissions[turn % commissions.length]
  const other = 1 + (Math.floor(turn / commissions.length) % (commissions.length - 1))
  const addressee = commissions[(turn + other) % commissions.length]
  if (!asker || !addressee) throw new RangeError('a record takes two commissions or more')
  const stage = filling === 'mixed' ? stageOf(n) : 1
  const about = newThingId()
  if (stage === 0) {
    return [{ by: asker, payload: said('case.describe', about, {}, { content: contentOf('person') }) }]
  }
  const aud = (party: MadeParty) => [party.id, ...(agency ? [agency.id] : [])]
  const to = (party: MadeParty) => ({ mechanism, to: [party.id], aud: aud(party) })
  const questions: readonly Question[] = ['fate', 'whereabouts']
  const body = { matter: { type: 'case' as const, case: newThingId() }, questions: [...questions] }
  const life: readonly Line[] = [
    { by: asker, payload: said('request.submit', about, body, { ...to(addressee), content: contentOf('request') }) },
    { by: addressee, re: 1, payload: said('request.acknowledge', about, {}, { mechanism, aud: aud(asker) }) },
    {
      by: addressee,
      re: 2,
      payload: said(
        'request.reply',
        about,
        { answers: questions.map((question) => ({ question, disposition: 'given' as const })) },
        { ...to(asker), content: contentOf('reply') },
      ),
    },
    {
      by: asker,
      re: 1,
      payload: said(
        'request.assess',
        about,
        { assessments: questions.map((question) => ({ question, assessment: 'accepted' as const })) },
        to(addressee),
      ),
    },
  ]
  return life.slice(0, stage)
}

function said<K extends Kind>(kind: K, about: string, body: PayloadOf<K>['body'], rest: object): Line['payload'] {
  return { kind, about, body, ...rest } as Line['payload']
}

/** Names a content that nobody holds: its commitment opens nothing. */
function contentOf(what: string) {
  return [
    {
      subject: newThingId(),
      commitment: toBase64url(randomBytes(32)),
      mediaType: `application/vnd.tidings.${what}+json`,
      bucket: 1024,
    },
  ]
}

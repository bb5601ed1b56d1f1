import {
  createExchange,
  dutiesOf,
  type Exchange,
  type Placed,
  type Placement,
  type StreamState,
  step,
} from '@tidings/exchange'
import { newThingId, type PayloadOf, partyIdOf, sha256, thumbprint, toBase64url, utf8 } from '@tidings/statement'

/** What a history says next, from what came of what was said: by whom, and what. */
type Next = (state: StreamState, before: Placed | undefined) => readonly [Speaker, object, key?: string | undefined]

interface Speaker {
  readonly name: string
  readonly id: string
}

/** A way in which one stream can grow without end: what founds it, and the turn that is said again and again. */
interface Growing {
  readonly stream: 'request' | 'disclosure' | 'mechanism'
  readonly begins: readonly Next[]
  readonly turn: readonly Next[]
}

const digest = (text: string) => toBase64url(sha256(utf8(text)))
const keyOf = (name: string) => ({ kty: 'OKP', crv: 'Ed25519', x: digest(name) }) as const
const seen = { origin: 'log.example/bench', size: 0, root: toBase64url(sha256(new Uint8Array())) }
const told = (mediaType: string) => [{ subject: newThingId(), commitment: digest('content'), mediaType, bucket: 1024 }]

function speaker(name: string): Speaker & { readonly body: PayloadOf<'party.inception'>['body'] } {
  const body: PayloadOf<'party.inception'>['body'] = {
    keys: [
      { role: 'sign', jwk: keyOf(`${name} sign`) },
      { role: 'recover', jwk: keyOf(`${name} recover`) },
    ],
    nextRecover: digest(`${name} next`),
  }
  return { name, id: partyIdOf(body), body }
}

const [a, b, m] = [speaker('a'), speaker('b'), speaker('m')]

/** Two commissions and a mediator in a mechanism, without any cryptography: the fold does none. */
export function scene(exchange: Exchange = createExchange()) {
  let leaf = 0
  const mechanism = newThingId()
  function placed(by: Speaker, said: object, key = 'sign'): Placed {
    const { document, ...members } = said as { document?: unknown }
    const payload = { v: 1, iss: by.id, iat: '2031-01-01T00:00:00Z', seen, ...members } as unknown as PayloadOf
    const kid = thumbprint(keyOf(`${by.name} ${key}`))
    return { leaf: leaf++, id: digest(`statement ${leaf}`), kid, payload, ...(document !== undefined && { document }) }
  }
  function say(by: Speaker, said: object, key?: string): Placed {
    const one = placed(by, said, key)
    const { verdict } = exchange.place(one)
    if (verdict.verdict === 'void') throw new Error(`void: ${JSON.stringify(verdict)}`)
    return one
  }
  for (const { body, ...party } of [a, b, m]) say(party, { kind: 'party.inception', about: party.id, body })
  for (const party of [a, b]) {
    const body = { jwk: keyOf(`${party.name} draft`), role: 'draft', label: 'officer-1' }
    say(party, { kind: 'party.delegate', about: party.id, body })
  }
  const participants = [
    { party: a.id, role: 'commission', code: 'A' },
    { party: b.id, role: 'commission', code: 'B' },
    { party: m.id, role: 'mediator', code: 'M' },
  ]
  const proposal = say(a, { kind: 'mechanism.propose', about: mechanism, body: { participants } })
  for (const party of [b, m]) say(party, { kind: 'mechanism.accept', about: mechanism, re: [proposal.id], body: {} })
  return { exchange, mechanism, placed, say }
}

/** What A asks of B. */
export function submission(mechanism: string, about: string) {
  return {
    kind: 'request.submit',
    about,
    mechanism,
    to: [b.id],
    aud: [b.id],
    body: { matter: { type: 'records' }, questions: ['fate', 'whereabouts'] },
    content: told('application/vnd.tidings.request+json'),
  }
}

/** The ways in which a stream grows. */
export const ways: readonly string[] = Object.keys(growingStreams('', ''))

/** A stream that grows in one of the ways, from nothing: what is said in it as its `i`th statement, and at which place of its turn. */
export function growing(how: string) {
  const { exchange, mechanism, placed } = scene()
  const about = newThingId()
  const found = growingStreams(mechanism, about)[how]
  if (!found) throw new Error(`no stream grows by ${how}`)
  const { stream, begins, turn } = found
  const name = `${stream}-${stream === 'mechanism' ? mechanism : about}` as const
  return {
    exchange,
    stream,
    empty: exchange.stateOf(name) as StreamState,
    say(i: number, state: StreamState, before: Placed | undefined) {
      const place = (i - begins.length) % turn.length
      const next = begins[i] ?? turn[place]
      if (!next) throw new Error(`${how} says nothing`)
      return { place, said: placed(...next(state, before)) }
    },
    /** The stream after one more. A mechanism stands for all streams: its new state must stand where they look. */
    fold(state: StreamState, said: Placed): Placement {
      const after = stream === 'mechanism' ? exchange.place(said) : step(exchange.standing, state, said)
      if (after.verdict.verdict === 'void') throw new Error(`${how}: void`)
      return after
    },
  }
}

/** Ways in which a stream grows: each turn leaves it ready for the next. */
function growingStreams(mechanism: string, about: string): Readonly<Record<string, Growing>> {
  const thingOf = (state: StreamState) => state.thing as NonNullable<StreamState<'request'>['thing']>
  const submitted = (state: StreamState) => thingOf(state).submitted.statement
  const asks: Next = () => [a, submission(mechanism, about)]
  const both = { about, mechanism, aud: [a.id, b.id] }
  const saysTo = (
    by: Speaker,
    other: Speaker,
    kind: string,
    body: object,
    re: (state: StreamState) => string,
  ): Next => {
    return (state) => [by, { ...both, kind, aud: [other.id], re: [re(state)], body }]
  }
  const replies = (answer: object, key?: string): Next => {
    const content = told('application/vnd.tidings.reply+json')
    const body = { answers: [{ question: 'fate', ...answer }] }
    return (state) => [
      b,
      { ...both, kind: 'request.reply', to: [a.id], aud: [a.id], re: [submitted(state)], body, content },
      key,
    ]
  }
  const latest = (kind: 'request.reply' | 'request.clarify' | 'request.assess') => (state: StreamState) =>
    thingOf(state).latest[kind]?.statement ?? ''
  const owed = (kind: string) => (state: StreamState) =>
    dutiesOf(thingOf(state)).findLast((duty) => duty.kind === kind && duty.dischargedAt === undefined)?.re ?? ''
  const lastReply = (state: StreamState) => thingOf(state).replies?.entries.at(-1)?.statement ?? ''
  const assesses = (assessment: string) =>
    saysTo(a, b, 'request.assess', { assessments: [{ question: 'fate', assessment }] }, lastReply)
  const reopens = saysTo(a, b, 'request.reopen', { questions: ['fate'] }, submitted)
  const asksBack = saysTo(b, a, 'request.ask-clarification', { questions: ['fate'] }, submitted)
  const clarifies = saysTo(a, b, 'request.clarify', {}, owed('clarify'))
  const interim = { disposition: 'interim', estimate: '2031-06-01' }
  const given = { disposition: 'given' }
  const notNow = { disposition: 'not-now', review: '2031-06-01' }
  const corrects = (answer: object): Next => {
    const body = { stream: 'request', kind: 'request.reply', body: { answers: [{ question: 'fate', ...answer }] } }
    return (state) => [
      b,
      { ...both, kind: 'statement.correct', aud: [a.id], re: [latest('request.reply')(state)], body },
    ]
  }
  const retracts = (by: Speaker, other: Speaker, kind: 'request.reply' | 'request.clarify' | 'request.assess') =>
    saysTo(by, other, 'statement.retract', { stream: 'request' }, latest(kind))
  const refers = saysTo(a, b, 'request.refer', { questions: ['fate'], ground: 'no-reply' }, submitted)
  const decides: Next = (state) => {
    const pending = thingOf(state).owed.find(({ kind }) => kind === 'decide-referral')
    const body = { decisions: [{ question: 'fate', outcome: 'reply-again' }] }
    return [m, { ...both, kind: 'request.decide-referral', re: [pending?.openedBy ?? ''], body }]
  }
  const request = (...turn: readonly Next[]): Growing => ({ stream: 'request', begins: [asks], turn })
  const disclosed = { matter: { type: 'burial-place', site: about } }
  const disclosure = (state: StreamState) => state.thing as NonNullable<StreamState<'disclosure'>['thing']>
  const rules = (state: StreamState) => (state.thing as NonNullable<StreamState<'mechanism'>['thing']>).rules ?? []
  const proposesRules: Next = (state) => {
    const version = (rules(state).at(-1)?.version ?? 0) + 1
    return [
      a,
      {
        kind: 'mechanism.propose-rules',
        about: mechanism,
        body: { version },
        document: { version, zone: 'UTC', periods: {} },
      },
    ]
  }
  const acceptsRules =
    (by: Speaker): Next =>
    (state) => [
      by,
      { kind: 'mechanism.accept-rules', about: mechanism, re: [rules(state).at(-1)?.statement], body: {} },
    ]
  return {
    'interim answers': request(replies(interim)),
    'answers, assessed and asked anew': request(
      replies(given),
      assesses('insufficient'),
      replies(given),
      assesses('accepted'),
      reopens,
    ),
    'questions back, clarified': request(asksBack, clarifies, replies(given), assesses('accepted'), reopens),
    'extensions, decided': request(
      saysTo(b, a, 'request.ask-extension', { questions: ['fate'], n: 5, reason: 'volume' }, submitted),
      saysTo(a, b, 'request.decide-extension', { decision: 'granted' }, owed('decide-extension')),
      replies(given),
      assesses('accepted'),
      reopens,
    ),
    'not now, reviewed': request(replies(notNow), replies(notNow), replies(given), assesses('accepted'), reopens),
    'referrals, decided': request(refers, decides),
    'corrections of one answer': {
      stream: 'request',
      begins: [asks, replies(given)],
      turn: [corrects(notNow), corrects(given)],
    },
    'answers, taken back': request(replies(given), retracts(b, a, 'request.reply')),
    'one clarification, taken back': {
      stream: 'request',
      begins: [asks, asksBack],
      turn: [clarifies, retracts(a, b, 'request.clarify')],
    },
    'drafts, released': request(replies(interim, 'draft'), (_, before) => [
      b,
      { kind: 'statement.release', about, mechanism, re: [before?.id ?? ''], body: { stream: 'request' } },
    ]),
    'a disclosure, corrected and acknowledged': {
      stream: 'disclosure',
      begins: [() => [a, { ...both, kind: 'disclosure.make', to: [b.id], aud: [b.id], body: disclosed }]],
      turn: [
        (state) => [
          b,
          {
            ...both,
            kind: 'disclosure.acknowledge',
            aud: [a.id],
            re: [disclosure(state).latest.statement],
            body: {},
          },
        ],
        (state) => [
          a,
          {
            ...both,
            kind: 'statement.correct',
            aud: [b.id],
            re: [disclosure(state).latest.statement],
            body: { stream: 'disclosure', kind: 'disclosure.make', body: disclosed },
          },
        ],
      ],
    },
    'versions of the rules': {
      stream: 'mechanism',
      begins: [],
      turn: [proposesRules, acceptsRules(b), acceptsRules(m)],
    },
    suspensions: {
      stream: 'mechanism',
      begins: [],
      turn: [
        () => [a, { kind: 'mechanism.suspend', about: mechanism, body: {} }],
        (_, before) => [a, { kind: 'mechanism.resume', about: mechanism, re: [before?.id ?? ''], body: {} }],
      ],
    },
  }
}

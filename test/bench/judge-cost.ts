import { createExchange, type Exchange, judge, type Placed, step } from '@tidings/exchange'
import { newThingId, type PayloadOf, partyIdOf, sha256, thumbprint, toBase64url, utf8 } from '@tidings/statement'

/** What judging costs in small and in large, in microseconds a statement, and what an open request costs in memory. */
export interface JudgeCost {
  readonly stream: { readonly small: number; readonly large: number }
  /** Judging and folding: with the state after it. */
  readonly folding: { readonly small: number; readonly large: number }
  readonly mechanism: { readonly small: number; readonly large: number; readonly requests: number }
  readonly bytesPerOpenRequest: number
}

const digest = (text: string) => toBase64url(sha256(utf8(text)))
const seen = { origin: 'log.example/bench', size: 0, root: toBase64url(sha256(new Uint8Array())) }
const content = (mediaType: string, i: number) => [
  { subject: newThingId(), commitment: digest(`content ${i}`), mediaType, bucket: 1024 },
]

/** Two commissions that ask each other, without any cryptography: the fold does none. */
function scene(exchange: Exchange) {
  let leaf = 0
  const keyOf = (name: string) => ({ kty: 'OKP', crv: 'Ed25519', x: digest(name) }) as const
  const body = (name: string) => ({
    keys: [
      { role: 'sign' as const, jwk: keyOf(`${name} sign`) },
      { role: 'recover' as const, jwk: keyOf(`${name} recover`) },
    ],
    nextRecover: digest(`${name} next`),
  })
  const [a, b] = ['a', 'b'].map((name) => ({
    name,
    id: partyIdOf(body(name)),
    kid: thumbprint(keyOf(`${name} sign`)),
  })) as [Party, Party]
  const mechanism = newThingId()

  function placed(by: Party, said: object): Placed {
    const payload = { v: 1, iss: by.id, iat: '2031-01-01T00:00:00Z', seen, ...said } as unknown as PayloadOf
    return { leaf: leaf++, id: digest(`statement ${leaf}`), kid: by.kid, payload }
  }
  function say(by: Party, said: object): Placed {
    const one = placed(by, said)
    const { verdict } = exchange.place(one)
    if (verdict.verdict !== 'effective') throw new Error(`not effective: ${JSON.stringify(verdict)}`)
    return one
  }
  for (const party of [a, b]) say(party, { kind: 'party.inception', about: party.id, body: body(party.name) })
  const participants = [
    { party: a.id, role: 'commission', code: 'A' },
    { party: b.id, role: 'commission', code: 'B' },
  ]
  const proposal = say(a, { kind: 'mechanism.propose', about: mechanism, body: { participants } })
  say(b, { kind: 'mechanism.accept', about: mechanism, re: [proposal.id], body: {} })
  const submission = () => ({
    kind: 'request.submit',
    about: newThingId(),
    mechanism,
    to: [b.id],
    aud: [b.id],
    body: { matter: { type: 'records' }, questions: ['fate', 'whereabouts'] },
    content: content('application/vnd.tidings.request+json', leaf),
  })
  return {
    placed,
    submit: () => say(a, submission()),
    interim: (request: Placed) => ({
      kind: 'request.reply',
      about: request.payload.about,
      mechanism,
      to: [a.id],
      aud: [a.id],
      re: [request.id],
      body: { answers: [{ question: 'fate', disposition: 'interim', estimate: '2031-06-01' }] },
    }),
    submission,
    a,
    b,
    say,
  }
}

interface Party {
  readonly name: string
  readonly id: string
  readonly kid: string
}

/** Median time of a step, in microseconds. */
function median(times: number[]): number {
  return (times.sort((one, other) => one - other)[times.length >> 1] ?? 0) * 1000
}

/** Measures in one process, one after the other. */
export function judgeCost(requests = 200_000): JudgeCost {
  const inStream = (length: number, what: typeof judge | typeof step) => {
    const exchange = createExchange()
    const { submit, interim, say, placed, b } = scene(exchange)
    const request = submit()
    for (let i = 0; i < length; i++) say(b, interim(request))
    const state = exchange.stateOf(`request-${request.payload.about}`)
    const times: number[] = []
    for (let i = 0; i < 2000; i++) {
      const next = placed(b, interim(request))
      const began = performance.now()
      what(exchange.standing, state, next)
      times.push(performance.now() - began)
    }
    return median(times)
  }
  const inMechanism = (count: number) => {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    const exchange = createExchange()
    const { submit, placed, submission, a } = scene(exchange)
    for (let i = 0; i < count; i++) submit()
    globalThis.gc?.()
    const bytes = (process.memoryUsage().heapUsed - before) / count
    const times: number[] = []
    for (let i = 0; i < 2000; i++) {
      const next = placed(a, submission())
      const began = performance.now()
      exchange.place(next)
      times.push(performance.now() - began)
    }
    return { time: median(times), bytes }
  }
  inStream(10, step)
  const stream = { small: inStream(10, judge), large: inStream(1000, judge) }
  const folding = { small: inStream(10, step), large: inStream(1000, step) }
  const [small, large] = [inMechanism(1000), inMechanism(requests)]
  return {
    stream,
    folding,
    mechanism: { small: small.time, large: large.time, requests },
    bytesPerOpenRequest: Math.round(large.bytes),
  }
}

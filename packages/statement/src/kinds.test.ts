import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { StatementError } from './errors.ts'
import { thumbprint } from './keys.ts'
import { isKind, type Kind, kinds } from './kinds/index.ts'
import { partyIdOf } from './party-id.ts'
import { example, inception, invented, thing } from './spec/examples.ts'
import { checkPayload } from './statement.ts'

const all = Object.keys(kinds).filter(isKind)
const key = (name: string) => ({ kty: 'OKP', crv: 'Ed25519', x: invented(name) }) as const

type Change = Record<string, unknown>

/** The first fault of an example with other members, those that are undefined left out; or nothing. */
function fault(kind: Kind, change: Change) {
  const members = Object.entries({ ...example(kind), ...change }).filter(([, value]) => value !== undefined)
  try {
    checkPayload(Object.fromEntries(members))
    return undefined
  } catch (error) {
    if (error instanceof StatementError) return `${error.field}: ${error.rule}`
    throw error
  }
}

/** An inception of another body, whose id fits. */
const begun = (body: object): Change => ({ iss: partyIdOf(body), about: partyIdOf(body), body })
const answers = (...all: Change[]): Change => ({ body: { answers: all } })
const decisions = (...all: Change[]): Change => ({ body: { decisions: all } })
const participants = (...all: Change[]): Change => ({ body: { participants: all } })
const commission = (code: string) => ({ party: invented(code), role: 'commission', code })
const [A, B, C] = [commission('A'), commission('B'), commission('C')]

const withContent = (change: Change): Change => ({ content: [{ ...example('case.describe').content?.[0], ...change }] })

/** What each kind refuses, with the fault that it names, and what else it takes. */
const cases: Readonly<
  Record<Kind, { takes?: Record<string, Change>; refuses: Record<string, readonly [Change, string]> }>
> = {
  'party.inception': {
    takes: {
      'a P-256 key and a seal key': begun({
        keys: [
          { role: 'sign', jwk: { kty: 'EC', crv: 'P-256', x: invented('x'), y: invented('y') } },
          { role: 'recover', jwk: key('recover') },
          { role: 'seal', jwk: { kty: 'OKP', crv: 'X25519', x: invented('seal') } },
        ],
        nextRecover: invented('next'),
      }),
    },
    refuses: {
      "an id that is not the body's hash": [
        { iss: invented('A'), about: invented('A') },
        '/iss: must be the hash of the body: a party certifies itself',
      ],
      'a stream of another party': [
        { about: invented('A') },
        '/iss: must be the hash of the body: a party certifies itself',
      ],
      'no sign key': [begun({ ...inception, keys: [inception.keys[1]] }), '/body/keys: must hold a sign key'],
      'no recover key': [begun({ ...inception, keys: [inception.keys[0]] }), '/body/keys: must hold a recover key'],
      'one key in two roles': [
        begun({ ...inception, keys: [...inception.keys, { role: 'recover', jwk: inception.keys[0].jwk }] }),
        '/body/keys: must not hold a key twice',
      ],
      'a reserve that is shown': [
        begun({ keys: inception.keys, nextRecover: thumbprint(inception.keys[1].jwk) }),
        '/body/nextRecover: must be a key that is not shown yet',
      ],
      'a key that signs in the role that seals': [
        begun({ ...inception, keys: [...inception.keys, { role: 'seal', jwk: key('x') }] }),
        '/body/keys/2/jwk/crv:',
      ],
      'a private key': [
        begun({ ...inception, keys: [inception.keys[0], { role: 'recover', jwk: { ...key('x'), d: invented('d') } }] }),
        '/body/keys/1/jwk:',
      ],
    },
  },
  'party.rotate-keys': {
    takes: {
      'a new recover key with the next commitment': {
        body: { add: [{ role: 'recover', jwk: key('r2') }], nextRecover: invented('next') },
      },
      'an end alone': { body: { end: [invented('k')] } },
    },
    refuses: {
      'no change': [{ body: {} }, '/body/add: must add or end a key'],
      'a new recover key without the next commitment': [
        { body: { add: [{ role: 'recover', jwk: key('r2') }] } },
        '/body/nextRecover: must stand beside a new recover key, and only there',
      ],
      'a commitment without a new recover key': [
        { body: { end: [invented('k')], nextRecover: invented('next') } },
        '/body/nextRecover: must stand beside a new recover key, and only there',
      ],
      'a reserve that is shown': [
        { body: { add: [{ role: 'recover', jwk: key('r2') }], nextRecover: thumbprint(key('r2')) } },
        '/body/nextRecover: must be a key that is not shown yet',
      ],
      'a key twice': [
        { body: { add: ['sign', 'sign'].map((role) => ({ role, jwk: key('s') })) } },
        '/body/add: must not hold a key twice',
      ],
      'an officer': [{ body: { add: [{ role: 'draft', jwk: key('s') }] } }, '/body/add/0/role:'],
    },
  },
  'party.revoke-key': {
    refuses: {
      'a reason in words': [{ body: { key: invented('k'), reason: 'we lost it' } }, '/body/reason:'],
      'no key': [{ body: { reason: 'lost' } }, '/body/key:'],
    },
  },
  'party.delegate': {
    takes: { 'a head': { body: { jwk: key('h'), role: 'release', label: 'head-1' } } },
    refuses: {
      'a name': [
        { body: { jwk: key('o'), role: 'draft', label: 'someone' } },
        '/body/label: must be officer, head, secretary or service with a number, such as officer-7',
      ],
      "a role of the party's own": [{ body: { jwk: key('o'), role: 'sign', label: 'officer-7' } }, '/body/role:'],
      'a key that cannot sign': [
        { body: { jwk: { kty: 'OKP', crv: 'X25519', x: invented('x') }, role: 'draft', label: 'officer-7' } },
        '/body/jwk:',
      ],
    },
  },
  'party.end-delegation': {
    refuses: {
      'a label for a key': [{ body: { key: 'officer-7' } }, '/body/key: must be 32 bytes in unpadded base64url'],
    },
  },
  'party.describe': {
    refuses: {
      'no document': [{ document: undefined }, '/document:'],
      'another document': [{ document: { sha256: invented('d'), mediaType: 'text/html' } }, '/document/mediaType:'],
      'text in the body': [{ body: { name: 'x' } }, '/body: has members that are not in the schema: name'],
    },
  },
  'mechanism.propose': {
    takes: { 'no terms': { document: undefined, ...participants(A, B) } },
    refuses: {
      'one party alone': [participants(A), '/body/participants:'],
      'a party twice': [participants(A, { ...B, party: A.party }), '/body/participants: must not name a party twice'],
      'a code twice': [participants(A, { ...B, code: 'A' }), '/body/participants: must not use a code twice'],
      'a code in words': [
        participants(A, { ...B, code: 'Bee' }),
        '/body/participants/1/code: must be one to four letters A to Z',
      ],
      'two mediators': [
        participants(A, { ...B, role: 'mediator' }, { ...C, role: 'mediator' }),
        '/body/participants: must hold at most one mediator',
      ],
      'two central agencies': [
        participants(A, { ...B, role: 'central-agency' }, { ...C, role: 'central-agency' }),
        '/body/participants: must hold at most one central agency',
      ],
    },
  },
  'mechanism.accept': {
    refuses: {
      'no proposal': [{ re: undefined }, '/re:'],
      'two proposals': [{ re: [invented('1'), invented('2')] }, '/re: must hold exactly one item'],
    },
  },
  'mechanism.propose-rules': {
    refuses: {
      'rules without their document': [{ document: undefined }, '/document:'],
      'another document': [{ document: { ...example('mechanism.propose').document } }, '/document/mediaType:'],
      'version 0': [{ body: { version: 0 } }, '/body/version:'],
    },
  },
  'mechanism.accept-rules': { refuses: { 'no proposal': [{ re: undefined }, '/re:'] } },
  'mechanism.suspend': { refuses: { 'a reason': [{ body: { reason: 'x' } }, '/body: has members'] } },
  'mechanism.resume': { refuses: { 'no suspension': [{ re: undefined }, '/re:'] } },
  'mechanism.leave': { refuses: { 'a reason': [{ body: { reason: 'x' } }, '/body: has members'] } },
  'case.describe': {
    takes: { 'an audience': { aud: [invented('agency')] } },
    refuses: {
      'no content': [{ content: undefined }, '/content:'],
      'a mechanism': [{ mechanism: thing(1) }, ': has members that are not in the schema: mechanism'],
      'an addressee': [{ to: [invented('B')] }, ': has members that are not in the schema: to'],
      'a length in the place of a bucket': [
        withContent({ bucket: 1500 }),
        '/content/0/bucket: must be a power of two from 1 KiB to 1 MiB',
      ],
      'a bucket that is too large': [
        withContent({ bucket: 2 ** 21 }),
        '/content/0/bucket: must be a power of two from 1 KiB to 1 MiB',
      ],
      'a content of another type': [withContent({ mediaType: 'application/geo+json' }), '/content/0/mediaType:'],
      'a name as the subject': [
        withContent({ subject: 'someone' }),
        '/content/0/subject: must be a UUIDv7 in lower case',
      ],
    },
  },
  'list.publish': {
    takes: { 'a mechanism': { mechanism: thing(1) } },
    refuses: { 'no manifest': [{ document: undefined }, '/document:'] },
  },
  'site.describe': {
    refuses: {
      'two places': [
        { content: [1, 2].map(() => example('site.describe').content?.[0]) },
        '/content: must hold exactly one content',
      ],
    },
  },
  'request.submit': {
    takes: {
      'a burial place': { body: { matter: { type: 'burial-place' }, questions: ['burial-place'] } },
      'a group': { body: { matter: { type: 'group', count: 12 }, questions: ['whereabouts'] } },
      'a body of records': { body: { matter: { type: 'records' }, questions: ['documents'] } },
    },
    refuses: {
      'two addressees': [{ to: [invented('party B'), invented('agency')] }, '/to: must hold exactly one item'],
      'no question': [
        { body: { matter: { type: 'records' }, questions: [] } },
        '/body/questions: must be left out when empty',
      ],
      'a question twice': [
        { body: { matter: { type: 'records' }, questions: ['fate', 'fate'] } },
        '/body/questions: must not repeat an item',
      ],
      'a matter in words': [
        { body: { matter: { type: 'case', case: 'someone' }, questions: ['fate'] } },
        '/body/matter/case: must be a UUIDv7 in lower case',
      ],
      'no content': [{ content: undefined }, '/content:'],
      'no mechanism': [{ mechanism: undefined }, '/mechanism:'],
    },
  },
  'request.acknowledge': { refuses: { 'no request': [{ re: undefined }, '/re:'] } },
  'request.reply': {
    takes: {
      'an interim without content': {
        content: undefined,
        ...answers({ question: 'fate', disposition: 'interim', estimate: '2031-02-01' }),
      },
    },
    refuses: {
      'an answer without content': [
        { content: undefined },
        '/content: must tell what was given, searched or why not, unless every answer is interim',
      ],
      'an interim without an estimate': [
        answers({ question: 'fate', disposition: 'interim' }),
        '/body/answers/0/estimate: must be a date, YYYY-MM-DD',
      ],
      'not now without a review date': [
        answers({ question: 'fate', disposition: 'not-now' }),
        '/body/answers/0/review: must be a date, YYYY-MM-DD',
      ],
      'in part without a review date': [
        answers({ question: 'fate', disposition: 'given-in-part' }),
        '/body/answers/0/review: must be a date, YYYY-MM-DD',
      ],
      'a date that does not exist': [
        answers({ question: 'fate', disposition: 'not-now', review: '2031-02-30' }),
        '/body/answers/0/review: must be a date, YYYY-MM-DD',
      ],
      'a fate': [
        answers({ question: 'fate', disposition: 'given', fate: 'dead' }),
        '/body/answers/0: has members that are not in the schema: fate',
      ],
      'a question twice': [
        answers({ question: 'fate', disposition: 'given' }, { question: 'fate', disposition: 'none-found' }),
        '/body/answers: must answer a question once',
      ],
    },
  },
  'request.assess': {
    takes: { 'no note': { content: undefined }, 'two replies': { re: [invented('1'), invented('2')] } },
    refuses: {
      'a question twice': [
        { body: { assessments: ['accepted', 'disputed'].map((assessment) => ({ question: 'fate', assessment })) } },
        '/body/assessments: must assess a question once',
      ],
      'an assessment in words': [
        { body: { assessments: [{ question: 'fate', assessment: 'false' }] } },
        '/body/assessments/0/assessment:',
      ],
      'no reply': [{ re: [] }, '/re: must be left out when empty'],
    },
  },
  'request.return': {
    refuses: {
      'nothing missing': [{ body: { missing: [] } }, '/body/missing: must be left out when empty'],
      'words for what is missing': [{ body: { missing: ['the name of the village'] } }, '/body/missing/0:'],
    },
  },
  'request.ask-clarification': {
    takes: { 'no codes of what is unclear': { body: { questions: ['fate'] }, content: undefined } },
    refuses: { 'no question': [{ body: { questions: [] } }, '/body/questions: must be left out when empty'] },
  },
  'request.clarify': {
    takes: { 'a note': { content: [{ ...example('request.assess').content?.[0] }] } },
    refuses: {
      'no content': [{ content: undefined }, '/content:'],
      'two at once': [{ re: [invented('1'), invented('2')] }, '/re: must hold exactly one item'],
    },
  },
  'request.ask-extension': {
    refuses: {
      'no time': [{ body: { questions: ['fate'], n: 0, reason: 'volume' } }, '/body/n:'],
      'no reason': [{ body: { questions: ['fate'], n: 1 } }, '/body/reason:'],
      'a reason in words': [{ body: { questions: ['fate'], n: 1, reason: 'we are busy' } }, '/body/reason:'],
    },
  },
  'request.decide-extension': {
    refuses: { 'a decision that is none': [{ body: { decision: 'perhaps' } }, '/body/decision:'] },
  },
  'request.refer': {
    refuses: {
      'no ground': [{ body: { questions: ['fate'] } }, '/body/ground:'],
      'no question': [{ body: { questions: [], ground: 'no-reply' } }, '/body/questions: must be left out when empty'],
    },
  },
  'request.decide-referral': {
    refuses: {
      'a review without its date': [decisions({ question: 'fate', outcome: 'review-by' }), '/body/decisions/0/review:'],
      'a date where there is none': [
        decisions({ question: 'fate', outcome: 'answer-stands', review: '2031-06-01' }),
        '/body/decisions/0: has members that are not in the schema: review',
      ],
      'a question twice': [
        decisions({ question: 'fate', outcome: 'answer-stands' }, { question: 'fate', outcome: 'to-meeting' }),
        '/body/decisions: must decide a question once',
      ],
      'a return decided both ways': [
        decisions(
          { question: 'fate', outcome: 'return-upheld' },
          { question: 'remains', outcome: 'return-not-upheld' },
        ),
        '/body/decisions: must decide on a return one way',
      ],
    },
  },
  'request.remind': {
    takes: { 'all questions': { body: { duty: 'acknowledge' } } },
    refuses: { 'a duty that is none': [{ body: { duty: 'apologise' } }, '/body/duty:'] },
  },
  'request.reopen': { refuses: { 'no question': [{ body: {} }, '/body/questions:'] } },
  'request.withdraw': {
    refuses: { 'a reason': [{ body: { reason: 'x' } }, '/body: has members that are not in the schema: reason'] },
  },
  'disclosure.make': {
    takes: {
      'one addressee, one person': { to: [invented('party B')], body: { matter: { type: 'case', case: thing(3) } } },
    },
    refuses: {
      'no addressee': [{ to: undefined }, '/to:'],
      'no matter': [{ body: {} }, '/body/matter:'],
      'requests by reference': [
        { body: { matter: { type: 'case', case: thing(3) }, requests: ['A-B-2026-00123'] } },
        '/body/requests/0: must be a UUIDv7 in lower case',
      ],
    },
  },
  'disclosure.acknowledge': { refuses: { 'no disclosure': [{ re: undefined }, '/re:'] } },
  'statement.release': {
    takes: { 'a mechanism': { mechanism: thing(1) } },
    refuses: {
      'a stream that is none': [{ body: { stream: 'meeting' } }, '/body/stream:'],
      'two drafts': [{ re: [invented('1'), invented('2')] }, '/re: must hold exactly one item'],
    },
  },
  'statement.correct': {
    takes: {
      'an assessment, without content': {
        body: {
          stream: 'request',
          kind: 'request.assess',
          body: { assessments: [{ question: 'fate', assessment: 'accepted' }] },
        },
        content: undefined,
      },
      'an interim, without content': {
        body: {
          stream: 'request',
          kind: 'request.reply',
          body: { answers: [{ question: 'fate', disposition: 'interim', estimate: '2031-03-01' }] },
        },
        content: undefined,
      },
      'a disclosure': {
        body: {
          stream: 'disclosure',
          kind: 'disclosure.make',
          body: { matter: { type: 'burial-place', site: thing(3) } },
        },
        content: example('disclosure.make').content,
      },
    },
    refuses: {
      'an answer without content': [{ content: undefined }, '/content: must stand beside a correction of this kind'],
      'the content of another kind': [
        { content: example('request.assess').content },
        '/content/0/mediaType: must be of the corrected kind',
      ],
      'a body that does not fit its kind': [
        { body: { stream: 'request', kind: 'request.reply', body: {} } },
        '/body/body/answers:',
      ],
      'a kind of another stream': [
        { body: { stream: 'disclosure', kind: 'request.reply', body: { answers: [] } } },
        '/body/stream:',
      ],
      'a kind that is not corrected': [
        { body: { stream: 'request', kind: 'request.withdraw', body: {} } },
        '/body/kind:',
      ],
      'no mechanism': [{ mechanism: undefined }, '/mechanism:'],
    },
  },
  'statement.retract': {
    refuses: {
      'a stream in which nothing is retracted': [{ body: { stream: 'party' } }, '/body/stream:'],
      'two statements': [{ re: [invented('1'), invented('2')] }, '/re: must hold exactly one item'],
    },
  },
}

describe.each(all)('%s', (kind) => {
  const { takes = {}, refuses } = cases[kind]

  it('takes its example', () => expect(fault(kind, {})).toBeUndefined())

  for (const [what, change] of Object.entries(takes)) {
    it(`takes ${what}`, () => expect(fault(kind, change)).toBeUndefined())
  }

  for (const [what, [change, expected]] of Object.entries(refuses)) {
    it(`refuses ${what}`, () => expect(fault(kind, change)?.slice(0, expected.length)).toBe(expected))
  }

  it('has a schema that can be compiled, and then says the same', () => {
    const { payload } = kinds[kind]
    const compiled = z.compile<z.ZodType>(payload, { strict: true })
    const changes = [{}, ...Object.values(takes), ...Object.values(refuses).map(([change]) => change), { note: 'x' }]
    for (const change of changes) {
      const value = { ...example(kind), ...change }
      expect(compiled.safeParse(value)).toEqual(payload.safeParse(value))
    }
  })

  it('is stated of its own members: nothing unknown, whatever it is called', () => {
    for (const member of ['note', 'text', 'sub', 'jti', 'exp', '']) {
      expect(fault(kind, { [member]: 'x' })).toMatch(/^: has members that are not in the schema/)
    }
  })
})

interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** Every schema in a schema that speaks of strings, with where it stands. */
function strings(schema: JsonSchema, at: string): (readonly [string, JsonSchema])[] {
  const below = Object.entries(schema).flatMap(([keyword, value]): (readonly [string, JsonSchema])[] => {
    if (Array.isArray(value))
      return value.flatMap((one, i) => (isSchema(one) ? strings(one, `${at}/${keyword}/${i}`) : []))
    return isSchema(value) ? strings(value, `${at}/${keyword}`) : []
  })
  return schema.type === 'string' ? [[at, schema], ...below] : below
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

describe.each(all)('no free text in %s', (kind) => {
  const schema = z.toJSONSchema(kinds[kind].payload, { io: 'input' }) as JsonSchema

  it('every string is one of a closed list, or bound by a pattern that is', () => {
    const found = strings(schema, '')
    expect(found.length).toBeGreaterThan(6)
    for (const [at, string] of found) {
      expect(Boolean(string.const ?? string.enum ?? string.pattern), `${kind}${at} is bounded`).toBe(true)
      if (string.pattern === undefined) continue
      const pattern = new RegExp(String(string.pattern), 'u')
      for (const text of ['someone died here', 'A person, a place', 'x'.repeat(300), '', 'línea', 'a\nb']) {
        expect(pattern.test(text), `${kind}${at} takes free text`).toBe(false)
      }
      expect(String(string.pattern)).toMatch(/^\^.*\$$/)
    }
  })

  it('every object is closed, every array and number bounded, nothing is of any type', () => {
    const walk = (one: JsonSchema, at: string) => {
      const { type } = one
      if (type === 'object') expect(one.additionalProperties, `${at} is closed`).toBe(false)
      if (type === 'array') expect(one.maxItems, `${at} has a limit`).toBeLessThanOrEqual(100)
      if (type === 'integer')
        expect([one.minimum, one.maximum].every(Number.isSafeInteger), `${at} has limits`).toBe(true)
      const says = ['type', 'anyOf', 'oneOf', 'allOf', '$ref', 'const', 'enum'].some((keyword) => keyword in one)
      expect(says, `${at} says what it is`).toBe(true)
      for (const group of ['properties', '$defs'] as const) {
        for (const [name, value] of Object.entries((one[group] ?? {}) as Record<string, JsonSchema>))
          walk(value, `${at}/${name}`)
      }
      for (const group of ['anyOf', 'oneOf', 'allOf'] as const) {
        for (const value of (one[group] ?? []) as JsonSchema[]) walk(value, `${at}/${group}`)
      }
      if (isSchema(one.items)) walk(one.items, `${at}/items`)
    }
    walk(schema, kind)
  })
})

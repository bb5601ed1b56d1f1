import { toBase64url, utf8 } from '../encoding.ts'
import { sha256 } from '../hash.ts'
import type { Kind } from '../kinds/index.ts'
import { partyIdOf } from '../party-id.ts'
import type { Payload } from '../payload.ts'

/** 32 bytes that stand for something invented. */
export function invented(name: string): string {
  return toBase64url(sha256(utf8(name)))
}

/** Ids of invented things. */
export const thing = (last: number) => `0198c0de-0000-7000-8000-${String(last).padStart(12, '0')}`

const jwk = (name: string) => ({ kty: 'OKP', crv: 'Ed25519', x: invented(name) }) as const

/** What the party of the examples begins with. */
export const inception = {
  keys: [
    { role: 'sign', jwk: jwk('sign') },
    { role: 'recover', jwk: jwk('recover') },
  ],
  nextRecover: invented('next recover'),
} as const

const [self, other, agency] = [partyIdOf(inception), invented('party B'), invented('agency')]
const content = (mediaType: string) => [
  { subject: thing(9), commitment: invented('commitment'), mediaType, bucket: 1024 },
]
const note = content('application/vnd.tidings.note+json')
const document = (name: string) => ({
  sha256: invented(name),
  mediaType: `application/vnd.tidings.${name}+json`,
})
const between = { mechanism: thing(1), aud: [other, agency] }
const re = [invented('statement')]

const members: Readonly<
  Record<Kind, Omit<Payload, 'v' | 'kind' | 'iss' | 'iat' | 'seen' | 'about'> & { about?: string }>
> = {
  'party.inception': { about: self, body: inception },
  'party.rotate-keys': {
    about: self,
    body: { add: [{ role: 'sign', jwk: jwk('sign 2') }], end: [invented('key')] },
  },
  'party.revoke-key': { about: self, body: { key: invented('key'), reason: 'compromised' } },
  'party.delegate': { about: self, body: { jwk: jwk('officer'), role: 'draft', label: 'officer-7' } },
  'party.end-delegation': { about: self, body: { key: invented('key') } },
  'party.describe': { about: self, body: {}, document: document('party-description') },
  'mechanism.propose': {
    body: {
      participants: [
        { party: self, role: 'commission', code: 'A' },
        { party: other, role: 'commission', code: 'B' },
        { party: agency, role: 'central-agency', code: 'G' },
      ],
    },
    document: document('mechanism-terms'),
  },
  'mechanism.accept': { re, body: {} },
  'mechanism.propose-rules': { body: { version: 2 }, document: document('rules') },
  'mechanism.accept-rules': { re, body: {} },
  'mechanism.suspend': { body: {} },
  'mechanism.resume': { re, body: {} },
  'mechanism.leave': { body: {} },
  'case.describe': { body: {}, content: content('application/vnd.tidings.person+json') },
  'list.publish': {
    body: {},
    document: document('list-manifest'),
    content: content('application/vnd.tidings.case-ids'),
  },
  'site.describe': { body: {}, content: content('application/geo+json') },
  'request.submit': {
    ...between,
    to: [other],
    caveats: ['humanitarian-purpose-only'],
    body: { matter: { type: 'case', case: thing(2) }, questions: ['fate', 'remains'] },
    content: content('application/vnd.tidings.request+json'),
  },
  'request.acknowledge': { ...between, re, body: {} },
  'request.reply': {
    ...between,
    to: [other],
    re,
    body: {
      answers: [
        { question: 'fate', disposition: 'given' },
        { question: 'remains', disposition: 'not-now', review: '2031-03-01' },
      ],
    },
    content: content('application/vnd.tidings.reply+json'),
  },
  'request.assess': {
    ...between,
    re,
    body: { assessments: [{ question: 'fate', assessment: 'insufficient' }] },
    content: content('application/vnd.tidings.note+json'),
  },
  'request.return': { ...between, re, body: { missing: ['identity', 'last-contact'] }, content: note },
  'request.ask-clarification': {
    ...between,
    re,
    body: { questions: ['fate'], unclear: ['identity', 'date'] },
    content: note,
  },
  'request.clarify': { ...between, re, body: {}, content: content('application/vnd.tidings.request+json') },
  'request.ask-extension': {
    ...between,
    re,
    body: { questions: ['fate'], n: 10, reason: 'third-authority' },
    content: note,
  },
  'request.decide-extension': { ...between, re, body: { decision: 'granted' }, content: note },
  'request.refer': { ...between, re, body: { questions: ['fate'], ground: 'no-reply' }, content: note },
  'request.decide-referral': {
    ...between,
    re,
    body: {
      decisions: [
        { question: 'fate', outcome: 'reply-again' },
        { question: 'remains', outcome: 'review-by', review: '2031-06-01' },
      ],
    },
    content: note,
  },
  'request.remind': { ...between, re, body: { duty: 'reply', questions: ['fate'] }, content: note },
  'request.reopen': { ...between, re, body: { questions: ['fate'] }, content: note },
  'request.withdraw': { ...between, re, body: {} },
  'disclosure.make': {
    ...between,
    to: [other, agency],
    body: { matter: { type: 'burial-place', site: thing(3) }, requests: [thing(4)] },
    content: content('application/geo+json'),
  },
  'disclosure.acknowledge': { ...between, re, body: {} },
  'statement.release': { re, body: { stream: 'request' } },
  'statement.correct': {
    ...between,
    re,
    body: {
      stream: 'request',
      kind: 'request.reply',
      body: { answers: [{ question: 'fate', disposition: 'not-now', review: '2031-03-01' }] },
    },
    content: content('application/vnd.tidings.reply+json'),
  },
  'statement.retract': { ...between, re, body: { stream: 'request' }, content: note },
}

/** A payload of each kind that the gate takes, with as many members as the kind knows. */
export function example(kind: Kind): Payload {
  return {
    v: 1,
    kind,
    iss: self,
    about: thing(5),
    iat: '2031-01-01T00:00:00Z',
    seen: { origin: 'log.example/tidings', size: 0, root: toBase64url(sha256(new Uint8Array())) },
    ...members[kind],
  }
}

import {
  bucketOf,
  canonicalForm,
  commitTo,
  encodeCaseIds,
  type Kind,
  type PayloadOf,
  partyIdOf,
  type SignatureKey,
  type Signer,
  sha256,
  signatureKey,
  signStatement,
  thumbprint,
  toBase64url,
  utf8,
  webCryptoSigner,
} from '@tidings/statement'
import { merkleRoot } from '@tidings/transparency'

/** 32 bytes that a name decides: seeds and salts of the vectors are public, and protect nothing. */
export function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  return sha256(utf8(`tidings vectors: ${name}`))
}

/** Id of an invented thing. */
export function thing(last: number): string {
  return `0198c0de-0000-7000-8000-${String(last).padStart(12, '0')}`
}

// PKCS#8 of an Ed25519 key (RFC 8410 section 7) up to its 32 bytes.
const pkcs8 = Uint8Array.fromHex('302e020100300506032b657004220420')

/** An Ed25519 key whose seed (RFC 8032 section 5.1.5) is `bytesOf(name)`. */
async function ed25519Signer(name: string): Promise<Signer> {
  const bytes = Uint8Array.from([...pkcs8, ...bytesOf(name)])
  const privateKey = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', privateKey)
  return webCryptoSigner(signatureKey.parse({ kty: 'OKP', crv: 'Ed25519', x }), privateKey)
}

/** The P-256 key of RFC 7515, appendix A.3. */
export const p256 = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
} as const

async function p256Signer(): Promise<Signer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const privateKey = await crypto.subtle.importKey('jwk', p256, algorithm, true, ['sign'])
  const { d: _, ...key } = p256
  return webCryptoSigner(key, privateKey)
}

const names = [
  'A/sign',
  'A/recover',
  'A/next-recover',
  'B/sign',
  'B/recover',
  'B/next-recover',
  'B/officer-1',
  'B/head-1',
  'M/sign',
  'M/recover',
  'M/next-recover',
] as const
/** Names of the keys of the scene: the party, a slash, the key. `A/hardware` is the one on P-256. */
export type KeyName = (typeof names)[number] | 'A/hardware'

/** Everyone in the scene, with their keys. */
export interface Cast {
  readonly keys: Readonly<Record<KeyName, Signer>>
  readonly parties: Readonly<Record<'A' | 'B' | 'M', Inception>>
}
interface Inception {
  readonly id: string
  readonly body: PayloadOf<'party.inception'>['body']
}

/** Makes the cast: it is the same each time. */
export async function makeCast(): Promise<Cast> {
  const made = await Promise.all(names.map(async (name) => [name, await ed25519Signer(name)] as const))
  const keys = { ...Object.fromEntries(made), 'A/hardware': await p256Signer() } as Record<KeyName, Signer>
  const inception = (party: 'A' | 'B' | 'M'): Inception => {
    const body: Inception['body'] = {
      keys: [
        { role: 'sign', jwk: keys[`${party}/sign`].key },
        { role: 'recover', jwk: keys[`${party}/recover`].key },
      ],
      nextRecover: thumbprint(keys[`${party}/next-recover`].key),
    }
    return { id: partyIdOf(body), body }
  }
  return { keys, parties: { A: inception('A'), B: inception('B'), M: inception('M') } }
}

/** A statement of the scene, signed, with what travels beside it. */
export interface Line {
  readonly by: KeyName
  readonly jws: string
  readonly id: string
  readonly payload: PayloadOf
  readonly document?: Uint8Array<ArrayBuffer>
  readonly contents: readonly { readonly salt: Uint8Array<ArrayBuffer>; readonly data: Uint8Array<ArrayBuffer> }[]
}

/** What a party says in the scene, without what follows from who says it and when. */
interface Said<K extends Kind> {
  readonly kind: K
  readonly body: PayloadOf<K>['body']
  readonly about?: string
  readonly mechanism?: string
  readonly to?: readonly string[]
  readonly aud?: readonly string[]
  readonly re?: readonly string[]
  readonly caveats?: PayloadOf<'request.submit'>['caveats']
  readonly document?: readonly [mediaType: string, value: unknown]
  readonly content?: readonly [mediaType: string, data: Uint8Array<ArrayBuffer>]
}

const type = (name: string) => `application/vnd.tidings.${name}+json`
const json = (value: unknown) => canonicalForm(value)
const caseIds = [thing(20), thing(21), thing(22)]
const emptyRoot = toBase64url(sha256(new Uint8Array()))

/**
 * Plays the scene: every kind of statement at least once; a draft held and released, a second answer, a key revoked, a key on P-256.
 *
 * @param kept JWS that were signed before, by identity: an ES256 signature cannot be made again, so the one that is kept is shown
 */
export async function playScene({ keys, parties }: Cast, kept: ReadonlyMap<string, string>): Promise<readonly Line[]> {
  const lines: Line[] = []
  const { A, B, M } = { A: parties.A.id, B: parties.B.id, M: parties.M.id }

  async function say<K extends Kind>(by: KeyName, { document, content, ...said }: Said<K>): Promise<string> {
    const iss = parties[by[0] as 'A' | 'B' | 'M'].id
    const bytes = document && canonicalForm(document[1])
    const opening = content && { salt: bytesOf(`salt ${lines.length}`), data: content[1] }
    const payload = {
      v: 1,
      iss,
      about: iss,
      iat: `2031-01-01T00:00:${String(lines.length).padStart(2, '0')}Z`,
      seen: { origin: 'log.example/tidings', size: 0, root: emptyRoot },
      ...said,
      ...(bytes && { document: { sha256: toBase64url(sha256(bytes)), mediaType: document[0] } }),
      ...(opening && {
        content: [
          {
            subject: thing(90),
            commitment: toBase64url(commitTo(opening.salt, opening.data)),
            mediaType: content[0],
            bucket: bucketOf(opening.data.length),
          },
        ],
      }),
    } as unknown as PayloadOf<K>
    const { jws, id } = await signStatement(payload, keys[by])
    lines.push({
      by,
      jws: kept.get(id) ?? jws,
      id,
      payload,
      ...(bytes && { document: bytes }),
      contents: opening ? [opening] : [],
    })
    return id
  }

  const mechanism = thing(1)
  const between = (other: string) => ({ mechanism, to: [other], aud: [other] })
  const copied = (other: string) => ({ mechanism, aud: [other] })
  const reply = (disposition: 'given' | 'none-found', told: object): Said<'request.reply'> => ({
    kind: 'request.reply',
    about: thing(2),
    ...between(A),
    re: [request],
    body: { answers: [{ question: 'burial-place', disposition }] },
    content: [type('reply'), json({ answers: [{ question: 'burial-place', ...told }] })],
  })

  for (const party of ['A', 'B', 'M'] as const) {
    await say(`${party}/sign`, { kind: 'party.inception', body: parties[party].body })
  }
  await say('A/sign', {
    kind: 'party.describe',
    body: {},
    document: [type('party-description'), { name: { en: 'Party A' } }],
  })
  const proposal = await say('A/sign', {
    kind: 'mechanism.propose',
    about: mechanism,
    body: {
      participants: [
        { party: A, role: 'commission', code: 'A' },
        { party: B, role: 'commission', code: 'B' },
        { party: M, role: 'mediator', code: 'M' },
      ],
    },
    document: [type('mechanism-terms'), { title: { en: 'Working group on missing persons' } }],
  })
  for (const by of ['B/sign', 'M/sign'] as const) {
    await say(by, { kind: 'mechanism.accept', about: mechanism, re: [proposal], body: {} })
  }
  await say('A/sign', {
    kind: 'case.describe',
    about: thing(20),
    body: {},
    content: [type('person'), json({ names: [{ full: 'Invented Person One' }], fileNumber: 'A-1' })],
  })
  await say('A/sign', {
    kind: 'list.publish',
    about: thing(4),
    body: {},
    document: [type('list-manifest'), { version: 1, asOf: '2031-01-01', count: 3, root: listRoot(caseIds) }],
    content: ['application/vnd.tidings.case-ids', encodeCaseIds(caseIds)],
  })
  const place = json({ type: 'Feature', geometry: null, properties: { registerNumber: 'B-17' } })
  await say('B/sign', { kind: 'site.describe', about: thing(5), body: {}, content: ['application/geo+json', place] })
  const request = await say('A/sign', {
    kind: 'request.submit',
    about: thing(2),
    ...between(B),
    caveats: ['humanitarian-purpose-only'],
    body: { matter: { type: 'case', case: thing(20) }, questions: ['fate', 'burial-place'] },
    content: [type('request'), json({ person: { names: [{ full: 'Invented Person One' }] } })],
  })
  const disclosure = await say('B/sign', {
    kind: 'disclosure.make',
    about: thing(3),
    ...between(A),
    body: { matter: { type: 'burial-place', site: thing(5) }, requests: [thing(2)] },
    content: ['application/geo+json', place],
  })
  await say('A/sign', { kind: 'disclosure.acknowledge', about: thing(3), ...copied(B), re: [disclosure], body: {} })
  await say('B/sign', { kind: 'request.acknowledge', about: thing(2), ...copied(A), re: [request], body: {} })
  const officer = (label: string, role: 'draft' | 'release', key: SignatureKey): Said<'party.delegate'> => ({
    kind: 'party.delegate',
    body: { jwk: key, role, label },
  })
  await say('B/sign', officer('officer-1', 'draft', keys['B/officer-1'].key))
  await say('B/sign', officer('head-1', 'release', keys['B/head-1'].key))
  // Held, released by the head, and answered: the same question a second time is void.
  const draft = await say('B/officer-1', reply('given', { finding: { burialPlaces: [{ site: thing(5) }] } }))
  await say('B/head-1', {
    kind: 'statement.release',
    about: thing(2),
    mechanism,
    re: [draft],
    body: { stream: 'request' },
  })
  await say('B/head-1', reply('none-found', { search: { text: 'the register' } }))
  await say('A/sign', {
    kind: 'request.assess',
    about: thing(2),
    ...copied(B),
    re: [draft],
    body: { assessments: [{ question: 'burial-place', assessment: 'insufficient' }] },
    content: [type('note'), json({ text: 'The row is missing.' })],
  })
  // Revoked, the officer's key says nothing any more.
  await say('B/sign', { kind: 'party.revoke-key', body: { key: thumbprint(keys['B/officer-1'].key), reason: 'lost' } })
  await say('B/officer-1', reply('given', { finding: { text: 'row 4' } }))
  await say('B/sign', { kind: 'party.end-delegation', body: { key: thumbprint(keys['B/head-1'].key) } })
  // A takes a key in hardware, and a new recover key from the one that it had committed to.
  await say('A/recover', {
    kind: 'party.rotate-keys',
    body: {
      add: [
        { role: 'sign', jwk: keys['A/hardware'].key },
        { role: 'recover', jwk: keys['A/next-recover'].key },
      ],
      end: [thumbprint(keys['A/recover'].key)],
      nextRecover: toBase64url(bytesOf('the recover key after the next')),
    },
  })
  await say('A/hardware', {
    kind: 'request.submit',
    about: thing(6),
    ...between(B),
    body: { matter: { type: 'records' }, questions: ['documents'] },
    content: [type('request'), json({ records: 'An invented register of burials' })],
  })
  const second = lines.at(-1)?.id ?? ''
  await say('A/sign', { kind: 'request.withdraw', about: thing(6), ...copied(B), re: [second], body: {} })
  await playWholeLife()
  return lines

  /** Rules are agreed, and a request goes through everything that a request can go through. */
  async function playWholeLife() {
    const about = thing(7)
    const both = { mechanism, aud: [A, B] }
    const agreed = await say('A/sign', {
      kind: 'mechanism.propose-rules',
      about: mechanism,
      body: { version: 1 },
      document: [type('rules'), { version: 1, zone: 'Asia/Tbilisi', periods: { reply: { n: 1, unit: 'months' } } }],
    })
    for (const by of ['B/sign', 'M/sign'] as const) {
      await say(by, { kind: 'mechanism.accept-rules', about: mechanism, re: [agreed], body: {} })
    }
    const told: Pick<Said<'request.submit'>, 'content'> = {
      content: [type('request'), json({ person: { names: [{ full: 'Invented Person Two' }] } })],
    }
    const words = (text: string) => ({ content: [type('note'), json({ text })] }) as const
    const asked = await say('A/sign', {
      kind: 'request.submit',
      about,
      ...between(B),
      body: { matter: { type: 'case', case: thing(21) }, questions: ['fate', 'remains'] },
      ...told,
    })
    const back = await say('M/sign', {
      kind: 'request.return',
      about,
      ...both,
      re: [asked],
      body: { missing: ['last-contact'] },
    })
    await say('A/sign', { kind: 'request.clarify', about, ...copied(B), re: [back], body: {}, ...told })
    const unclear = await say('B/sign', {
      kind: 'request.ask-clarification',
      about,
      ...copied(A),
      re: [asked],
      body: { questions: ['fate'], unclear: ['date'] },
    })
    await say('A/sign', {
      kind: 'request.clarify',
      about,
      ...copied(B),
      re: [unclear],
      body: {},
      ...words('In the spring of that year.'),
    })
    const more = await say('B/sign', {
      kind: 'request.ask-extension',
      about,
      ...copied(A),
      re: [asked],
      body: { questions: ['fate'], n: 1, reason: 'third-authority' },
    })
    await say('A/sign', {
      kind: 'request.decide-extension',
      about,
      ...copied(B),
      re: [more],
      body: { decision: 'granted' },
    })
    await say('A/sign', { kind: 'request.remind', about, ...copied(B), re: [asked], body: { duty: 'reply' } })
    const referred = await say('A/sign', {
      kind: 'request.refer',
      about,
      ...copied(B),
      re: [asked],
      body: { questions: ['fate'], ground: 'no-reply' },
    })
    await say('M/sign', {
      kind: 'request.decide-referral',
      about,
      ...both,
      re: [referred],
      body: { decisions: [{ question: 'fate', outcome: 'to-meeting' }] },
    })
    const found = (text: string) =>
      [type('reply'), json({ answers: [{ question: 'fate', finding: { text } }] })] as const
    const answer = await say('B/sign', {
      kind: 'request.reply',
      about,
      ...between(A),
      re: [asked],
      body: { answers: [{ question: 'fate', disposition: 'given' }] },
      content: found('as told'),
    })
    const corrected = await say('B/sign', {
      kind: 'statement.correct',
      about,
      ...copied(A),
      re: [answer],
      body: {
        stream: 'request',
        kind: 'request.reply',
        body: { answers: [{ question: 'fate', disposition: 'given' }] },
      },
      content: found('as told, with the date'),
    })
    const assess = (assessment: 'insufficient' | 'accepted') =>
      say('A/sign', {
        kind: 'request.assess',
        about,
        ...copied(B),
        re: [corrected],
        body: { assessments: [{ question: 'fate', assessment }] },
      })
    const first = await assess('insufficient')
    await say('A/sign', { kind: 'statement.retract', about, ...copied(B), re: [first], body: { stream: 'request' } })
    await assess('accepted')
    await say('A/sign', { kind: 'request.reopen', about, ...copied(B), re: [asked], body: { questions: ['fate'] } })
    // While the mechanism is suspended nothing is answered.
    const suspension = await say('B/sign', { kind: 'mechanism.suspend', about: mechanism, body: {} })
    await say('B/sign', {
      kind: 'request.reply',
      about,
      ...between(A),
      re: [asked],
      body: { answers: [{ question: 'remains', disposition: 'interim', estimate: '2031-03-01' }] },
    })
    await say('B/sign', { kind: 'mechanism.resume', about: mechanism, re: [suspension], body: {} })
    await say('M/sign', { kind: 'mechanism.leave', about: mechanism, body: {} })
  }
}

/** Root over the case ids of a list (RFC 6962 section 2.1): 16 bytes each, ascending. */
export function listRoot(ids: readonly string[]): string {
  const bytes = encodeCaseIds(ids)
  return toBase64url(merkleRoot(ids.map((_, i) => bytes.subarray(i * 16, i * 16 + 16))))
}

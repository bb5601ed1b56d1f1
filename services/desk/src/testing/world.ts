import { randomBytes } from 'node:crypto'
import { type EventStore, eventId } from '@tidings/event-store'
import {
  burialPlace,
  canonicalForm,
  caseIds,
  encodeCaseIds,
  encodeEventData,
  fromBase64url,
  type KeyRole,
  type Kind,
  listManifest,
  type NewContent,
  newContent,
  newThingId,
  note,
  type PayloadOf,
  partyIdOf,
  personFile,
  type Question,
  type Rules,
  replyFile,
  requestFile,
  rules,
  type SignatureKey,
  type Signer,
  type Statement,
  sha256,
  signStatement,
  streamOf,
  thumbprint,
  toBase64url,
  webCryptoSigner,
} from '@tidings/statement'
import { merkleRoot } from '@tidings/transparency'
import type { Vault } from '@tidings/vault'

const seen = { origin: 'log.example/desk-test', size: 0, root: toBase64url(sha256(new Uint8Array())) }

/** A key that tests sign with. */
export interface TestKey {
  readonly kid: string
  readonly jwk: SignatureKey
  readonly signer: Signer
  readonly pair: CryptoKeyPair
}

/** Makes an Ed25519 key. */
export async function newKey(): Promise<TestKey> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const jwk: SignatureKey = { kty: 'OKP', crv: 'Ed25519', x: String(x) }
  return { kid: thumbprint(jwk), jwk, signer: webCryptoSigner(jwk, pair.privateKey), pair }
}

/** What a test states: the members that differ from the ordinary. */
type Said<K extends Kind> = Pick<PayloadOf<K>, 'about' | 'body'> & Partial<PayloadOf<K>>

/** A party of a test with its keys; each method signs and records one statement. */
export class TestParty {
  readonly world: World
  readonly id: string
  readonly key: TestKey
  readonly recoverKey: TestKey
  constructor(world: World, id: string, key: TestKey, recoverKey: TestKey) {
    this.world = world
    this.id = id
    this.key = key
    this.recoverKey = recoverKey
  }

  async states<K extends Kind>(
    kind: K,
    said: Said<K>,
    options: { key?: TestKey; contents?: readonly NewContent[]; document?: unknown } = {},
  ): Promise<Statement<K>> {
    return await this.world.record(kind, this, said, options)
  }

  /** Delegates a fresh key in this role. */
  async delegates(role: Extract<KeyRole, 'draft' | 'release' | 'read'>, number = 1): Promise<TestKey> {
    const key = await newKey()
    await this.states('party.delegate', { about: this.id, body: { jwk: key.jwk, role, label: `officer-${number}` } })
    return key
  }

  async revokes(key: TestKey): Promise<void> {
    await this.states('party.revoke-key', { about: this.id, body: { key: key.kid, reason: 'lost' } })
  }

  async proposesRules(mechanism: string, value: Rules): Promise<Statement<'mechanism.propose-rules'>> {
    const document = canonicalForm(value)
    return await this.states(
      'mechanism.propose-rules',
      {
        about: mechanism,
        body: { version: value.version },
        document: { sha256: toBase64url(sha256(document)), mediaType: rules.mediaType },
      },
      { document },
    )
  }

  async acceptsRules({ id, payload: { about } }: Statement) {
    return await this.states('mechanism.accept-rules', { about, re: [id], body: {} })
  }

  async suspends(mechanism: string) {
    return await this.states('mechanism.suspend', { about: mechanism, body: {} })
  }

  async resumes({ id, payload: { about } }: Statement) {
    return await this.states('mechanism.resume', { about, re: [id], body: {} })
  }

  async submits(
    to: TestParty,
    mechanism: string,
    asked: readonly Question[] = ['fate'],
    more: { key?: TestKey; aud?: readonly TestParty[]; case?: string; about?: string } = {},
  ): Promise<Statement<'request.submit'>> {
    const content = contentOf(requestFile.mediaType, { group: 'some people' })
    return await this.states(
      'request.submit',
      {
        about: more.about ?? newThingId(),
        mechanism,
        to: [to.id],
        aud: [to.id, ...(more.aud ?? []).map((party) => party.id)],
        body: { matter: { type: 'case', case: more.case ?? newThingId() }, questions: [...asked] },
        content: [content.reference],
      },
      { contents: [content], ...(more.key && { key: more.key }) },
    )
  }

  async acknowledges(request: Statement, more: { aud?: readonly TestParty[] } = {}) {
    const { about, mechanism, iss } = request.payload
    const aud = [iss, ...(more.aud ?? []).map((party) => party.id)]
    const kind = request.payload.kind === 'request.submit' ? 'request.acknowledge' : 'disclosure.acknowledge'
    return await this.states(kind, { about, ...(mechanism && { mechanism }), re: [request.id], aud, body: {} })
  }

  async replies(
    request: Statement,
    answers: PayloadOf<'request.reply'>['body']['answers'],
    more: { key?: TestKey; aud?: readonly TestParty[] } = {},
  ) {
    const { about, mechanism, iss } = request.payload
    const content = contentOf(replyFile.mediaType, { answers: [] })
    return await this.states(
      'request.reply',
      {
        about,
        ...(mechanism && { mechanism }),
        to: [iss],
        re: [request.id],
        aud: [iss, ...(more.aud ?? []).map((party) => party.id)],
        body: { answers },
        content: [content.reference],
      },
      { contents: [content], ...(more.key && { key: more.key }) },
    )
  }

  async assesses(
    request: Statement,
    reply: Statement,
    assessments: PayloadOf<'request.assess'>['body']['assessments'],
    more: { aud?: readonly TestParty[] } = {},
  ) {
    const { about, mechanism } = request.payload
    const content = contentOf(note.mediaType, { text: 'as agreed' })
    return await this.states(
      'request.assess',
      {
        about,
        ...(mechanism && { mechanism }),
        re: [reply.id],
        aud: [reply.payload.iss, ...(more.aud ?? []).map((party) => party.id)],
        body: { assessments },
        content: [content.reference],
      },
      { contents: [content] },
    )
  }

  async withdraws(request: Statement) {
    const { about, mechanism, to } = request.payload
    return await this.states('request.withdraw', {
      about,
      ...(mechanism && { mechanism }),
      re: [request.id],
      aud: [...(to ?? [])],
      body: {},
    })
  }

  async discloses(to: readonly TestParty[], mechanism: string, more: { aud?: readonly TestParty[] } = {}) {
    const content = contentOf(burialPlace.mediaType, {})
    return await this.states(
      'disclosure.make',
      {
        about: newThingId(),
        mechanism,
        to: to.map((party) => party.id),
        aud: [...to, ...(more.aud ?? [])].map((party) => party.id),
        body: { matter: { type: 'burial-place', site: newThingId() } },
        content: [content.reference],
      },
      { contents: [content] },
    )
  }

  async describesCase(about = newThingId(), more: { key?: TestKey; aud?: readonly TestParty[] } = {}) {
    const content = contentOf(personFile.mediaType, {})
    return await this.states(
      'case.describe',
      { about, ...audienceOf(more.aud), body: {}, content: [content.reference] },
      { contents: [content], ...(more.key && { key: more.key }) },
    )
  }

  async describesSite(more: { aud?: readonly TestParty[] } = {}) {
    const content = contentOf(burialPlace.mediaType, {})
    return await this.states(
      'site.describe',
      { about: newThingId(), ...audienceOf(more.aud), body: {}, content: [content.reference] },
      { contents: [content] },
    )
  }

  /** Publishes a list of one case file. */
  async publishesList(mechanism: string, more: { aud?: readonly TestParty[] } = {}) {
    const ids = [newThingId()]
    const about = newThingId()
    const content = newContent(about, caseIds.mediaType, encodeCaseIds(ids))
    const root = toBase64url(merkleRoot(ids.map((id) => encodeCaseIds([id]))))
    const document = canonicalForm({ version: 1, asOf: '2031-01-02', count: ids.length, root })
    return await this.states(
      'list.publish',
      {
        about,
        mechanism,
        ...audienceOf(more.aud),
        body: {},
        document: { sha256: toBase64url(sha256(document)), mediaType: listManifest.mediaType },
        content: [content.reference],
      },
      { contents: [content], document },
    )
  }

  async releases(draft: Statement, key: TestKey = this.key) {
    const { about, mechanism } = draft.payload
    const [prefix] = streamOf(draft.payload).split('-')
    return await this.states(
      'statement.release',
      {
        about,
        ...(mechanism && { mechanism }),
        re: [draft.id],
        body: { stream: prefix as PayloadOf<'statement.release'>['body']['stream'] },
      },
      { key },
    )
  }
}

function audienceOf(parties: readonly TestParty[] = []) {
  return parties.length > 0 ? { aud: parties.map(({ id }) => id) } : {}
}

/** A content as a test's statement brings it. What it tells is checked by intake, not here. */
function contentOf(mediaType: string, value: unknown): NewContent {
  return newContent(newThingId(), mediaType, canonicalForm(value))
}

/** Parties that speak into a record, in order, without an intake that would refuse anything: what the order makes of it is what tests ask. */
export class World {
  readonly store: EventStore
  readonly vault: Vault | undefined
  readonly #revisions = new Map<string, number>()
  #stated = 0
  constructor(store: EventStore, vault?: Vault) {
    this.store = store
    this.vault = vault
  }

  async party(): Promise<TestParty> {
    const [key, recoverKey] = await Promise.all([newKey(), newKey()])
    const body: PayloadOf<'party.inception'>['body'] = {
      keys: [
        { role: 'sign', jwk: key.jwk },
        { role: 'recover', jwk: recoverKey.jwk },
      ],
      nextRecover: toBase64url(randomBytes(32)),
    }
    const party = new TestParty(this, partyIdOf(body), key, recoverKey)
    await party.states('party.inception', { about: party.id, body })
    return party
  }

  /** Rules that everyone who must has accepted: the first proposes. */
  async agreed(mechanism: string, rules: Rules, ...[first, ...others]: readonly TestParty[]) {
    if (!first) throw new TypeError('somebody proposes')
    const proposal = await first.proposesRules(mechanism, rules)
    for (const party of others) await party.acceptsRules(proposal)
    return proposal
  }

  /** A mechanism that everyone it names has accepted: the first proposes. */
  async mechanism(
    ...participants: readonly (readonly [
      TestParty,
      PayloadOf<'mechanism.propose'>['body']['participants'][number]['role'],
      string,
    ])[]
  ): Promise<string> {
    const about = newThingId()
    const body = { participants: participants.map(([party, role, code]) => ({ party: party.id, role, code })) }
    const [first, ...others] = participants
    if (!first) throw new TypeError('a mechanism has participants')
    const proposal = await first[0].states('mechanism.propose', { about, body })
    for (const [party] of others) await party.states('mechanism.accept', { about, re: [proposal.id], body: {} })
    return about
  }

  async record<K extends Kind>(
    kind: K,
    party: TestParty,
    said: Said<K>,
    options: { key?: TestKey; contents?: readonly NewContent[]; document?: unknown },
  ): Promise<Statement<K>> {
    // Each a second after the last: the same said again is another statement.
    const iat = new Date(Date.UTC(2031, 0, 2) + this.#stated++ * 1000).toISOString().replace('.000', '')
    const payload = { v: 1, kind, iss: party.id, iat, seen, ...said } as unknown as PayloadOf<K>
    const statement = await signStatement(payload, (options.key ?? party.key).signer)
    const stream = streamOf(statement.payload)
    const expected = this.#revisions.get(stream) ?? 'no-stream'
    if (this.vault && options.contents) {
      const contents = options.contents.map(({ reference, salt, data }) => ({ ...reference, salt, data }))
      await this.vault.hold({ statement: statement.id, stream }, contents)
    }
    const document = options.document as Uint8Array | undefined
    const data = encodeEventData({ jws: statement.jws, ...(document && { document }) })
    const event = { id: eventId(fromBase64url(statement.id)), type: kind, data }
    const { revision } = await this.store.append(stream, expected, [event])
    this.#revisions.set(stream, revision)
    await this.vault?.publish(statement.id)
    return statement
  }
}

import { type EventStore, eventId } from '@tidings/event-store'
import { intakeApp } from '@tidings/service-intake'
import { createLogger, createServer } from '@tidings/service-kit'
import { encodeEventData, fromBase64url, newThingId, streamOf } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { inventedPerson, newSigner, type Prepared } from './support/author.ts'
import { foldRecord } from './support/fold-record.ts'
import { sceneOfFile } from './support/scene-of-file.ts'
import { asked, nothingFound, twoCommissions } from './support/scenes.ts'

const { service, a, b, mechanism } = await sceneOfFile()

describe('recorded and effective are two things', () => {
  /** Appends past intake, as a second intake could at the same moment. */
  async function append(store: EventStore, { statement }: Prepared, expected: 'no-stream' | number) {
    const event = {
      id: eventId(fromBase64url(statement.id)),
      type: statement.payload.kind,
      data: encodeEventData({ jws: statement.jws }),
    }
    return store.append(streamOf(statement.payload), expected, [event])
  }

  const answerOf = (about: string, re: string) => nothingFound(a, mechanism, about, re)

  it('an answer that races the revocation of its key is recorded, void, with receipt and reason', async () => {
    const officer = await newSigner()
    await b.say({
      kind: 'party.delegate',
      about: b.id,
      body: { jwk: officer.key, role: 'release', label: 'officer-1' },
    })
    const { about, said } = asked(b, mechanism)
    const submitted = await a.say(said)

    // A second intake whose view of parties and mechanisms is held back, as it may be on another machine.
    let heldBack = false
    const lagging: EventStore = new Proxy(service.store, {
      get(store, name) {
        if (name === 'size' && heldBack) return async () => 0
        const value = Reflect.get(store, name)
        return typeof value === 'function' ? value.bind(store) : value
      },
    })
    const server = await createServer({ logger: createLogger('silent'), title: 'lagging', version: '0' })
    await intakeApp(server, { store: lagging, vault: service.vault, log: service.log })
    heldBack = true

    const prepared = await b.prepare(answerOf(about, submitted.body.id), officer)
    const revoked = await b.say({
      kind: 'party.revoke-key',
      about: b.id,
      body: { key: prepared.statement.kid, reason: 'lost' },
    })
    const answer = await server.inject({ method: 'POST', url: '/v1/statements', payload: prepared.submission })
    await server.close()

    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ id: prepared.statement.id, leaf: revoked.body.leaf + 1 })
    const fold = await foldRecord(service.store)
    expect(fold.verdicts.get(answer.json().leaf)).toEqual({
      verdict: 'void',
      reason: 'key-revoked',
      leaf: revoked.body.leaf,
    })
    expect(fold.openDuties(b.id, about)).toEqual(['acknowledge', 'reply fate'])
  })

  it('of two officers who answer at once the loser is refused and told the winning leaf', async () => {
    const { about, said } = asked(b, mechanism)
    const submitted = await a.say(said)
    const answers = await Promise.all([
      b.say(answerOf(about, submitted.body.id)),
      b.say(answerOf(about, submitted.body.id)),
    ])
    const winner = answers.find(({ status }) => status === 201)
    const loser = answers.find(({ status }) => status === 409)
    expect(loser?.body).toMatchObject({ reason: 'already-answered', leaf: winner?.body.leaf })
  })

  it('when both are appended past intake, the fold makes one effective and one void', async () => {
    const { about, said } = asked(b, mechanism)
    const submitted = await a.say(said)
    const [one, two] = [
      await b.prepare(answerOf(about, submitted.body.id)),
      await b.prepare(answerOf(about, submitted.body.id)),
    ]
    const first = await append(service.store, one, 0)
    const second = await append(service.store, two, 1)
    const fold = await foldRecord(service.store)
    expect(fold.verdicts.get(first.position)).toEqual({ verdict: 'effective' })
    expect(fold.verdicts.get(second.position)).toEqual({
      verdict: 'void',
      reason: 'already-answered',
      question: 'fate',
      leaf: first.position,
    })
  })

  it('a draft is held until released, and counts from its release', async () => {
    const drafter = await newSigner()
    await a.say({ kind: 'party.delegate', about: a.id, body: { jwk: drafter.key, role: 'draft', label: 'officer-2' } })
    const { about, said } = asked(b, mechanism)
    const draft = await a.say(said, drafter)
    expect(draft.status).toBe(201)
    let fold = await foldRecord(service.store)
    expect(fold.verdicts.get(draft.body.leaf)).toEqual({ verdict: 'held' })
    expect(fold.openDuties(b.id, about)).toEqual([])

    const released = await a.say({
      kind: 'statement.release',
      about,
      mechanism,
      re: [draft.body.id],
      body: { stream: 'request' },
    })
    expect(released.status).toBe(201)
    fold = await foldRecord(service.store)
    expect(fold.openDuties(b.id, about)).toEqual(['acknowledge', 'reply fate'])
    expect(fold.opened(about)).toEqual([released.body.leaf, released.body.leaf])
    const again = await a.say({
      kind: 'statement.release',
      about,
      mechanism,
      re: [draft.body.id],
      // Otherwise it would be the same statement, said again.
      caveats: ['without-prejudice'],
      body: { stream: 'request' },
    })
    expect(again.body).toMatchObject({ reason: 'already-released', leaf: released.body.leaf })
  })

  it('the same statement sent again is the same statement with the same leaf', async () => {
    const { submission } = await a.prepare({
      kind: 'case.describe',
      about: newThingId(),
      body: {},
      tells: inventedPerson,
    })
    const [first, second] = await Promise.all([a.post(submission), a.post(submission)])
    const third = await a.post(submission)
    expect([first.status, second.status].sort()).toEqual([200, 201])
    expect(third.status).toBe(200)
    expect(new Set([first, second, third].map(({ body }) => `${body.leaf} ${body.id} ${body.statement}`)).size).toBe(1)
  })
})

describe('agreed rules', () => {
  it('count for intake as for whoever folds the record: from the leaf of the last acceptance on', async () => {
    await using scene = await twoCommissions()
    const { service, a, b, mechanism } = scene
    const rules = { version: 1, zone: 'UTC', periods: {}, release: { 'request.submit': 'two' } }
    const proposed = await a.say({
      kind: 'mechanism.propose-rules',
      about: mechanism,
      body: { version: 1 },
      document: { mediaType: 'application/vnd.tidings.rules+json', value: rules },
    })
    expect(proposed.status).toBe(201)
    const before = await a.say(asked(b, mechanism).said)
    expect(before.status).toBe(201)
    await b.say({ kind: 'mechanism.accept-rules', about: mechanism, re: [proposed.body.id], body: {} })
    const after = await a.say(asked(b, mechanism).said)
    expect(after).toMatchObject({ status: 409, body: { type: 'urn:tidings:problem:needs-release' } })
    const { verdicts } = await foldRecord(service.store)
    expect([...verdicts.values()].every(({ verdict }) => verdict === 'effective')).toBe(true)
  })
})

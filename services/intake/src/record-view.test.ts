import { setImmediate as nextTurn } from 'node:timers/promises'
import { type EventStore, eventId, type RecordedEvent, UnavailableError } from '@tidings/event-store'
import type { Placed, Standing } from '@tidings/exchange'
import {
  encodeEventData,
  fromBase64url,
  partyIdOf,
  signStatement,
  thumbprint,
  webCryptoSigner,
} from '@tidings/statement'
import { describe, expect, it, vi } from 'vitest'
import { KnownStream, RecordView } from './record-view.ts'

describe('a stream that intake knows', () => {
  const about = '01a215f8-5bfd-71af-b728-fe9ca13e8cef'
  const placed = (leaf: number) =>
    ({
      leaf,
      id: `statement ${leaf}`,
      kid: 'key',
      payload: { v: 1, kind: 'case.describe', iss: 'party', about, iat: '2026-01-01T00:00:00Z', body: {} },
    }) as unknown as Placed

  /** Who stands how is asked whenever something is folded. */
  function watched() {
    const party = vi.fn(() => undefined)
    const standing: Standing = { party, mechanism: () => undefined }
    return { party, stream: new KnownStream(`case-${about}`, standing) }
  }

  it('is folded when its state is asked for, once for each statement', () => {
    const { party, stream } = watched()
    stream.append(placed(0), 0)
    stream.append(placed(1), 1)
    expect([stream.revision, party.mock.calls.length]).toEqual([1, 0])
    const { state } = stream
    const folded = party.mock.calls.length
    expect(folded).toBeGreaterThan(0)
    expect(stream.state).toBe(state)
    expect(party).toHaveBeenCalledTimes(folded)
  })

  it('keeps but a few statements unfolded, however long nobody asks', () => {
    const { party, stream } = watched()
    for (let leaf = 0; leaf < 3; leaf++) stream.append(placed(leaf), leaf)
    expect(party).not.toHaveBeenCalled()
    stream.append(placed(3), 3)
    expect(party).toHaveBeenCalled()
  })
})

describe('what intake knows of parties and mechanisms', () => {
  /** A key pair that signs. */
  async function invented() {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    return webCryptoSigner({ kty: 'OKP', crv: 'Ed25519', x }, pair.privateKey)
  }

  /** A party, and the event with which it begins at a place in the record. */
  async function beginning(position: number): Promise<{ readonly id: string; readonly event: RecordedEvent }> {
    const [signer, recover, next] = [await invented(), await invented(), await invented()]
    const body = {
      keys: [
        { role: 'sign' as const, jwk: signer.key },
        { role: 'recover' as const, jwk: recover.key },
      ],
      nextRecover: thumbprint(next.key),
    }
    const id = partyIdOf(body)
    const seen = { origin: 'log.example/invented', size: 0, root: 'A'.repeat(43) }
    const iat = '2026-01-01T00:00:00Z'
    const said = await signStatement({ v: 1, kind: 'party.inception', iss: id, about: id, iat, seen, body }, signer)
    const data = encodeEventData({ jws: said.jws })
    const place = { stream: `party-${id}`, revision: 0, position }
    return { id, event: { id: eventId(fromBase64url(said.id)), type: 'party.inception', data, ...place } }
  }

  /** A record that takes its time, and tells what it was asked. */
  function slowRecord(...events: RecordedEvent[]) {
    const handedOut: number[] = []
    const size = vi.fn(async () => {
      const now = events.length
      await nextTurn()
      return now
    })
    async function* readAll({ after = -1 }: { readonly after?: number } = {}) {
      for (const event of events.filter(({ position }) => position > after)) {
        await nextTurn()
        handedOut.push(event.position)
        yield event
      }
    }
    const store = { size, readAll } as Partial<EventStore> as EventStore
    return { events, handedOut, size, view: new RecordView(store, { streams: 10 }) }
  }

  it('is read once, however many ask at once', async () => {
    const [one, other] = [await beginning(0), await beginning(1)]
    const { view, handedOut } = slowRecord(one.event, other.event)
    await Promise.all([1, 2, 3].map(() => view.catchUp()))
    expect(handedOut).toEqual([0, 1])
    expect([view.party(one.id), view.party(other.id)]).not.toContain(undefined)
  })

  it('holds what the record held when it was asked for, also while a reading is under way', async () => {
    const [one, other] = [await beginning(0), await beginning(1)]
    const { view, events, handedOut } = slowRecord(one.event)
    const before = view.catchUp()
    events.push(other.event)
    await view.catchUp()
    expect(view.party(other.id)).toBeDefined()
    await before
    expect(handedOut).toEqual([0, 1])
  })

  it('is read once more for all who ask while a reading is under way, and anew for who asks after it', async () => {
    const { view, size } = slowRecord()
    await Promise.all([1, 2, 3, 4, 5].map(() => view.catchUp()))
    expect(size).toHaveBeenCalledTimes(2)
    await view.catchUp()
    expect(size).toHaveBeenCalledTimes(3)
  })

  it('is read all the same after a reading that failed, by those who asked meanwhile and by those after them', async () => {
    const one = await beginning(0)
    const { view, size, events } = slowRecord(one.event)
    size.mockImplementationOnce(async () => {
      await nextTurn()
      throw new UnavailableError('the disk does not answer')
    })
    const both = await Promise.allSettled([view.catchUp(), view.catchUp()])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(view.party(one.id)).toBeDefined()
    const other = await beginning(1)
    events.push(other.event)
    await view.catchUp()
    expect(view.party(other.id)).toBeDefined()
  })
})

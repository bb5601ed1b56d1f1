import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ClosedError, EventTooLargeError, RevisionConflictError } from './errors.ts'
import { eventId } from './event-id.ts'
import type { EventStore, NewEvent, RecordedEvent } from './event-store.ts'

/** One case of the kit; each has a record of its own. */
export interface ConformanceCase {
  /** A path in a folder that is new for this case and removed after it. */
  path(name: string): string
}

/**
 * Opens the record of a case: empty at first, the same one whenever it is opened again. A record is opened once at most to `write`, and any number
 * of times to `read` beside it, for which an engine acts as another process would.
 */
export type EventStoreFactory = (testCase: ConformanceCase, mode: 'write' | 'read') => Promise<EventStore>

/**
 * What every engine of the `EventStore` port promises, as vitest cases.
 *
 * @example
 * eventStoreConformance('sqlite', (t, mode) => openSqliteEventStore({ file: t.path('record.db'), mode }))
 */
export function eventStoreConformance(name: string, factory: EventStoreFactory): void {
  describe(`event store: ${name}`, () => {
    let folder: string
    let opened: EventStore[]

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'event-store-'))
      opened = []
    })
    afterEach(async () => {
      await Promise.all(opened.map((store) => store[Symbol.asyncDispose]()))
      await rm(folder, { recursive: true })
    })

    async function open(mode: 'write' | 'read' = 'write'): Promise<EventStore> {
      const store = await factory({ path: (file) => join(folder, file) }, mode)
      opened.push(store)
      return store
    }

    describe('append', () => {
      it('answers where the last of the events stands', async () => {
        const store = await open()
        expect(await store.append('case-1', 'no-stream', events('a'))).toEqual({
          revision: 0,
          position: 0,
          repeated: false,
        })
        expect(await store.append('case-2', 'no-stream', events('b', 'c'))).toEqual({
          revision: 1,
          position: 2,
          repeated: false,
        })
        expect(await store.append('case-1', 0, events('d'))).toEqual({ revision: 1, position: 3, repeated: false })
        expect(await store.size()).toBe(4)
      })

      it('keeps bytes as they are: every value, none at all, and not what the caller makes of them later', async () => {
        const store = await open()
        const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
        const reused = Uint8Array.of(1, 2, 3)
        const appending = store.append('case-1', 'no-stream', [
          event(everyByte),
          event(new Uint8Array(0)),
          event(reused),
        ])
        reused.fill(9)
        await appending
        const data = (await all(store.readStream('case-1'))).map((recorded) => [...recorded.data])
        expect(data).toEqual([[...everyByte], [], [1, 2, 3]])
      })

      it('keeps type, id and stream of an event', async () => {
        const store = await open()
        const sent = { ...event('a'), type: 'case.describe' }
        await store.append('case-0198c0de', 'no-stream', [sent])
        const [recorded] = await all(store.readAll())
        expect(recorded).toMatchObject({
          id: sent.id,
          type: 'case.describe',
          stream: 'case-0198c0de',
          revision: 0,
          position: 0,
        })
      })

      it('takes a statement with the largest public document, and names the limit when it refuses', async () => {
        const store = await open()
        const refusal = await rejection(store.append('case-1', 'no-stream', [event(new Uint8Array(64 * 1024 * 1024))]))
        expect(refusal).toBeInstanceOf(EventTooLargeError)
        const limit = refusal instanceof EventTooLargeError ? refusal.limit : 0
        expect(limit).toBeGreaterThanOrEqual((256 + 16) * 1024)
        await expect(store.append('case-1', 'no-stream', [event(new Uint8Array(limit + 1))])).rejects.toMatchObject({
          code: 'event-store/event-too-large',
        })
        expect(await store.size()).toBe(0)
        await store.append('case-1', 'no-stream', [event(new Uint8Array(limit).fill(7))])
        const [recorded] = await all(store.readAll())
        expect(recorded?.data.every((byte) => byte === 7) && recorded.data.length).toBe(limit)
      })
    })

    describe('several appends in one call', () => {
      it('are answered each by itself, in their order: one that is refused hinders no other', async () => {
        const store = await open()
        await store.append('case-0', 'no-stream', events('before'))
        const largest = 64 * 1024 * 1024
        const answers = await store.appendEach([
          { stream: 'case-1', expected: 'no-stream', events: events('a') },
          { stream: 'case-0', expected: 'no-stream', events: events('late') },
          { stream: 'case-1', expected: 0, events: events('b', 'c') },
          { stream: 'case-2', expected: 'no-stream', events: [event(new Uint8Array(largest))] },
          { stream: 'case-0', expected: 'no-stream', events: events('before') },
          { stream: 'case-2', expected: 'no-stream', events: [] },
          { stream: 'case-2', expected: 'no-stream', events: events('d') },
        ])
        expect(answers[0]).toEqual({ revision: 0, position: 1, repeated: false })
        expect(answers[1]).toBeInstanceOf(RevisionConflictError)
        expect(answers[1]).toMatchObject({ stream: 'case-0', expected: 'no-stream', actual: 0 })
        expect(answers[2]).toEqual({ revision: 2, position: 3, repeated: false })
        expect(answers[3]).toBeInstanceOf(EventTooLargeError)
        expect(answers[4]).toEqual({ revision: 0, position: 0, repeated: true })
        expect(answers[5]).toBeInstanceOf(RangeError)
        expect(answers[6]).toEqual({ revision: 0, position: 4, repeated: false })
        expect(answers).toHaveLength(7)
        expect(await texts(store.readAll())).toEqual(['before', 'a', 'b', 'c', 'd'])
        expect(await store.appendEach([])).toEqual([])
      })

      it('take their places among other appends of the same turn as they are handed in', async () => {
        const store = await open()
        const appending = [
          store.append('case-1', 'no-stream', events('a')),
          store.appendEach(['b', 'c'].map((text, n) => ({ stream: 'case-1', expected: n, events: events(text) }))),
          store.append('case-1', 2, events('d')),
        ]
        await Promise.all(appending)
        expect(await texts(store.readAll())).toEqual(['a', 'b', 'c', 'd'])
      })

      it('keep what the caller handed in, and are refused one by one once the record is closed', async () => {
        const store = await open()
        const reused = Uint8Array.of(1, 2, 3)
        const append = { stream: 'case-1', expected: 'no-stream', events: [event(reused)] } as const
        const appending = store.appendEach([append])
        reused.fill(9)
        await store[Symbol.asyncDispose]()
        await appending
        const late = await store.appendEach([append, append])
        expect(late.map((answer) => answer instanceof ClosedError)).toEqual([true, true])
        const [recorded] = await all((await open()).readAll())
        expect([...(recorded?.data ?? [])]).toEqual([1, 2, 3])
      })
    })

    describe('expected revision', () => {
      it.each([
        ['no-stream, but there are two events', 'case-1', 'no-stream', 1],
        ['a revision that has been passed', 'case-1', 0, 1],
        ['a revision not yet reached', 'case-1', 2, 1],
        ['a revision of a stream that does not exist', 'case-2', 0, -1],
      ] as const)('refuses %s', async (_, stream, expected, actual) => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a', 'b'))
        const refusal = await rejection(store.append(stream, expected, events('c', 'd')))
        expect(refusal).toBeInstanceOf(RevisionConflictError)
        expect(refusal).toMatchObject({ code: 'event-store/revision-conflict', stream, expected, actual })
        expect(await texts(store.readAll())).toEqual(['a', 'b'])
      })

      it('lets exactly one of those win who race for the same place', async () => {
        const store = await open()
        const racers = range(16).map((n) => store.append('case-1', 'no-stream', events(`racer ${n}`)))
        const outcomes = await Promise.allSettled(racers)
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        expect(await texts(store.readAll())).toHaveLength(1)
      })
    })

    describe('sent again', () => {
      it('answers as the first time, and writes nothing', async () => {
        const store = await open()
        await store.append('case-0', 'no-stream', events('x'))
        const first = await store.append('case-1', 'no-stream', events('a', 'b'))
        const second = await store.append('case-1', 1, events('c'))
        expect(await store.append('case-1', 'no-stream', events('a', 'b'))).toEqual({ ...first, repeated: true })
        expect(await store.append('case-1', 1, events('c'))).toEqual({ ...second, repeated: true })
        expect(await store.size()).toBe(4)
      })

      it('answers as the first time when both are under way at once', async () => {
        const store = await open()
        const answers = await Promise.all(range(3).map(() => store.append('case-1', 'no-stream', events('a'))))
        expect(new Set(answers.map(({ position }) => position))).toEqual(new Set([0]))
        expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
      })

      it('answers as the first time after it was closed and opened', async () => {
        const before = await open()
        const first = await before.append('case-1', 'no-stream', events('a', 'b'))
        await before[Symbol.asyncDispose]()
        const after = await open()
        expect(await after.append('case-1', 'no-stream', events('a', 'b'))).toEqual({ ...first, repeated: true })
      })

      it.each([
        ['partly known', 'no-stream', ['a', 'b', 'c']],
        ['in another order', 'no-stream', ['b', 'a']],
        ['at another place', 0, ['a']],
      ] as const)('refuses events that are known, but %s', async (_, expected, again) => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a', 'b'))
        await expect(store.append('case-1', expected, events(...again))).rejects.toBeInstanceOf(RevisionConflictError)
        expect(await texts(store.readAll())).toEqual(['a', 'b'])
      })

      it('takes the same event into another stream', async () => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a'))
        expect(await store.append('case-2', 'no-stream', events('a'))).toMatchObject({ position: 1, repeated: false })
      })
    })

    describe('order', () => {
      it('counts revisions and positions without gaps under 64 callers, refusals in between', async () => {
        const store = await open()
        const answers = await Promise.all(
          range(64).map(async (caller) => {
            const stream = `case-${caller}`
            const first = await store.append(stream, 'no-stream', events(`${caller} a`, `${caller} b`))
            await expect(store.append(stream, 'no-stream', events('refused'))).rejects.toBeInstanceOf(
              RevisionConflictError,
            )
            return [first, await store.append(stream, 1, events(`${caller} c`))]
          }),
        )
        const recorded = await all(store.readAll())
        expect(recorded.map(({ position }) => position)).toEqual(range(64 * 3))
        for (const [caller, [first, second]] of answers.entries()) {
          const stream = await all(store.readStream(`case-${caller}`))
          expect(stream.map(({ revision }) => revision)).toEqual([0, 1, 2])
          expect(stream.map(({ data }) => text(data))).toEqual([`${caller} a`, `${caller} b`, `${caller} c`])
          expect([stream[1]?.position, stream[2]?.position]).toEqual([first?.position, second?.position])
        }
      })

      it('is one for every reader, whenever it reads', async () => {
        const store = await open()
        await store.append('case-0', 'no-stream', events('first'))
        const reader = await open('read')
        const seen: string[][] = []
        const appending = Promise.all(range(40).map((n) => store.append(`case-n${n}`, 'no-stream', events(`${n}`))))
        for (let round = 0; round < 5; round++) seen.push(await texts(reader.readAll()))
        await appending
        const whole = await texts(store.readAll())
        expect(await texts(reader.readAll())).toEqual(whole)
        expect(whole).toHaveLength(41)
        for (const some of seen) expect(some).toEqual(whole.slice(0, some.length))
      })

      it('shows an event to every reader once its append has resolved', async () => {
        const store = await open()
        await store.append('case-0', 'no-stream', events('first'))
        const reader = await open('read')
        for (const n of range(20)) {
          await store.append(`case-n${n}`, 'no-stream', events(`${n}`))
          expect(await texts(reader.readStream(`case-n${n}`))).toEqual([`${n}`])
          expect(await reader.size()).toBe(n + 2)
        }
      })
    })

    describe('read', () => {
      it('finds a record without events, and a stream that does not exist, empty', async () => {
        const store = await open()
        expect(await all(store.readAll())).toEqual([])
        expect(await all(store.readStream('case-1'))).toEqual([])
        expect(await store.size()).toBe(0)
      })

      it('starts a stream at `from`, the record after `after`, and stops at `limit`', async () => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a', 'b', 'c', 'd'))
        expect(await texts(store.readStream('case-1', { from: 2 }))).toEqual(['c', 'd'])
        expect(await texts(store.readStream('case-1', { from: 1, limit: 2 }))).toEqual(['b', 'c'])
        expect(await texts(store.readStream('case-1', { from: 4 }))).toEqual([])
        expect(await texts(store.readAll({ after: 0 }))).toEqual(['b', 'c', 'd'])
        expect(await texts(store.readAll({ after: 0, limit: 2 }))).toEqual(['b', 'c'])
        expect(await texts(store.readAll({ after: 3 }))).toEqual([])
        expect(await texts(store.readAll({ limit: 0 }))).toEqual([])
      })

      it('gives the streams of some categories alone, in the order of the record', async () => {
        const store = await open()
        for (const stream of ['party-1', 'request-1', 'case-1', 'party-2', 'partyless-1', 'request-2'])
          await store.append(stream, 'no-stream', events(stream))
        expect(await texts(store.readAll({ categories: ['request', 'party'] }))).toEqual([
          'party-1',
          'request-1',
          'party-2',
          'request-2',
        ])
        expect(await texts(store.readAll({ categories: ['party', 'party'], after: 0 }))).toEqual(['party-2'])
        expect(await texts(store.readAll({ categories: ['case', 'party', 'request'], limit: 3 }))).toEqual([
          'party-1',
          'request-1',
          'case-1',
        ])
        expect(await texts(store.readAll({ categories: ['unknown'] }))).toEqual([])
        expect(await texts(store.readAll({ categories: [] }))).toEqual([])
      })

      it('reads what is longer than one page', async () => {
        const store = await open()
        const many = range(2_500).map((n) => `${n}`)
        for (let from = 0; from < many.length; from += 500)
          await store.append('case-1', from === 0 ? 'no-stream' : from - 1, events(...many.slice(from, from + 500)))
        expect(await texts(store.readAll())).toEqual(many)
        expect(await texts(store.readStream('case-1'))).toEqual(many)
        expect(await texts(store.readAll({ categories: ['case'], limit: 2_001 }))).toEqual(many.slice(0, 2_001))
      })

      it('ends at the end that the record had when the reading began', async () => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a', 'b'))
        const seen: string[] = []
        for await (const { data } of store.readAll()) {
          seen.push(text(data))
          await store.append(`case-new-${seen.length}`, 'no-stream', events(`new ${seen.length}`))
        }
        expect(seen).toEqual(['a', 'b'])
      })

      it('neither holds the record in memory nor holds up the writer while a reader stands still', async () => {
        const store = await open()
        for (const n of range(40)) {
          const large = range(4).map((k) => event(new Uint8Array(256 * 1024).fill(4 * n + k)))
          await store.append(`case-${n}`, 'no-stream', large)
        }
        const before = process.memoryUsage().arrayBuffers
        const reading = store.readAll()[Symbol.asyncIterator]()
        await reading.next()
        const held = process.memoryUsage().arrayBuffers - before
        expect(held).toBeLessThan(16 * 1024 * 1024)
        await store.append('case-meanwhile', 'no-stream', events('meanwhile'))
        let count = 1
        while (!(await reading.next()).done) count++
        expect(count).toBe(160)
      })
    })

    describe('waitForMore', () => {
      const never = new AbortController().signal

      it('resolves at once when there is more already', async () => {
        const store = await open()
        await store.append('case-1', 'no-stream', events('a', 'b'))
        expect(await store.waitForMore(0, never)).toBe(2)
        expect(await store.waitForMore(1, never)).toBe(2)
      })

      it.each(['write', 'read'] as const)(
        'resolves when the writer appends, seen through an opening to %s',
        async (mode) => {
          const writer = await open()
          await writer.append('case-1', 'no-stream', events('a'))
          const waiter = mode === 'write' ? writer : await open('read')
          const waiting = Promise.all([
            waiter.waitForMore(1, never),
            waiter.waitForMore(1, never),
            waiter.waitForMore(2, never),
          ])
          await writer.append('case-2', 'no-stream', events('b'))
          await writer.append('case-2', 0, events('c'))
          const sizes = await waiting
          expect(sizes[0]).toBeGreaterThan(1)
          expect(sizes[1]).toBeGreaterThan(1)
          expect(sizes[2]).toBe(3)
        },
      )

      it('ends with the reason of its signal', async () => {
        const store = await open()
        const reason = new Error('no longer wanted')
        const controller = new AbortController()
        const waiting = rejection(store.waitForMore(0, controller.signal))
        controller.abort(reason)
        expect(await waiting).toBe(reason)
        expect(await rejection(store.waitForMore(0, controller.signal))).toBe(reason)
      })
    })

    describe('close', () => {
      it('settles what was handed in before, and refuses what comes after', async () => {
        const store = await open()
        const appending = range(100).map((n) => store.append(`case-${n}`, 'no-stream', events(`${n}`)))
        const waiting = rejection(store.waitForMore(1_000, new AbortController().signal))
        await store[Symbol.asyncDispose]()
        await Promise.all(appending)
        expect(await waiting).toBeInstanceOf(ClosedError)
        expect(await rejection(store.append('case-late', 'no-stream', events('late')))).toBeInstanceOf(ClosedError)
        expect(await rejection(store.size())).toBeInstanceOf(ClosedError)
        expect(await rejection(all(store.readAll()))).toBeInstanceOf(ClosedError)
        expect(await rejection(store.waitForMore(0, new AbortController().signal))).toBeInstanceOf(ClosedError)
        await store[Symbol.asyncDispose]()

        expect(await all((await open()).readAll())).toHaveLength(100)
      })

      it('ends a reading under way', async () => {
        const store = await open()
        for (const n of range(3))
          await store.append(`case-${n}`, 'no-stream', events(...range(500).map((k) => `${n} ${k}`)))
        const reading = store.readAll()[Symbol.asyncIterator]()
        await reading.next()
        await store[Symbol.asyncDispose]()
        const rest = async () => {
          while (!(await reading.next()).done);
        }
        expect(await rejection(rest())).toBeInstanceOf(ClosedError)
      })
    })
  })
}

function event(content: string | Uint8Array): NewEvent {
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { id: eventId(createHash('sha256').update(data).digest()), type: 'test', data }
}

function events(...contents: readonly string[]): NewEvent[] {
  return contents.map(event)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function text(data: Uint8Array): string {
  return new TextDecoder().decode(data)
}

function all(reading: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  return Array.fromAsync(reading)
}

async function texts(reading: AsyncIterable<RecordedEvent>): Promise<string[]> {
  return (await all(reading)).map(({ data }) => text(data))
}

/** What a promise is rejected with; fails if it is not. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.fail('this should have been refused'),
    (error: unknown) => error,
  )
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { EventStore } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type DiscardReason,
  dump,
  follow,
  openReadModel,
  openReadModelReader,
  type Progress,
  pagesOf,
  rebuild,
} from './index.ts'
import { appendMany, apply, migrate, openWithReader } from './testing.fixture.ts'

const never = new AbortController().signal

describe('a read model', () => {
  let folder: string
  let store: EventStore
  let file: string
  let discarded: DiscardReason[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-model-'))
    store = await openSqliteEventStore({ file: join(folder, 'record.db'), mode: 'write' })
    file = join(folder, 'desk.db')
    discarded = []
  })
  afterEach(async () => {
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const open = (version = 1, of = file) =>
    openWithReader({ file: of, version, migrate, onDiscarded: (reason) => discarded.push(reason) })
  const upTo = (after: number, signal: AbortSignal) => store.waitForMore(after, signal)

  /** What a model would hold that derives the first `size` events in one go. */
  async function rebuilt(size: number) {
    using readModel = open(1, join(folder, `rebuilt-${size}.db`))
    await rebuild({ readModel, source: pagesOf(store), size, apply, signal: never })
    return dump(readModel.reader)
  }

  async function filled(size: number) {
    await appendMany(store, size)
    using readModel = open()
    await rebuild({ readModel, source: pagesOf(store), size, apply, signal: never })
    return dump(readModel.reader)
  }

  describe('follow', () => {
    it('applies what is there and what comes, tells those who wait, and stops when told', async () => {
      await appendMany(store, 10)
      using readModel = open()
      expect(readModel.position()).toBe(-1)
      const stop = new AbortController()
      const following = follow({ readModel, source: pagesOf(store), upTo, apply, signal: stop.signal })
      await readModel.waitForPosition(9, never)
      expect(dump(readModel.reader)).toEqual(await rebuilt(10))
      const waiting = readModel.waitForPosition(24, never)
      await appendMany(store, 15)
      await waiting
      expect(readModel.position()).toBe(24)
      expect(dump(readModel.reader)).toEqual(await rebuilt(25))
      stop.abort()
      await following
    })

    it('never goes beyond what has been published', async () => {
      await appendMany(store, 20)
      using readModel = open()
      const published = Promise.withResolvers<number>()
      const asked: number[] = []
      const stop = new AbortController()
      const following = follow({
        readModel,
        source: pagesOf(store),
        apply,
        signal: stop.signal,
        upTo: async (after, signal) => {
          asked.push(after)
          if (after === 0) return 7
          return after === 7 ? await published.promise : await upTo(after, signal)
        },
      })
      await readModel.waitForPosition(6, never)
      await new Promise(setImmediate)
      expect(readModel.position()).toBe(6)
      published.resolve(12)
      await readModel.waitForPosition(19, never)
      expect(asked.slice(0, 3)).toEqual([0, 7, 12])
      stop.abort()
      await following
    })

    it('shares a transaction among the events of a page, and reports progress', async () => {
      await appendMany(store, 25)
      using readModel = open()
      const pages: number[] = []
      const progress: Progress[] = []
      await rebuild({
        readModel,
        source: pagesOf(store, 10),
        size: 25,
        apply: (db, events) => {
          pages.push(events.length)
          apply(db, events)
        },
        onProgress: (one) => progress.push(one),
        signal: never,
      })
      expect(pages).toEqual([10, 10, 5])
      expect(progress).toEqual([10, 20, 25].map((applied) => ({ applied, size: 25 })))
    })

    it('shows readers nothing of a transaction of several pages before it is committed', async () => {
      await appendMany(store, 50)
      using readModel = open()
      const count = readModel.reader.prepare('SELECT coalesce(sum(events), 0) AS n FROM streams')
      const seen: (readonly [applied: number, position: number, written: number, events: number])[] = []
      const finished: number[] = []
      await rebuild({
        readModel,
        source: pagesOf(store, 10),
        size: 50,
        apply,
        finish: (db) => finished.push(Number(db.prepare('SELECT sum(events) AS n FROM streams').get()?.n)),
        onProgress: ({ applied }) =>
          seen.push([applied, readModel.position(), readModel.written(), Number(count.get()?.n)]),
        signal: never,
        transactionEvents: (left) => (left > 15 ? 20 : 0),
      })
      expect(seen).toEqual([
        [10, -1, 9, 0],
        [20, 19, 19, 20],
        [30, 19, 29, 20],
        [40, 39, 39, 40],
        [50, 49, 49, 50],
      ])
      expect(finished, 'run once for each transaction').toEqual([20, 40, 50])
      expect(dump(readModel.reader)).toEqual(await rebuilt(50))
    })

    it('takes back the whole transaction when one of its pages, or its end, fails', async () => {
      await appendMany(store, 60)
      using readModel = open()
      const options = { readModel, source: pagesOf(store, 10), upTo, signal: never, transactionEvents: () => 30 }
      const fail = (position: number) => () => {
        if (readModel.written() >= position) throw new Error('a mistake of ours')
      }
      await expect(
        follow({
          ...options,
          apply: (db, events) => {
            apply(db, events)
            fail(39)()
          },
        }),
      ).rejects.toThrow('a mistake of ours')
      expect(readModel.position()).toBe(29)
      expect(readModel.written()).toBe(29)
      expect(dump(readModel.reader)).toEqual(await rebuilt(30))
      await expect(follow({ ...options, apply, finish: fail(59) })).rejects.toThrow('a mistake of ours')
      expect(readModel.position()).toBe(29)
      expect(dump(readModel.reader)).toEqual(await rebuilt(30))
    })

    it('keeps nothing of a page whose application fails, hands the failure on, and can try again', async () => {
      await appendMany(store, 20)
      using readModel = open()
      const failing = follow({
        readModel,
        source: pagesOf(store, 8),
        upTo,
        signal: never,
        apply: (db, events) => {
          apply(db, events)
          if (events.some(({ position }) => position === 10)) throw new Error('a mistake of ours')
        },
      })
      await expect(failing).rejects.toThrow('a mistake of ours')
      expect(readModel.position()).toBe(7)
      expect(dump(readModel.reader)).toEqual(await rebuilt(8))
    })

    it('applies each event once when two follow at once', async () => {
      await appendMany(store, 200)
      using readModel = open()
      const stop = new AbortController()
      const both = [3, 5].map((pageEvents) =>
        follow({
          readModel,
          source: pagesOf(store, pageEvents),
          upTo,
          apply,
          signal: stop.signal,
          transactionEvents: () => 4 * pageEvents,
        }),
      )
      await readModel.waitForPosition(199, never)
      expect(dump(readModel.reader)).toEqual(await rebuilt(200))
      stop.abort()
      await Promise.all(both)
    })

    it('begins anew when the record is not the one that the model was derived from', async () => {
      await filled(30)
      const other = await openSqliteEventStore({ file: join(folder, 'other.db'), mode: 'write' })
      await appendMany(other, 20, 'other')
      await store[Symbol.asyncDispose]()
      store = other
      using readModel = open()
      const stop = new AbortController()
      const following = follow({ readModel, source: pagesOf(store), upTo, apply, signal: stop.signal })
      await expect.poll(() => discarded).toEqual(['other-record'])
      await appendMany(other, 10, 'other')
      await readModel.waitForPosition(29, never)
      stop.abort()
      await following
      expect(dump(readModel.reader)).toEqual(await rebuilt(30))
    })

    it('comes to the same tables however the events are divided, and wherever it is stopped', {
      timeout: 60_000,
    }, async () => {
      await appendMany(store, 60)
      const whole = await rebuilt(60)
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              more: fc.integer({ min: 1, max: 30 }),
              pageEvents: fc.integer({ min: 1, max: 25 }),
              together: fc.integer({ min: 0, max: 40 }),
            }),
            { maxLength: 6 },
          ),
          async (sittings) => {
            const name = join(folder, `run-${run++}.db`)
            let size = 0
            for (const { more, pageEvents, together } of [...sittings, { more: 60, pageEvents: 1_000, together: 0 }]) {
              size = Math.min(size + more, 60)
              using readModel = open(1, name)
              const stop = new AbortController()
              const published = size
              const transactionEvents = () => together
              const options = {
                readModel,
                source: pagesOf(store, pageEvents),
                apply,
                signal: stop.signal,
                transactionEvents,
              }
              const following = follow({
                ...options,
                upTo: async (after, signal) => (after < published ? published : await upTo(60, signal)),
              })
              await readModel.waitForPosition(published - 1, never)
              stop.abort()
              await following
            }
            using readModel = open(1, name)
            expect(dump(readModel.reader)).toEqual(whole)
          },
        ),
        { numRuns: 25 },
      )
    })

    it('equals a rebuild after it was killed in the middle, again and again', { timeout: 60_000 }, async () => {
      await appendMany(store, 6_000)
      const fixture = fileURLToPath(new URL('follow-until-killed.fixture.ts', import.meta.url))
      const record = join(folder, 'record.db')
      const positions: number[] = []
      for (let round = 0; round < 4; round++) {
        const child = spawn(process.execPath, [fixture, record, file], { stdio: ['ignore', 'pipe', 'inherit'] })
        await once(child.stdout, 'data')
        setTimeout(() => child.kill('SIGKILL'), 11 * round)
        await once(child, 'exit')
        using readModel = open()
        positions.push(readModel.position())
        expect(dump(readModel.reader)).toEqual(await rebuilt(readModel.position() + 1))
      }
      expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      expect(positions[0]).toBeGreaterThan(0)
      expect(positions[0]).toBeLessThan(5_999)
      expect(discarded).toEqual([])
    })
  })

  describe('file', () => {
    it('is kept between two openings', async () => {
      const before = await filled(10)
      using readModel = open()
      expect(readModel.position()).toBe(9)
      expect(dump(readModel.reader)).toEqual(before)
      expect(discarded).toEqual([])
      expect((await stat(file)).mode & 0o077).toBe(0)
    })

    it.each([2, 0.5])('is thrown away when its version is another', async (factor) => {
      await appendMany(store, 10)
      using first = open(2)
      await rebuild({ readModel: first, source: pagesOf(store), size: 10, apply, signal: never })
      first[Symbol.dispose]()
      using readModel = open(2 * factor)
      expect(discarded).toEqual(['other-version'])
      expect(readModel.position()).toBe(-1)
    })

    it('is moved aside when it is damaged: no database, cut short, or broken inside', async () => {
      const damage = [
        (bytes: Buffer) => bytes.fill('x'),
        (bytes: Buffer) => bytes.subarray(0, 8192 * 2),
        (bytes: Buffer) => bytes.fill(0xff, 8192, 8192 * 2),
      ]
      for (const change of damage) {
        await rm(file, { force: true })
        discarded = []
        {
          using readModel = open()
          await appendMany(store, 10)
          await rebuild({ readModel, source: pagesOf(store), size: 10, apply, signal: never })
        }
        const damaged = change(await readFile(file))
        await writeFile(file, damaged)
        using readModel = open()
        expect(discarded).toEqual(['damaged'])
        expect(readModel.position()).toBe(-1)
        expect(await readFile(`${file}.damaged`)).toHaveLength(damaged.length)
        await rebuild({ readModel, source: pagesOf(store), size: 10, apply, signal: never })
        expect(dump(readModel.reader)).toEqual(await rebuilt(10))
      }
    })

    it('is left alone when it is a database of something else', async () => {
      file = join(folder, 'record.db')
      await appendMany(store, 1)
      await store[Symbol.asyncDispose]()
      const before = await readFile(file)
      expect(() => open()).toThrow(expect.objectContaining({ code: 'read-model/not-ours' }))
      expect(await readFile(file)).toEqual(before)
    })

    it('has one process that writes it', () => {
      using _ = open()
      expect(() => open()).toThrow(expect.objectContaining({ name: 'ReadModelError', code: 'read-model/in-use' }))
    })

    it('cannot be written by those who query it', () => {
      using readModel = open()
      expect(() => readModel.reader.exec('DELETE FROM streams')).toThrow('readonly')
    })
  })

  describe('rebuild', () => {
    it('replaces whatever stands in the tables, views and statements of readers staying good', async () => {
      const sound = await filled(40)
      {
        using db = new DatabaseSync(file)
        db.exec("UPDATE streams SET last = 'altered'; DELETE FROM open; CREATE TABLE left_over (x)")
      }
      using readModel = open()
      const busy = readModel.reader.prepare('SELECT count(*) AS n FROM busy')
      expect(busy.get()?.n).toBe(12)
      await rebuild({ readModel, source: pagesOf(store), size: 40, apply, signal: never })
      expect(dump(readModel.reader)).toEqual(sound)
      expect(busy.get()?.n).toBe(12)
    })

    it('throws away what a follower has not committed yet', async () => {
      await appendMany(store, 30)
      using readModel = open()
      const events = await Array.fromAsync(store.readAll({ limit: 10 }))
      readModel.apply(events, apply)
      expect([readModel.position(), readModel.written()]).toEqual([-1, 9])
      await rebuild({ readModel, source: pagesOf(store), size: 30, apply, signal: never })
      expect(dump(readModel.reader)).toEqual(await rebuilt(30))
    })

    it('can be broken off, and taken up by a follower', async () => {
      await appendMany(store, 50)
      using readModel = open()
      const stop = new AbortController()
      const onProgress = ({ applied }: Progress) => applied >= 20 && stop.abort(new Error('enough'))
      await expect(
        rebuild({
          readModel,
          source: pagesOf(store, 10),
          size: 50,
          apply,
          onProgress,
          signal: stop.signal,
          transactionEvents: () => 100,
        }),
      ).rejects.toThrow('enough')
      expect(readModel.position()).toBe(19)
      const end = new AbortController()
      const following = follow({ readModel, source: pagesOf(store), upTo, apply, signal: end.signal })
      await readModel.waitForPosition(49, never)
      end.abort()
      await following
      expect(dump(readModel.reader)).toEqual(await rebuilt(50))
    })
  })

  describe('reading', () => {
    it('stands at one moment until it goes on, whatever is committed meanwhile', async () => {
      await appendMany(store, 20)
      const options = { file, version: 1, migrate }
      using model = openReadModel(options)
      using reader = openReadModelReader(options)
      const count = reader.db.prepare('SELECT coalesce(sum(events), 0) AS n FROM streams')
      const seen = () => [reader.position(), Number(count.get()?.n)]
      for (const size of [8, 20]) {
        const before = seen()
        await rebuild({ readModel: model, source: pagesOf(store), size, apply, signal: never })
        expect(seen()).toEqual(before)
        expect(reader.advance()).toBe(size - 1)
        expect(seen()).toEqual([size - 1, size])
      }
    })

    it('lets the write-ahead log begin anew, though somebody reads at every moment', async () => {
      await appendMany(store, 4_000)
      const options = { file, version: 1, migrate }
      using model = openReadModel(options)
      using reader = openReadModelReader(options)
      const sizes: number[] = []
      let folded = 0
      await rebuild({
        readModel: { ...model, fold: () => model.fold() && ++folded > 0 },
        source: pagesOf(store, 5),
        size: 4_000,
        apply,
        signal: never,
        async onCommitted() {
          reader.advance()
          sizes.push((await stat(`${file}-wal`)).size)
        },
      })
      expect(folded, 'times').toBeGreaterThan(2)
      // Never twice as large as when it is folded.
      expect(Math.max(...sizes)).toBeLessThan(2 * 8 * 1024 * 1024)
      expect(dump(reader.db)).toEqual(await rebuilt(4_000))
    })
  })

  describe('close', () => {
    it('ends those who wait, and refuses what comes after', async () => {
      using readModel = open()
      const waiting = expect(readModel.waitForPosition(5, never)).rejects.toMatchObject({ code: 'read-model/closed' })
      readModel[Symbol.dispose]()
      await waiting
      expect(() => readModel.position()).toThrow(expect.objectContaining({ code: 'read-model/closed' }))
    })

    it('does not end a wait that its signal ends', async () => {
      using readModel = open()
      const reason = new Error('no longer wanted')
      await expect(readModel.waitForPosition(5, AbortSignal.abort(reason))).rejects.toBe(reason)
      const controller = new AbortController()
      const waiting = expect(readModel.waitForPosition(5, controller.signal)).rejects.toBe(reason)
      controller.abort(reason)
      await waiting
    })
  })

  describe('dump', () => {
    it('tells any difference in the rows, and none in their order', () => {
      using a = new DatabaseSync(':memory:')
      using b = new DatabaseSync(':memory:')
      a.exec(
        "CREATE TABLE t (x ANY, y ANY) STRICT; INSERT INTO t VALUES (1, 'a'), (2, x'00'), (9007199254740993, NULL)",
      )
      b.exec(
        "CREATE TABLE t (y ANY, x ANY) STRICT; INSERT INTO t (x, y) VALUES (2, x'00'), (9007199254740993, NULL), (1, 'a')",
      )
      expect(dump(b)).toEqual(dump(a))
      for (const change of [
        "x = '1' WHERE x = 1",
        "y = '00' WHERE x = 2",
        'x = 9007199254740992 WHERE y IS NULL',
        "y = 'null' WHERE y IS NULL",
      ]) {
        b.exec(`BEGIN; UPDATE t SET ${change}`)
        expect(dump(b), change).not.toEqual(dump(a))
        b.exec('ROLLBACK')
      }
    })
  })
})

import { writeFile } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import type { EventStore } from '@tidings/event-store'
import { dump } from '@tidings/read-model'
import { createLogger } from '@tidings/service-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keeperInThisThread } from '../testing/keeper-in-this-thread.ts'
import { openTestDesk, type TestDesk } from '../testing/test-desk.ts'
import { type KeptViews, type KeptViewsOptions, keepViews } from './kept-views.ts'
import { type Keeper, type StartKeeper, startThread } from './start-keeper.ts'

const soon = () => AbortSignal.timeout(20_000)

/** Starts threads as ever, and remembers them. */
function rememberedThreads() {
  const threads: Keeper[] = []
  const startKeeper: StartKeeper = (data) => {
    const keeper = startThread(data)
    threads.push(keeper)
    return keeper
  }
  return { threads, startKeeper }
}

describe('kept views', () => {
  let t: TestDesk
  let broken: boolean
  beforeEach(async () => {
    t = await openTestDesk()
    broken = false
    const a = await t.world.party()
    const b = await t.world.party()
    const mechanism = await t.world.mechanism([a, 'commission', 'A'], [b, 'commission', 'B'])
    for (let i = 0; i < 5; i++) await a.submits(b, mechanism)
    await t.publish()
  })
  afterEach(() => t[Symbol.asyncDispose]())

  /** The same record, which cannot be read while it is broken. */
  function breakable(store: EventStore): EventStore {
    return {
      append: (...given) => store.append(...given),
      appendEach: (...given) => store.appendEach(...given),
      readStream: (...given) => store.readStream(...given),
      readAll(options) {
        if (broken) throw new Error('the disk is gone')
        return store.readAll(options)
      },
      size: () => store.size(),
      waitForMore: (...given) => store.waitForMore(...given),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
  }

  const basics = (name: string) => ({
    recordFile: t.desk.options.recordFile,
    log: t.log,
    file: `${t.folder}/${name}.db`,
    logger: createLogger('silent'),
    retryMs: 5,
  })

  function open(name: string, options: Pick<KeptViewsOptions, 'paging'> = {}): Promise<KeptViews> {
    return keepViews({
      ...options,
      ...basics(name),
      startKeeper: keeperInThisThread(async () => breakable(t.desk.options.store)),
    })
  }

  it('go on by themselves once the record can be read again, and say meanwhile what stopped them', async () => {
    broken = true
    await using views = await open('views')
    await expect.poll(() => views.waitsFor()).toBe('stopped at leaf 0: the disk is gone')
    broken = false
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(await views.waitsFor()).toBeUndefined()
    expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
  })

  it('continue where they were after a stop', async () => {
    {
      await using views = await open('views')
      await views.waitForLeaf(t.desk.views.size() - 1, soon())
    }
    await t.world.party()
    await t.publish()
    await using views = await open('views')
    expect(views.size()).toBe(t.desk.views.size() - 1)
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
  })

  it('tell of a rebuild that fails, and follow on when it can be done', async () => {
    await using views = await open('views')
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    broken = true
    await expect(views.rebuild()).rejects.toThrow('the disk is gone')
    broken = false
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
  })

  it('show tables, size, parties and mechanisms of one moment while a long transaction is open', async () => {
    await using views = await open('views', {
      paging: { pageEvents: 2, transactionEvents: 6, manyLeft: 0, farBehind: 0 },
    })
    const parties = views.reader.prepare("SELECT count(*) AS n FROM streams WHERE name LIKE 'party-%'")
    const streams = views.reader.prepare('SELECT count(*) AS n FROM streams')
    const known = t.desk.views.reader
      .prepare("SELECT name FROM streams WHERE name LIKE 'party-%'")
      .all()
      .map(({ name }) => String(name).slice('party-'.length))
    const moments: (readonly [size: number, streams: number])[] = []
    await views.rebuild(() => {
      moments.push([views.size(), Number(streams.get()?.n)])
      expect(known.filter((id) => views.present.party(id))).toHaveLength(Number(parties.get()?.n))
    })
    expect(known).toHaveLength(2)
    expect(moments.slice(0, 4), 'two pages of each transaction are not seen yet').toEqual([
      [0, 0],
      [0, 0],
      [6, moments[2]?.[1]],
      [6, moments[2]?.[1]],
    ])
    expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
  })

  describe('where very many statements are left', () => {
    const paging = { pageEvents: 1, transactionEvents: 7, manyLeft: 20, farBehind: 20 }
    let size: number
    beforeEach(async () => {
      const [a, b] = [await t.world.party(), await t.world.party()]
      for (let i = 0; i < 40; i++) await (i % 2 === 0 ? a : b).describesCase()
      await t.publish()
      size = t.desk.views.size()
    })

    it('are made of what another thread has read ahead, and are the same', async () => {
      await using views = await keepViews({ ...basics('views'), paging })
      await views.waitForLeaf(size - 1, soon())
      expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
      await views.rebuild()
      expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
      await t.world.party()
      await t.publish()
      await views.waitForLeaf(size, soon())
      expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
    })

    it('say what stopped them when a statement that is read ahead is damaged, and where', async () => {
      const recordFile = `${t.folder}/damaged.db`
      using record = new DatabaseSync(t.desk.options.recordFile, { readOnly: true })
      await backup(record, recordFile)
      const other = new DatabaseSync(recordFile)
      const leaf = size - 5
      other.exec('DROP TRIGGER events_never_updated')
      other.prepare('UPDATE events SET checksum = checksum + 1 WHERE position = ?').run(leaf)
      other.close()
      await using views = await keepViews({ ...basics('views'), recordFile, paging, retryMs: 50 })
      await expect
        .poll(() => views.waitsFor(), { timeout: 20_000 })
        .toMatch(`the event at position ${leaf} is not as it was written`)
      expect(views.size()).toBeLessThanOrEqual(leaf)
    })

    it('can be closed while another thread reads ahead', async () => {
      const views = await keepViews({ ...basics('views'), paging: { ...paging, transactionEvents: 1 } })
      await views.waitForLeaf(20, soon())
      await views[Symbol.asyncDispose]()
      await using again = await keepViews({ ...basics('views'), paging })
      await again.waitForLeaf(size - 1, soon())
      expect(dump(again.reader)).toEqual(dump(t.desk.views.reader))
    })
  })

  it('are kept by another thread when the one that keeps them has ended, and say so meanwhile', async () => {
    const { threads, startKeeper } = rememberedThreads()
    await using views = await keepViews({ ...basics('views'), startKeeper, retryMs: 200 })
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    await threads[0]?.terminate()
    await expect
      .poll(() => views.waitsFor())
      .toBe(`stopped at leaf ${views.size()}: the thread that keeps the views has ended: it was not told to`)
    await expect(views.rebuild()).rejects.toThrow('it was not told to')
    await t.world.party()
    await t.publish()
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(threads).toHaveLength(2)
    expect(await views.waitsFor()).toBeUndefined()
    expect(dump(views.reader)).toEqual(dump(t.desk.views.reader))
  })

  it('say to start the service again when the next thread finds them damaged: what is read is no longer theirs', async () => {
    {
      // Closed once, so that all of it stands in the file and nothing in the write-ahead log, which would mend it.
      await using views = await open('views')
      await views.waitForLeaf(t.desk.views.size() - 1, soon())
    }
    const { threads, startKeeper } = rememberedThreads()
    await using views = await keepViews({ ...basics('views'), startKeeper, retryMs: 200 })
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    const { size } = views
    const before = size()
    await threads[0]?.terminate()
    await writeFile(`${t.folder}/views.db`, 'no database')
    await expect
      .poll(async () => String(await views.waitsFor()), { timeout: 20_000 })
      .toMatch(/the views were damaged and thrown away: start the service again$/)
    await t.world.party()
    await t.publish()
    expect(size(), 'it stands where it stood').toBe(before)
    await views[Symbol.asyncDispose]()
    await using again = await open('views')
    await again.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(dump(again.reader)).toEqual(dump(t.desk.views.reader))
  })

  it('are of the past until they know what had been published when they were opened', async () => {
    broken = true
    await using views = await open('views')
    expect(views.isCurrent()).toBe(false)
    broken = false
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    expect(views.isCurrent()).toBe(true)
  })

  it('are of the past again while they are made anew, until they know what they knew before', async () => {
    const paging = { pageEvents: 2, transactionEvents: 2, manyLeft: 1, farBehind: 1000 }
    await using views = await open('views', { paging })
    for (let i = 0; i < 3; i++) await t.world.party()
    await t.publish()
    const before = t.desk.views.size()
    await views.waitForLeaf(before - 1, soon())
    expect(views.isCurrent()).toBe(true)
    const seen: [size: number, isCurrent: boolean][] = []
    await views.rebuild(() => seen.push([views.size(), views.isCurrent()]))
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.filter(([size, isCurrent]) => isCurrent !== size >= before)).toEqual([])
  })

  it('report progress of a rebuild, and can be closed in its midst', async () => {
    const views = await open('views')
    await views.waitForLeaf(t.desk.views.size() - 1, soon())
    const progress: number[] = []
    await views.rebuild(({ applied }) => progress.push(applied))
    expect(progress.at(-1)).toBe(t.desk.views.size())
    const another = views.rebuild()
    await views[Symbol.asyncDispose]()
    await another.catch((error: Error) => expect(error.message).toMatch(/closed/))
  })
})

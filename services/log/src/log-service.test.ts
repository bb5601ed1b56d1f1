import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventStore, eventId, type NewEvent, type RecordedEvent } from '@tidings/event-store'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { createLogger, createServer } from '@tidings/service-kit'
import { checkLog, httpTiles, leafHash, openHttpLog, verifyInclusion } from '@tidings/transparency'
import { folderTiles, keptCheckpoints } from '@tidings/transparency/files'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LogService, LogServiceError, type LogServiceOptions, loadLogKey, logApp, openLogService } from './app.ts'

const logger = createLogger('silent')
const entryOf = (event: RecordedEvent) => new Uint8Array(event.data)
const soon = () => AbortSignal.timeout(10_000)

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidings-log-service-'))
})
afterEach(async () => {
  await rm(home, { recursive: true, force: true })
})

function optionsFor(record: EventStore, data = 'data'): LogServiceOptions {
  return {
    record,
    entryOf,
    folder: join(home, data, 'log'),
    keyFile: join(home, data, 'keys', 'log.pem'),
    guardFile: join(home, `${data}.guard`),
    origin: 'tidings.example/log',
    logger,
    retryMs: 10,
  }
}

async function openRecord(data = 'data'): Promise<EventStore> {
  await mkdir(join(home, data), { recursive: true })
  return await openSqliteEventStore({ file: join(home, data, 'record.db'), mode: 'write' })
}

function eventOf(n: number): NewEvent {
  const data = new TextEncoder().encode(`statement ${n}`)
  return { id: eventId(createHash('sha256').update(data).digest()), type: 'case.describe', data }
}

async function append(record: EventStore, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await record.append(`case-${n}`, 'no-stream', [eventOf(n)])
}

async function assertWholeLog(service: LogService, size: number): Promise<void> {
  const { checkpoint } = await checkLog(folderTiles(service.folder), service.reader.vkey, {
    checkpoints: keptCheckpoints(service.folder),
  })
  expect(checkpoint.size).toBe(size)
}

describe('the log service', () => {
  it('makes leaf n of the event at position n, and proves it', async () => {
    await using record = await openRecord()
    await using service = await openLogService(optionsFor(record))
    await append(record, 0, 3)
    const checkpoint = await service.reader.waitForSize(3, soon())
    for (let n = 0; n < 3; n++)
      verifyInclusion({
        leaf: leafHash(eventOf(n).data),
        index: n,
        size: checkpoint.size,
        root: checkpoint.root,
        proof: await service.reader.inclusionProof(n, checkpoint.size),
      })
    expect(await service.waitsFor()).toBeUndefined()
  })

  it('starts with a signed checkpoint of the empty log', async () => {
    await using record = await openRecord()
    await using service = await openLogService(optionsFor(record))
    expect(await service.reader.latest()).toMatchObject({ size: 0, origin: 'tidings.example/log' })
  })

  it('publishes what comes while it publishes under one checkpoint, in batches of a bounded size', async () => {
    await using record = await openRecord()
    await append(record, 0, 25)
    await using service = await openLogService({ ...optionsFor(record), batch: 10 })
    await service.reader.waitForSize(25, soon())
    const sizes: number[] = []
    for await (const { size } of service.reader.checkpointsAfter(-1)) sizes.push(size)
    expect(sizes).toEqual([0, 10, 20, 25])
  })

  it('finds by itself what a record has failed to tell of, and says so', async () => {
    await using record = await openRecord()
    const says: string[] = []
    const telling = createLogger('warn', { write: (line: string) => void says.push(line) })
    const silent: EventStore = {
      ...record,
      waitForMore: (_, signal) => {
        const { promise, reject } = Promise.withResolvers<number>()
        signal.addEventListener('abort', () => reject(signal.reason))
        return promise
      },
    }
    await using service = await openLogService({ ...optionsFor(silent), logger: telling, lookMs: 20 })
    await append(record, 0, 3)
    await service.reader.waitForSize(3, soon())
    expect(says.join()).toContain('had not told')
    await append(record, 3, 5)
    await service.reader.waitForSize(5, soon())
    await assertWholeLog(service, 5)
  })

  it('continues where it was after a stop, and catches up with what was recorded meanwhile', async () => {
    await using record = await openRecord()
    {
      await using service = await openLogService(optionsFor(record))
      await append(record, 0, 5)
      await service.reader.waitForSize(5, soon())
    }
    await append(record, 5, 300)
    await using service = await openLogService(optionsFor(record))
    await service.reader.waitForSize(300, soon())
    await assertWholeLog(service, 300)
  })

  it('makes a lost log folder anew from the record, to the root that its guard holds', async () => {
    await using record = await openRecord()
    await append(record, 0, 300)
    let before: Uint8Array
    {
      await using service = await openLogService(optionsFor(record))
      before = (await service.reader.waitForSize(300, soon())).root
    }
    await rm(join(home, 'data', 'log'), { recursive: true })
    await using service = await openLogService(optionsFor(record))
    expect((await service.reader.latest()).root).toEqual(before)
    await assertWholeLog(service, 300)
  })

  it('says what it waits for when the disk refuses, and goes on by itself when it no longer does', async () => {
    await using record = await openRecord()
    await using service = await openLogService(optionsFor(record))
    const obstacle = join(service.folder, 'tile')
    await writeFile(obstacle, 'a file where a folder must be')
    await append(record, 0, 1)
    await expect.poll(() => service.waitsFor(), { timeout: 5000 }).toMatch(/could not be written/)
    await rm(obstacle)
    await service.reader.waitForSize(1, soon())
    await expect.poll(() => service.waitsFor(), { timeout: 5000 }).toBeUndefined()
    await assertWholeLog(service, 1)
  })

  it('makes its key once, readable by its owner alone', async () => {
    const file = join(home, 'keys', 'log.pem')
    const first = await loadLogKey(file)
    const second = await loadLogKey(file)
    expect([first.isNew, second.isNew]).toEqual([true, false])
    expect(second.signer.publicKey).toEqual(first.signer.publicKey)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})

describe('the log service refuses', () => {
  it('an old copy of the data folder whose guard was kept', async () => {
    {
      await using record = await openRecord()
      await append(record, 0, 3)
      {
        await using service = await openLogService(optionsFor(record))
        await service.reader.waitForSize(3, soon())
      }
    }
    await cp(join(home, 'data'), join(home, 'copy'), { recursive: true })
    {
      await using record = await openRecord()
      await append(record, 3, 6)
      await using service = await openLogService(optionsFor(record))
      await service.reader.waitForSize(6, soon())
    }
    await rm(join(home, 'data'), { recursive: true })
    await cp(join(home, 'copy'), join(home, 'data'), { recursive: true })
    await using record = await openRecord()
    await expect(openLogService(optionsFor(record))).rejects.toMatchObject({
      code: 'transparency/record-behind-guard',
    })
  })

  it('a log whose guard is missing', async () => {
    await using record = await openRecord()
    await append(record, 0, 3)
    {
      await using service = await openLogService(optionsFor(record))
      await service.reader.waitForSize(3, soon())
    }
    await rm(join(home, 'data.guard'))
    await expect(openLogService(optionsFor(record))).rejects.toMatchObject({ code: 'transparency/guard-missing' })
  })

  it('a record and a key whose log and guard are both gone', async () => {
    await using record = await openRecord()
    await append(record, 0, 3)
    {
      await using service = await openLogService(optionsFor(record))
      await service.reader.waitForSize(3, soon())
    }
    await rm(join(home, 'data.guard'))
    await rm(join(home, 'data', 'log'), { recursive: true })
    const refused = expect(openLogService(optionsFor(record))).rejects
    await refused.toBeInstanceOf(LogServiceError)
    await expect(openLogService(optionsFor(record))).rejects.toMatchObject({ code: 'log/lost' })
  })

  it('a key that others may read', async () => {
    const file = join(home, 'keys', 'log.pem')
    await loadLogKey(file)
    await chmod(file, 0o644)
    await expect(loadLogKey(file)).rejects.toMatchObject({ code: 'log/key-unusable' })
  })

  it('a second signer on the same folder', async () => {
    await using record = await openRecord()
    await using _first = await openLogService(optionsFor(record))
    await expect(openLogService(optionsFor(record))).rejects.toMatchObject({ code: 'transparency/second-writer' })
  })
})

describe('the log over HTTP', () => {
  async function serverOf(service: LogService) {
    const server = await createServer({ logger, title: 'log', version: '0' })
    await logApp(server, service)
    return server
  }

  it('is a tlog-tiles log that a stranger can check with nothing but its address and its key', async () => {
    await using record = await openRecord()
    await append(record, 0, 300)
    await using service = await openLogService(optionsFor(record))
    await service.reader.waitForSize(300, soon())
    const server = await serverOf(service)
    const address = await server.listen({ port: 0, host: '127.0.0.1' })
    try {
      const vkey = (await (await fetch(`${address}/vkey`)).text()).trimEnd()
      expect((await checkLog(httpTiles(address), vkey)).checkpoint.size).toBe(300)

      await using reader = openHttpLog(address, vkey, { pollMs: 5 })
      const waiting = reader.waitForSize(301, soon())
      await append(record, 300, 301)
      const checkpoint = await waiting
      const proof = await reader.inclusionProof(300, checkpoint.size)
      verifyInclusion({
        leaf: leafHash(eventOf(300).data),
        index: 300,
        size: checkpoint.size,
        root: checkpoint.root,
        proof,
      })
      expect((await reader.waitForSize(0, soon())).size).toBe(0)
    } finally {
      await server.close()
    }
  })

  it('serves what changes for seconds and what never changes for ever', async () => {
    await using record = await openRecord()
    await append(record, 0, 2)
    await using service = await openLogService(optionsFor(record))
    await service.reader.waitForSize(2, soon())
    const server = await serverOf(service)
    const get = async (url: string) => {
      const { statusCode, headers } = await server.inject(url)
      return [statusCode, headers['content-type'], headers['cache-control']]
    }
    const forEver = 'public, max-age=31536000, immutable'
    expect(await get('/checkpoint')).toEqual([200, 'text/plain; charset=utf-8', 'no-cache'])
    expect(await get('/tile/0/000.p/2')).toEqual([200, 'application/octet-stream', forEver])
    expect(await get('/tile/entries/000.p/2')).toEqual([200, 'application/octet-stream', forEver])
    expect(await get('/checkpoints/1')).toEqual([200, 'text/plain; charset=utf-8', forEver])
    expect((await get('/checkpoints/3'))[0]).toBe(404)
    expect((await get('/tile/0/000'))[0]).toBe(404)
    expect((await get('/tile/0/..%2f..%2fcheckpoints.db'))[0]).toBe(404)
    await server.close()
  })

  it('serves a kept checkpoint under one address', async () => {
    await using record = await openRecord()
    await append(record, 0, 2)
    await using service = await openLogService(optionsFor(record))
    await service.reader.waitForSize(2, soon())
    const server = await serverOf(service)
    for (const size of ['0', '1', '2']) expect((await server.inject(`/checkpoints/${size}`)).statusCode).toBe(200)
    for (const size of ['', '%20', '01', '00', '0x1', '1e0', '1.0', '+1', '-1', '%201', 'one', '%D9%A1']) {
      const answer = await server.inject(`/checkpoints/${size}`)
      expect(answer.headers['cache-control'], size).toBe('no-store')
      expect(answer.json(), size).toMatchObject({
        status: 400,
        field: 'params/size',
        rule: 'must be a number of leaves, in decimal without leading zeros',
      })
    }
    expect((await server.inject('/checkpoints/9007199254740991')).statusCode).toBe(404)
    for (const size of ['9007199254740993', '9'.repeat(100)])
      expect((await server.inject(`/checkpoints/${size}`)).json(), size).toMatchObject({
        status: 400,
        field: 'params/size',
        rule: 'must be at most 9007199254740991',
      })
    await server.close()
  })
})

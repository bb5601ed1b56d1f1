import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { decodeEventData, importSignatureKey, readStatement, verifyStatement } from '@tidings/statement'
import { checkLog } from '@tidings/transparency'
import { folderTiles, keptCheckpoints, openLogFolder } from '@tidings/transparency/files'
import { describe, expect, it } from 'vitest'
import { foldRecord } from '../../support/fold-record.ts'
import { startService } from '../../support/service.ts'
import { madeRecord, makeRecord } from './make-record.ts'
import { signerOf } from './parties.ts'

describe('a made record', () => {
  it('is one that a service could have taken: signed, effective in its order, published, and served', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-made-'))
    const made = await makeRecord({ folder, statements: 500, commissions: 3, checkpointEvery: 100, atOnce: 60 })
    expect(await madeRecord(folder)).toEqual(made)
    const { data, size, parties } = made
    expect(size).toBeGreaterThanOrEqual(500)

    await using store = await openSqliteEventStore({ file: join(data, 'record.db'), mode: 'read' })
    expect(await store.size()).toBe(size)
    const keys = new Map(
      await Promise.all(
        parties.map(async (party) => [party.id, await importSignatureKey(signerOf(party).key)] as const),
      ),
    )
    const kinds = new Set<string>()
    for await (const { data: event } of store.readAll()) {
      const statement = readStatement(decodeEventData(event).jws)
      const key = keys.get(statement.payload.iss)
      if (!key) throw new Error('a stranger speaks')
      await verifyStatement(statement, key)
      kinds.add(statement.payload.kind)
    }
    expect(kinds).toContain('request.assess')
    const { verdicts } = await foldRecord(store)
    expect([...verdicts.values()].filter(({ verdict }) => verdict !== 'effective')).toEqual([])

    {
      await using log = await openLogFolder({ folder: join(data, 'log') })
      expect((await log.latest()).size).toBe(size)
      await checkLog(folderTiles(join(data, 'log')), log.vkey, { checkpoints: keptCheckpoints(join(data, 'log')) })
    }
    {
      await using service = await startService({ data })
      await expect.poll(() => service.desk.waitsFor(), { timeout: 30_000 }).toBeUndefined()
      expect(service.desk.views.size()).toBe(size)
    }
    await rm(folder, { recursive: true })
  })
})

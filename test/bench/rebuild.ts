import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, ready, spawnService } from '../support/child-service.ts'
import { viewsOf } from '../support/views.ts'
import { casesOf, requestsOf } from './intake.ts'
import { load } from './load.ts'
import { bareSqlite } from './peers/bare-sqlite.ts'
import type { Row } from './row.ts'
import { signedFile } from './signed-file.ts'

/** All views made anew from the record, beside bare SQLite inserting the same rows. */
export async function rebuildRows({ folder, statements }: { folder: string; statements: number }): Promise<Row[]> {
  await mkdir(folder, { recursive: true })
  const data = join(folder, 'data')
  const service = spawnService(data, await freePort())
  try {
    await ready(service)
    for (const make of [await casesOf(service, data), await requestsOf(service, data)]) {
      const file = await signedFile(join(folder, 'statements.ndjson'), statements / 2, make)
      await load({ url: service.url, file, perRequest: 1, inFlight: 64 })
    }
  } finally {
    await service.stop()
  }
  const began = performance.now()
  await viewsOf(data, { rebuilt: true })
  const seconds = (performance.now() - began) / 1000
  const copied = bareSqlite(join(data, 'desk.db'))
  await rm(folder, { recursive: true, force: true })
  return [
    {
      id: 'rebuild',
      what: `rebuild of all views of ${statements.toLocaleString('en')} statements (with starting the service)`,
      ours: `${seconds.toFixed(2)} s`,
      beside: `bare SQLite inserts the same ${copied.rows.toLocaleString('en')} rows: ${copied.seconds.toFixed(2)} s`,
      ratio: copied.seconds / seconds,
      aim: '0.5',
    },
  ]
}

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkLog } from '../check-log.ts'
import { folderTiles, keptCheckpoints, openLogFolder } from '../files/index.ts'
import { inventedEntries, inventedRecord, inventedSigner } from '../invented-log.fixture.ts'
import { temporaryFolder, testGuard } from '../temporary-folder.fixture.ts'
import { createLog, restoreLogFolder } from './index.ts'

describe('a log folder that has nothing but its kept checkpoints and its key', () => {
  it.each([[[1]], [[300]], [[100, 300, 520]], [[256, 512, 768, 1000]], [[65_535, 65_536, 65_800, 66_100]]])(
    'published at %j, is made anew from the record: whole for whoever holds any of them',
    async (sizes) => {
      const path = await temporaryFolder()
      const folder = join(path, 'log')
      const guard = await testGuard(join(path, 'guard'))
      {
        const options = { folder, guard, origin: 'tidings.example/log', signer: await inventedSigner() }
        await using writer = await createLog(options)
        for (const size of sizes) await writer.publish(inventedEntries(writer.checkpoint.size, size), size - 1)
      }
      await rm(join(folder, 'tile'), { recursive: true })
      await rm(join(folder, 'checkpoint'))
      const size = sizes.at(-1) ?? 0
      // The record of a copy may hold more than its log.
      const restored = await restoreLogFolder({ folder, record: inventedRecord(size + 7) })
      expect(restored.size).toBe(size)
      await using log = await openLogFolder({ folder })
      const checked = await checkLog(folderTiles(folder), log.vkey, { checkpoints: keptCheckpoints(folder) })
      expect(checked.checkpoint.size).toBe(size)
    },
  )
})

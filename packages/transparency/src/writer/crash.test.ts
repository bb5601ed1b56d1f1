import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkLog } from '../check-log.ts'
import { verifyCheckpoint } from '../checkpoint.ts'
import { folderTiles, keptCheckpoints } from '../files/index.ts'
import { inventedEntries, inventedRecord, inventedSigner } from '../invented-log.fixture.ts'
import { merkleRoot } from '../merkle.ts'
import { formatVkey } from '../signed-note.ts'
import { temporaryFolder, testGuard } from '../temporary-folder.fixture.ts'
import { createLog, openLog } from './index.ts'

const origin = 'tidings.example/log'
const publisher = fileURLToPath(new URL('publish-and-tell.fixture.ts', import.meta.url))

/** The checkpoints that a process promised before it ended, however it ended. */
async function promisesOf(child: ChildProcess): Promise<string[]> {
  let told = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  await once(child, 'close')
  return told
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as string)
}

/** Opens what the dead have left, publishes once more, and checks: nothing promised is missing, and there was one tree all along. */
async function assertContinues(home: string, promised: readonly string[]): Promise<void> {
  const folder = join(home, 'log')
  const signer = await inventedSigner()
  const vkey = formatVkey(origin, signer.publicKey)
  const guard = await testGuard(join(home, 'guard'))
  const options = { folder, guard, origin, signer, record: inventedRecord(1_000_000_000) }
  {
    await using writer = (await guard.read()) === undefined ? await createLog(options) : await openLog(options)
    const from = writer.checkpoint.size
    await writer.publish(inventedEntries(from, from + 3), from + 2)
  }
  const kept = new Set<string>()
  for await (const text of keptCheckpoints(folder)) {
    kept.add(text)
    const { size, root } = await verifyCheckpoint(text, vkey)
    expect(root, `the tree of size ${size}`).toEqual(rootOf(size))
  }
  for (const text of promised) expect(kept).toContain(text)
  await checkLog(folderTiles(folder), vkey, { checkpoints: keptCheckpoints(folder) })
}

const roots = new Map<number, Uint8Array>()
function rootOf(size: number): Uint8Array {
  const root = roots.get(size) ?? merkleRoot(inventedEntries(0, size))
  roots.set(size, root)
  return root
}

describe('a log whose writer is killed', () => {
  it('at random moments, again and again, keeps every promise and never forks', { timeout: 120_000 }, async () => {
    const home = await temporaryFolder()
    const promised: string[] = []
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, [publisher, home, '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] })
      // Counted from the first promise: starting takes longer than publishing. Some are killed before it.
      if (round % 5 === 0) setTimeout(() => child.kill('SIGKILL'), 60 + Math.random() * 100)
      else child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), Math.random() * 40))
      promised.push(...(await promisesOf(child)))
    }
    expect(promised.length).toBeGreaterThan(20)
    await assertContinues(home, promised)
  })

  const strace = spawnSync('strace', ['-V']).status === 0
  const faults = ['signal=KILL', 'error=EIO'].flatMap((fault) =>
    ['fsync', 'fdatasync', 'rename'].map((call) => [call, fault] as const),
  )
  if (!strace)
    it.skip('or whose disk fails at each sync and rename: NOT CHECKED, there is no strace on this machine', () => {})
  else
    it.each(faults)('or whose disk fails: %s with %s, at each in turn', { timeout: 120_000 }, async (call, fault) => {
      let met = 0
      for (let spared = false; !spared; met += spared ? 0 : 1) {
        const home = await temporaryFolder()
        // Counted for each thread by itself, so several may be hit in one run.
        const inject = [
          '-f',
          '-qq',
          '-o',
          '/dev/null',
          '-e',
          `trace=${call}`,
          '-e',
          `inject=${call}:${fault}:when=${met + 1}`,
        ]
        const child = spawn('strace', [...inject, process.execPath, publisher, home, '2'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const promised = await promisesOf(child)
        spared = child.exitCode === 0
        await assertContinues(home, promised)
      }
      expect(met).toBeGreaterThan(0)
    })
})

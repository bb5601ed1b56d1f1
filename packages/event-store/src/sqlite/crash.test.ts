import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { openSqliteEventStore } from './open.ts'

const fixture = fileURLToPath(new URL('append-until-killed.fixture.ts', import.meta.url))

interface Acknowledged {
  readonly stream: string
  readonly position: number
  readonly id: string
}

describe('a record whose writer is killed under load', () => {
  let folder: string
  let file: string
  let writer: ChildProcess | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-store-'))
    file = join(folder, 'record.db')
  })
  afterEach(async () => {
    await kill(writer)
    await rm(folder, { recursive: true })
  })

  it('holds everything that was acknowledged, in its place, and goes on', { timeout: 60_000 }, async () => {
    const acknowledged: Acknowledged[] = []
    for (let round = 0; round < 6; round++) {
      const before = acknowledged.length
      writer = spawn(process.execPath, [fixture, file], { stdio: ['ignore', 'pipe', 'inherit'] })
      await acknowledgements(writer, acknowledged, before + 100)
      // The kill falls anywhere in what the writer does next.
      setTimeout(() => writer?.kill('SIGKILL'), 37 * round)
      await acknowledgements(writer, acknowledged)

      await using store = await openSqliteEventStore({ file, mode: 'write' })
      await expectHeld(store, acknowledged)
    }
    expect(acknowledged.length).toBeGreaterThan(600)
  })

  it('shows what was acknowledged to a reader in another process at once', { timeout: 60_000 }, async () => {
    writer = spawn(process.execPath, [fixture, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const acknowledged: Acknowledged[] = []
    await acknowledgements(writer, acknowledged, 1)
    await using reader = await openSqliteEventStore({ file, mode: 'read' })
    let seen = 0
    for (let round = 0; round < 20; round++) {
      seen = await reader.waitForMore(seen, AbortSignal.timeout(10_000))
      await acknowledgements(writer, acknowledged, acknowledged.length + 20)
      await expectHeld(reader, acknowledged)
    }
    expect(seen).toBeGreaterThan(20)
  })

  it.skipIf(spawnSync('prlimit', ['--version']).status !== 0)(
    'refuses while the disk does, loses nothing acknowledged, and recovers by itself (needs `prlimit`)',
    { timeout: 60_000 },
    async () => {
      // A limit on the size of files makes the system refuse to write, as a failing disk would.
      const command = `ulimit -S -f 2048; exec "${process.execPath}" "${fixture}" "${file}"`
      writer = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
      const acknowledged: Acknowledged[] = []
      const refusals = await acknowledgements(writer, acknowledged, Infinity, 50)
      expect(new Set(refusals)).toEqual(new Set(['event-store/outcome-unknown']))
      const beforeRecovery = acknowledged.length
      spawnSync('prlimit', [`--fsize=unlimited`, '--pid', String(writer.pid)])
      await acknowledgements(writer, acknowledged, beforeRecovery + 500)
      await kill(writer)

      await using store = await openSqliteEventStore({ file, mode: 'write' })
      await expectHeld(store, acknowledged)
    },
  )
})

async function expectHeld(store: EventStore, acknowledged: readonly Acknowledged[]) {
  const recorded = await Array.fromAsync(store.readAll())
  for (const { stream, position, id } of acknowledged)
    expect(recorded[position]).toMatchObject({ stream, position, id })
}

/** Collects what the writer prints until it has acknowledged or refused so much, or has ended. Returns the refusals' codes. */
async function acknowledgements(
  writer: ChildProcess,
  acknowledged: Acknowledged[],
  atLeast = Infinity,
  refusedAtLeast = Infinity,
): Promise<string[]> {
  const refusals: string[] = []
  if (!writer.stdout) throw new Error('the writer prints to a pipe')
  const lines = linesOf(writer.stdout)
  while (acknowledged.length < atLeast && refusals.length < refusedAtLeast) {
    const { value, done } = await lines.next()
    if (done) break
    const [what, ...rest] = value.split(' ')
    const [stream = '', position, id = ''] = rest
    if (what === 'acknowledged') acknowledged.push({ stream, position: Number(position), id })
    else refusals.push(stream)
  }
  return refusals
}

const readings = new WeakMap<NodeJS.ReadableStream, AsyncIterator<string>>()

/** One iteration for the whole life of a stream: what it has read ahead is kept between two calls. */
function linesOf(input: NodeJS.ReadableStream): AsyncIterator<string> {
  const lines = readings.get(input) ?? createInterface({ input })[Symbol.asyncIterator]()
  readings.set(input, lines)
  return lines
}

async function kill(child: ChildProcess | undefined) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

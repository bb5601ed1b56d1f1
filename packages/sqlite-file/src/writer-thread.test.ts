import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileError } from './file-error.ts'
import type { FailedOutcome } from './group-commit.ts'
import { openWriterThread, type WriterThread } from './writer-thread.ts'
import type { NumberJobs } from './writing.fixture.ts'

describe('a thread that writes', () => {
  let folder: string
  let file: string
  let db: DatabaseSync
  let commits: number
  let failures: { cause: unknown; outcome: FailedOutcome }[]
  let writer: WriterThread<NumberJobs>

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-file-'))
    file = join(folder, 'numbers.db')
    db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB)')
    commits = 0
    failures = []
    writer = openWriterThread<NumberJobs>({
      name: 'numbers',
      script: new URL('./writing.fixture.ts', import.meta.url),
      data: file,
      committed: () => {
        commits++
      },
      failed: (cause, outcome) => {
        failures.push({ cause, outcome })
        return new Error(outcome)
      },
    })
  })
  afterEach(async () => {
    await writer[Symbol.asyncDispose]()
    db.close()
    await rm(folder, { recursive: true })
  })

  const numbers = () =>
    db
      .prepare('SELECT n FROM numbers ORDER BY n')
      .all()
      .map(({ n }) => n)

  it('answers each job with its value once all of a transaction are durable, and tells of that once', async () => {
    expect(await Promise.all([1, 2, 1].map((n) => writer.run('add', { n })))).toEqual([true, true, false])
    expect(numbers()).toEqual([1, 2])
    expect(commits).toBe(1)
    expect(await writer.run('add', { n: 3 })).toBe(true)
    expect(commits).toBe(2)
  })

  it('does a job many times in one call, each by itself and in order, and answers each', async () => {
    const parts = [Uint8Array.of(7)]
    const each = [1, 2, 1, 3].map((n) => ({ args: { n }, parts }))
    const [outcomes, alone] = await Promise.all([writer.runEach('add', each), writer.run('add', { n: 2 })])
    expect(outcomes).toEqual([true, true, false, true])
    expect(alone).toBe(false)
    expect(numbers()).toEqual([1, 2, 3])
    expect(commits).toBe(1)
    expect(await writer.runEach('add', [])).toEqual([])
  })

  it('tells of each time that failed, also when others of the call are done: more than fit one transaction', async () => {
    const each = Array.from({ length: 1500 }, (_, n) => ({ args: { n, fails: n === 1200 }, parts: [] }))
    const outcomes = await writer.runEach('addUnless', each)
    expect(outcomes.slice(0, 1024)).toEqual(Array(1024).fill(true))
    expect(outcomes.slice(1024).map((outcome) => (outcome as Error).message)).toEqual(Array(476).fill('rolled-back'))
    expect(numbers()).toHaveLength(1024)
  })

  it('gives each job its own bytes', async () => {
    const fillers = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Buffer.from('many bytes of one pool')]
    await Promise.all(fillers.map((filler, n) => writer.run('add', { n }, [filler])))
    const rows = db.prepare('SELECT filler FROM numbers ORDER BY n').all()
    expect(rows.map(({ filler }) => Buffer.from(filler as Uint8Array))).toEqual(
      fillers.map((filler) => Buffer.from(filler)),
    )
  })

  it('fails all jobs of a transaction in which one failed, says what went wrong, and goes on', async () => {
    const outcomes = await Promise.allSettled([writer.run('add', { n: 1 }), writer.run('fail', {})])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(failures.map(({ cause, outcome }) => [(cause as Error).message, outcome])).toEqual([
      ['a mistake of ours', 'rolled-back'],
      ['a mistake of ours', 'rolled-back'],
    ])
    expect(numbers()).toEqual([])
    expect(await writer.run('add', { n: 2 })).toBe(true)
  })

  it('tells an error of the file by its reason', async () => {
    await writer.run('add', { n: 1 })
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(writer.run('add', { n: 2 })).rejects.toThrow('rolled-back')
    expect(failures[0]?.cause).toBeInstanceOf(FileError)
    expect(failures[0]?.cause).toMatchObject({ reason: 'unavailable' })
    other.exec('ROLLBACK')
    expect(await writer.run('add', { n: 2 })).toBe(true)
  })

  it('does not know what became of its jobs when it dies, and another takes its place', async () => {
    await expect(writer.run('die', {})).rejects.toThrow('unknown')
    expect(await writer.run('add', { n: 1 })).toBe(true)
    expect(numbers()).toEqual([1])
    const both = await writer.runEach('die', [
      { args: {}, parts: [] },
      { args: {}, parts: [] },
    ])
    expect(both).toEqual([new Error('unknown'), new Error('unknown')])
  })

  it('folds the write-ahead log into the file', async () => {
    await writer.run('add', { n: 1 })
    expect((await stat(`${file}-wal`)).size).toBeGreaterThan(0)
    await writer.fold()
    expect((await stat(`${file}-wal`)).size).toBe(0)
  })

  it('does and answers what was handed in before it is closed', async () => {
    const last = writer.run('add', { n: 1 })
    await writer[Symbol.asyncDispose]()
    expect(await last).toBe(true)
    expect(numbers()).toEqual([1])
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Durability, type FailedOutcome, groupCommit } from './group-commit.ts'

describe('groupCommit', () => {
  let folder: string
  let db: DatabaseSync
  let commits: number
  let failures: { cause: unknown; outcome: FailedOutcome }[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-file-'))
    db = new DatabaseSync(join(folder, 'numbers.db'))
    db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB);
      CREATE TABLE children (parent INTEGER REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)`)
    commits = 0
    failures = []
  })
  afterEach(async () => {
    db.close()
    await rm(folder, { recursive: true })
  })

  function start(options: { readonly inOrder?: boolean } = {}) {
    const group = groupCommit({
      ...options,
      db,
      settled: () => {
        commits++
      },
      failed: (cause, outcome) => {
        failures.push({ cause, outcome })
        return new Error(outcome)
      },
    })
    const run = <T>(bytes: number, work: () => T, durability?: Durability) =>
      new Promise<T>((resolve, reject) => {
        const done = (value: unknown) => resolve(value as T)
        group.add({ bytes, work, done, failed: reject, ...(durability && { durability }) })
      })
    return { ...group, run }
  }
  const insert =
    (n: number, bytes = 0) =>
    () => {
      db.prepare('INSERT INTO numbers VALUES (?, zeroblob(?))').run(n, bytes)
      return n
    }
  const numbers = () =>
    db
      .prepare('SELECT n FROM numbers ORDER BY n')
      .all()
      .map((row) => Number(row.n))
  const outcomes = (promises: Promise<unknown>[]) =>
    Promise.allSettled(promises).then((all) =>
      all.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message)),
    )

  it('does in one transaction what was handed in during one turn, and answers in order', async () => {
    const group = start()
    expect(await Promise.all([1, 2, 3].map((n) => group.run(1, insert(n))))).toEqual([1, 2, 3])
    expect(commits).toBe(1)
    await group.run(1, insert(4))
    expect(commits).toBe(2)
    expect(numbers()).toEqual([1, 2, 3, 4])
  })

  it('bounds a transaction by 1024 jobs and by 4 MiB, but always does at least one job', async () => {
    const group = start()
    await Promise.all(Array.from({ length: 1100 }, (_, n) => group.run(1, insert(n))))
    expect(commits).toBe(2)
    await Promise.all([1200, 1201, 1202].map((n) => group.run(2_800_000, insert(n))))
    expect(commits).toBe(5)
    await group.run(5_000_000, insert(1300))
    expect(numbers()).toHaveLength(1104)
  })

  it('waits for the disk unless all jobs of a transaction need only survive a kill', async () => {
    const group = start()
    const synchronous = () => db.prepare('PRAGMA synchronous').get()?.synchronous
    const [full, normal] = [2, 1]
    expect(await group.run(1, synchronous)).toBe(full)
    expect(await group.run(1, synchronous, 'written')).toBe(normal)
    expect(await Promise.all([group.run(1, synchronous, 'written'), group.run(1, synchronous)])).toEqual([full, full])
  })

  it('answers a refusal without harm to the jobs beside it', async () => {
    const group = start()
    const refused = () => 'not this one'
    expect(await outcomes([group.run(1, insert(1)), group.run(1, refused), group.run(1, insert(2))])).toEqual([
      1,
      'not this one',
      2,
    ])
    expect(numbers()).toEqual([1, 2])
  })

  it('rolls back all jobs of a transaction in which the disk is full, says so, and goes on when there is room', async () => {
    const group = start()
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count)
    db.exec(`PRAGMA max_page_count = ${pages + 4}`)
    expect(await outcomes([group.run(1, insert(1)), group.run(1, insert(2, 100_000))])).toEqual([
      'rolled-back',
      'rolled-back',
    ])
    expect(failures).toHaveLength(1)
    expect(numbers()).toEqual([])
    db.exec('PRAGMA max_page_count = 1000')
    expect(await outcomes([group.run(1, insert(1)), group.run(1, insert(2, 100_000))])).toEqual([1, 2])
  })

  it('does not claim to know what became of a transaction whose commit failed', async () => {
    const group = start()
    const orphan = () => {
      db.exec('INSERT INTO children VALUES (99)')
      return 99
    }
    expect(await outcomes([group.run(1, insert(1)), group.run(1, orphan)])).toEqual(['unknown', 'unknown'])
    expect(await outcomes([group.run(1, insert(2))])).toEqual([2])
    expect(numbers()).toEqual([2])
  })

  it('fails the whole transaction when a job throws: it may have written half', async () => {
    const group = start()
    const broken = () => {
      insert(2)()
      throw new Error('a mistake of ours')
    }
    expect(await outcomes([group.run(1, insert(1)), group.run(1, broken)])).toEqual(['rolled-back', 'rolled-back'])
    expect(numbers()).toEqual([])
  })

  it('does what waits behind a transaction that failed, unless jobs keep their order: then it is not begun', async () => {
    const jobs = (group: ReturnType<typeof start>) => {
      const broken = () => {
        throw new Error('a mistake of ours')
      }
      return [group.run(1, broken), group.run(5_000_000, insert(1)), group.run(1, insert(2))]
    }
    expect(await outcomes(jobs(start()))).toEqual(['rolled-back', 1, 2])
    db.exec('DELETE FROM numbers')
    const group = start({ inOrder: true })
    expect(await outcomes(jobs(group))).toEqual(['rolled-back', 'not-begun', 'not-begun'])
    expect(numbers()).toEqual([])
    expect(await outcomes([group.run(1, insert(1))]), 'what comes after is done').toEqual([1])
  })

  it('does at once what still waits when it is flushed', async () => {
    const group = start()
    const waiting = [1, 2, 3].map((n) => group.run(1, insert(n)))
    group.flush()
    expect(numbers()).toEqual([1, 2, 3])
    expect(await outcomes(waiting)).toEqual([1, 2, 3])
  })
})

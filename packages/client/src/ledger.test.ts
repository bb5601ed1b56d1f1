import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { type Kind, newThingId, sha256, toBase64url, utf8 } from '@tidings/statement'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Ledger, openingsOf, openLedger } from './ledger.ts'
import type { KeptSubmission } from './submit-many.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-ledger-'))
  file = join(folder, 'ledger.db')
})
afterEach(() => rm(folder, { recursive: true }))

let count = 0
function kept(key: string, kind: Kind = 'case.describe', about = newThingId()): KeptSubmission {
  const payload = toBase64url(utf8(JSON.stringify({ v: 1, kind, about, n: count++ })))
  const contents = [{ salt: toBase64url(sha256(utf8(key))), data: toBase64url(utf8(`{"of":"${key}"}`)) }]
  const statement = `${toBase64url(utf8('{}'))}.${payload}.${toBase64url(new Uint8Array(64))}`
  return { key, id: toBase64url(sha256(utf8(statement))), submission: { statement, contents } }
}

const receiptOf = ({ id, submission }: KeptSubmission, leaf: number) => ({
  id,
  leaf,
  statement: submission.statement,
  proof: `proof ${leaf}\n`,
})

/** Keeps a statement and notes its receipt. */
function record(ledger: Ledger, batch: string, entry: KeptSubmission, leaf: number): KeptSubmission {
  ledger.batch(batch).add([entry])
  ledger.batch(batch).recorded([{ key: entry.key, receipt: receiptOf(entry, leaf) }])
  return entry
}

describe('a statement', () => {
  it('is kept before it is sent, and found by its batch and key when the work is started again', () => {
    const [a, b] = [kept('row a'), kept('row b', 'site.describe')]
    {
      using ledger = openLedger(file)
      ledger.batch('cases').add([a])
      ledger.batch('sites').add([b])
    }
    using ledger = openLedger(file)
    const found = ledger.batch('cases').find(['row a', 'row b', 'row c'])
    expect([...found.keys()]).toEqual(['row a'])
    expect(found.get('row a')).toMatchObject({ ...a, batch: 'cases', kind: 'case.describe', status: 'prepared' })
    expect(found.get('row a')).not.toHaveProperty('leaf')
  })

  it('keeps its salts and contents as they travel', () => {
    using ledger = openLedger(file)
    const a = kept('a')
    ledger.batch('cases').add([a])
    const entry = ledger.entry(a.id)
    expect(entry?.submission).toEqual(a.submission)
    expect(entry && openingsOf(entry.submission)).toEqual([{ salt: sha256(utf8('a')), data: utf8('{"of":"a"}') }])
  })

  it('keeps its receipt', () => {
    using ledger = openLedger(file)
    const a = record(ledger, 'cases', kept('a'), 7)
    expect(ledger.batch('cases').find(['a']).get('a')).toMatchObject({
      status: 'recorded',
      leaf: 7,
      proof: 'proof 7\n',
      id: a.id,
    })
  })

  it('that was refused is shown with the reason, and makes room for another under its key', () => {
    using ledger = openLedger(file)
    const [first, second] = [kept('a'), kept('a')]
    const cases = ledger.batch('cases')
    cases.add([first])
    cases.refused([{ key: 'a', problem: 'must be a date' }])
    expect(ledger.entry(first.id)).toMatchObject({ status: 'refused', problem: 'must be a date' })
    expect(cases.find(['a']).size).toBe(0)
    cases.add([second])
    expect(cases.find(['a']).get('a')).toMatchObject({ id: second.id, status: 'prepared' })
    expect(ledger.entry(first.id)).toBeUndefined()
  })

  it('that was recorded is never refused any more', () => {
    using ledger = openLedger(file)
    record(ledger, 'cases', kept('a'), 7)
    ledger.batch('cases').refused([{ key: 'a', problem: 'late answer' }])
    expect(ledger.batch('cases').find(['a']).get('a')).toMatchObject({ status: 'recorded', leaf: 7 })
  })

  it('is never kept twice under one key: then none of its batch is kept', () => {
    using ledger = openLedger(file)
    const first = kept('a')
    ledger.batch('cases').add([first])
    expect(() => ledger.batch('cases').add([kept('b'), kept('a')])).toThrow(
      expect.objectContaining({ name: 'LedgerError', code: 'ledger/conflict' }),
    )
    expect([...ledger.batch('cases').find(['a', 'b']).values()].map(({ id }) => id)).toEqual([first.id])
  })
})

describe('a ledger', () => {
  it('shows entries in the order in which they were kept, by batch, kind and status, however many', () => {
    using ledger = openLedger(file)
    const many = Array.from({ length: 450 }, (_, i) => kept(`case ${i}`))
    ledger.batch('cases').add(many)
    record(ledger, 'sites', kept('s', 'site.describe'), 3)
    expect([...ledger.entries({ batch: 'cases' })].map(({ key }) => key)).toEqual(many.map(({ key }) => key))
    expect([...ledger.entries({ status: 'recorded' })].map(({ key }) => key)).toEqual(['s'])
    expect([...ledger.entries({ kind: 'site.describe' })]).toHaveLength(1)
    expect([...ledger.entries()]).toHaveLength(451)
    expect(ledger.counts()).toEqual([
      { batch: 'cases', kind: 'case.describe', status: 'prepared', count: 450 },
      { batch: 'sites', kind: 'site.describe', status: 'recorded', count: 1 },
    ])
  })

  it('can be written while it is gone through', () => {
    using ledger = openLedger(file)
    ledger.batch('cases').add(Array.from({ length: 300 }, (_, i) => kept(`case ${i}`)))
    let seen = 0
    for (const { key } of ledger.entries({ batch: 'cases' })) {
      seen++
      ledger.batch('requests').add([kept(key, 'request.submit')])
    }
    expect(seen).toBe(300)
  })

  it('tells all that was stated about a thing, and what stands of each thing', () => {
    using ledger = openLedger(file)
    const thing = newThingId()
    const first = record(ledger, 'cases', kept('a', 'case.describe', thing), 4)
    const second = record(ledger, 'cases', kept('b', 'case.describe', thing), 9)
    const other = record(ledger, 'cases', kept('c'), 5)
    ledger.batch('cases').add([kept('d')])
    expect(ledger.about(thing).map(({ id }) => id)).toEqual([first.id, second.id])
    expect([...ledger.things('case.describe')].map(({ id }) => id)).toEqual([second.id, other.id])
  })

  it('keeps the largest verified checkpoint of each log, and small settings', () => {
    using ledger = openLedger(file)
    expect(ledger.seen('log.example')).toBeUndefined()
    const checkpoint = (size: number, text: string) => ({ origin: 'log.example', size, text })
    ledger.keepSeen(checkpoint(5, 'five'))
    ledger.keepSeen(checkpoint(4, 'four, from a process that was slower'))
    expect(ledger.seen('log.example')).toBe('five')
    ledger.keepSeen(checkpoint(6, 'six'))
    expect(ledger.seen('log.example')).toBe('six')
    ledger.keepSetting('party', 'one')
    ledger.keepSetting('party', 'two')
    expect(ledger.setting('party')).toBe('two')
    expect(ledger.setting('nothing')).toBeUndefined()
  })

  it('is readable by its owner alone', async () => {
    using ledger = openLedger(file)
    ledger.batch('cases').add([kept('a')])
    for (const name of [file, `${file}-wal`]) expect((await stat(name)).mode & 0o777).toBe(0o600)
  })

  it('is used by several processes: what one has kept, the other finds', () => {
    using one = openLedger(file)
    using other = openLedger(file)
    one.batch('cases').add([kept('a')])
    expect(other.batch('cases').find(['a']).size).toBe(1)
    expect(() => other.batch('cases').add([kept('a')])).toThrow(expect.objectContaining({ code: 'ledger/conflict' }))
  })

  it('keeps what it was given when its process is killed', async () => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('ledger-until-killed.fixture.ts', import.meta.url)), file],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let told = ''
    for await (const chunk of child.stdout) {
      told += chunk
      if (told.split('\n').length > 5) break
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    using ledger = openLedger(file)
    const keys = told.split('\n').slice(0, -1)
    expect(ledger.batch('cases').find(keys).size).toBe(keys.length)
  })

  it('that is something else, damaged, or of a later version is refused', async () => {
    const code = () => {
      try {
        openLedger(file)[Symbol.dispose]()
        return 'opened'
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    await writeFile(file, 'Dear colleague, '.repeat(600))
    expect(code()).toBe('ledger/damaged')
    await rm(file)
    const foreign = new DatabaseSync(file)
    foreign.exec('CREATE TABLE recipes (name TEXT)')
    foreign.close()
    expect(code()).toBe('ledger/not-ours')
    await rm(file)
    expect(code()).toBe('opened')
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 2')
    db.close()
    expect(code()).toBe('ledger/newer')
    file = join(folder, 'no', 'such', 'folder', 'ledger.db')
    expect(code()).toBe('ledger/unavailable')
  })
})

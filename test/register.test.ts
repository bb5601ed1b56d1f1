import { existsSync, openAsBlob } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outstanding } from '@tidings/client'
import { importRows, openTable, readMapping } from '@tidings/client/import'
import { openLedger } from '@tidings/client/ledger'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { decodeEventData, type PayloadOf, readStatement } from '@tidings/statement'
import { stringify } from 'csv-stringify/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChecker } from './independent-checker/build.ts'
import { type ChildService, freePort, ready, spawnService } from './support/child-service.ts'
import { tidingsOk } from './support/command-line.ts'

/**
 * The main job on a real register: the list of one commission and the burial places of another, through the command line and a service in a process of
 * its own, every figure to the unit. Origin of the data: Ministerio de Justicia (Spain), last updated 2015-12-18. It is read from where it lies.
 */
const register = new URL('../../shared/data/spain-register/', import.meta.url).pathname
const fixtures = new URL('./fixtures/register/', import.meta.url).pathname
const isThere = existsSync(register)
const isRequired = process.env.TIDINGS_REQUIRE_SHARED === '1'
const title =
  isThere || isRequired
    ? 'the real register'
    : 'the real register (NOT RUN: ../shared/data/spain-register is not beside the project)'

const persons = join(register, 'Exovi_victimas.xlsm')
const places = join(register, 'Exovi_fosas.csv')

describe.skipIf(!isThere && !isRequired)(title, () => {
  let folder: string
  let service: ChildService
  let passphrase: string
  let a: string
  let b: string
  const parties: Record<string, string> = {}
  const began = performance.now()
  let peak = 0
  let recorded = 0

  const asA = (...args: string[]) => tidingsOk(a, passphrase, ...args)
  const asB = (...args: string[]) => tidingsOk(b, passphrase, ...args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-register-'))
    passphrase = join(folder, 'passphrase')
    a = join(folder, 'a')
    b = join(folder, 'b')
    await writeFile(passphrase, 'a passphrase for this test\n')
    service = spawnService(join(folder, 'data'), await freePort())
    await ready(service)
  })
  afterAll(async () => {
    if (!service) return
    const seconds = (performance.now() - began) / 1000
    console.info(
      `the real register: ${recorded} statements in ${seconds.toFixed(0)} s, ${Math.round(recorded / seconds)} a second with all reading; ` +
        `peak memory of the service ${peak} MiB`,
    )
    await service.stop()
    await rm(folder, { recursive: true })
  })

  /** What is outstanding for a party by its own view: only what is not zero. */
  async function outstanding(home: string) {
    const { totals } = (await tidingsOk(home, passphrase, 'outstanding', '--limit', '1')).json<Outstanding>()
    peak = Math.max(peak, await peakMemory(service))
    const present = (counts: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
    return {
      owedBy: present(totals.owedBy.duties),
      owedTo: present(totals.owedTo.duties),
      asked: present(totals.owedTo.questions),
    }
  }

  it('two commissions and a mechanism between them', async () => {
    for (const [name, home] of Object.entries({ a, b })) {
      parties[name] = (await tidingsOk(home, passphrase, 'party', 'create', '--service', service.url)).json<{
        party: string
      }>().party
    }
    const participants = [`--participant=${parties.a}:commission:A`, `--participant=${parties.b}:commission:B`]
    const { mechanism } = (await asA('mechanism', 'propose', '--title', 'Exchange', ...participants)).json<{
      mechanism: string
    }>()
    await asB('mechanism', 'accept', mechanism)
  })

  it('of 57,685 rows 44,757 become cases, 156 are repeated, 12,772 are insufficiently identified', async () => {
    const refused = join(folder, 'refused.csv')
    const imported = await asA(
      'import',
      'cases',
      persons,
      '--mapping',
      join(fixtures, 'victims.mapping.json'),
      '--refused',
      refused,
    )
    expect(imported.json()).toMatchObject({ rows: 57_685, recorded: 44_757, repeated: 156, refusedRows: 12_772 })
    recorded += 44_757
  }, 600_000)

  it('imported again, nothing is new', async () => {
    const again = await asA(
      'import',
      'cases',
      persons,
      '--mapping',
      join(fixtures, 'victims.mapping.json'),
      '--refused',
      join(folder, 'again.csv'),
    )
    expect(again.json()).toMatchObject({ recorded: 0, alreadyRecorded: 44_757, repeated: 156, refusedRows: 12_772 })
  }, 600_000)

  it('of 2,640 burial places 2,610 are described, 30 rows repeat a register number', async () => {
    const imported = await asB('import', 'sites', places, '--mapping', join(fixtures, 'sites.mapping.json'))
    expect(imported.json()).toMatchObject({ rows: 2_640, recorded: 2_610, repeated: 30, refusedRows: 0 })
    recorded += 2_610
  }, 600_000)

  it('A publishes its list and asks B about the burial place in every case: B owes 44,757 acknowledge and 44,757 reply', async () => {
    const { list } = (await asA('list', 'publish')).json<{ list: string }>()
    const asked = await asA('request', 'submit', '--to', 'B', '--from-list', list, '--question', 'burial-place')
    expect(asked.json()).toMatchObject({ recorded: 44_757 })
    recorded += 44_758
    expect(await outstanding(b)).toEqual({ owedBy: { acknowledge: 44_757, reply: 44_757 }, owedTo: {}, asked: {} })
  }, 600_000)

  it('in the order in which they stand in its register: references are numbered so', async () => {
    await using record = await openSqliteEventStore({ file: join(folder, 'data', 'record.db'), mode: 'read' })
    const cases: string[] = []
    const asked: unknown[] = []
    for await (const { type, data } of record.readAll({ categories: ['case', 'request'] })) {
      const { payload } = readStatement(decodeEventData(data).jws)
      if (type === 'case.describe') cases.push(payload.about)
      else asked.push((payload as PayloadOf<'request.submit'>).body.matter)
    }
    expect(asked).toEqual(cases.map((id) => ({ type: 'case', case: id })))
  }, 600_000)

  it('B discloses its places: A owes 2,610 acknowledge', async () => {
    expect((await asB('disclose', '--all', '--to', 'A')).json()).toMatchObject({ recorded: 2_610 })
    recorded += 2_610
    expect(await outstanding(a)).toMatchObject({ owedBy: { acknowledge: 2_610 } })
  }, 600_000)

  it('B replies from the links in the file, 44,752 given and 5 none found: B owes nothing, A also 44,757 assess', async () => {
    const answers = await answersOf()
    expect(answers.filter(([, , disposition]) => disposition === 'given')).toHaveLength(44_752)
    expect(answers.filter(([, , disposition]) => disposition === 'none-found')).toHaveLength(5)
    const table = join(folder, 'answers.csv')
    const columns = ['request', 'question', 'disposition', 'register number', 'search text']
    await writeFile(table, stringify([columns, ...answers]))
    expect((await asB('reply', '--table', table)).json()).toMatchObject({ recorded: 44_757 })
    recorded += 44_757
    expect(await outstanding(b)).toEqual({
      owedBy: {},
      owedTo: { acknowledge: 2_610, assess: 44_757 },
      asked: {},
    })
    expect(await outstanding(a)).toMatchObject({ owedBy: { acknowledge: 2_610, assess: 44_757 }, owedTo: {} })
  }, 600_000)

  it('A assesses 90 as accepted and 10 as insufficient: A owes 44,657 assess, B 10 reply, 44,667 questions are open', async () => {
    const assessed = (await requestsByCase()).values().take(100)
    const rows = [...assessed].map((request, i) => [request, 'burial-place', i < 90 ? 'accepted' : 'insufficient'])
    const table = join(folder, 'assessments.csv')
    await writeFile(table, stringify([['request', 'question', 'assessment'], ...rows]))
    expect((await asA('assess', '--table', table)).json()).toMatchObject({ recorded: 100 })
    recorded += 100
    expect(await outstanding(a)).toEqual({
      owedBy: { acknowledge: 2_610, assess: 44_657 },
      owedTo: { reply: 10 },
      asked: { 'burial-place': 44_667 },
    })
    expect(await outstanding(b)).toMatchObject({ owedBy: { reply: 10 } })
  }, 600_000)

  it('the log of all this is in order: by our own check, and by one that knows nothing of Tidings', async () => {
    const log = join(folder, 'data', 'log')
    const vkey = (await readFile(join(log, 'vkey'), 'utf8')).trim()
    const own = await tidingsOk(a, passphrase, 'verify', log, '--vkey', vkey)
    // Besides: two inceptions, a proposal, an acceptance.
    const size = recorded + 4
    expect(own.json()).toMatchObject({ verified: true, size })
    const built = buildChecker(join(folder, 'independent-checker'))
    if ('obstacle' in built) {
      expect(process.env.TIDINGS_REQUIRE_GO, built.obstacle).not.toBe('1')
      console.warn(`the independent checker was NOT RUN on this log: ${built.obstacle}`)
      return
    }
    const { status, says } = built.check('-vkey', vkey, log)
    expect(says).toContain(`is in order: ${size} entries`)
    expect(status).toBe(0)
  }, 600_000)

  /** The request about each case, from A's own ledger. */
  async function requestsByCase(): Promise<Map<string, string>> {
    using ledger = openLedger(join(a, 'ledger.db'))
    return new Map([...ledger.things('request.submit')].map(({ key, about }) => [key, about]))
  }

  /** B's answers: the truth of the file, which links a person to the number of a burial place. */
  async function answersOf(): Promise<string[][]> {
    const numbers = new Set<string>()
    for await (const { cells } of (
      await openTable(await openAsBlob(places), { encoding: 'windows-1252', delimiter: ';' })
    ).rows()) {
      numbers.add(String(cells[0]).trim())
    }
    const table = await openTable(await openAsBlob(persons))
    const links = new Map<number, string>()
    const column = table.header.indexOf('NUMEROFOSA')
    for await (const { row, cells } of table.rows()) links.set(row, String(cells[column] ?? '').trim())

    const mapping = readMapping(await readFile(join(fixtures, 'victims.mapping.json'), 'utf8'))
    const requests = await requestsByCase()
    using ledger = openLedger(join(a, 'ledger.db'))
    const cases = new Map([...ledger.things('case.describe')].map(({ key, about }) => [key, about]))
    const answers: string[][] = []
    for await (const outcome of importRows(await openTable(await openAsBlob(persons)), mapping).outcomes()) {
      if (outcome.outcome !== 'ready') continue
      const request = requests.get(cases.get(outcome.key) ?? '') ?? ''
      const number = links.get(outcome.row) ?? ''
      answers.push(
        numbers.has(number)
          ? [request, 'burial-place', 'given', number, '']
          : [request, 'burial-place', 'none-found', '', 'The register of burial places was searched by number.'],
      )
    }
    return answers
  }
})

/** Peak memory of a service's process so far, in MiB; 0 where the system does not tell. */
async function peakMemory({ process: { pid } }: ChildService): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024)
}

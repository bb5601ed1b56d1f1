import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, request as passOn } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '@tidings/client/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChildService, freePort, ready, spawnService } from './support/child-service.ts'
import { tidingsIn, tidingsOk } from './support/command-line.ts'

/** The command line as people and scripts use it, against a service in a process of its own. */
describe('tidings', () => {
  let folder: string
  let data: string
  let service: ChildService
  let passphrase: string
  let a: string
  let b: string
  let partyA: string
  let vkey: string

  const file = (name: string) => join(folder, name)
  const asA = (...args: string[]) => tidingsIn(a, passphrase, ...args)
  const asB = (...args: string[]) => tidingsIn(b, passphrase, ...args)
  const okA = (...args: string[]) => tidingsOk(a, passphrase, ...args)
  const okB = (...args: string[]) => tidingsOk(b, passphrase, ...args)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-cli-'))
    data = file('data')
    ;[passphrase, a, b] = [file('passphrase'), file('a'), file('b')]
    await writeFile(passphrase, 'a passphrase for this test\n')
    service = spawnService(data, await freePort())
    await ready(service)
    vkey = (await (await fetch(`${service.url}/vkey`)).text()).trim()
  })
  afterAll(async () => {
    await service.stop()
    await rm(folder, { recursive: true })
  })

  /** Runs it as a person does, without --json. */
  async function inWords(home: string, ...args: string[]) {
    const bin = new URL('../packages/cli/bin/tidings.js', import.meta.url).pathname
    const child = spawn(process.execPath, [bin, ...args, '--home', home, '--passphrase-file', passphrase, '--no-input'])
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    const [code] = (await once(child, 'close')) as [number]
    return { code, out, err }
  }

  describe('a party', () => {
    it('is created with encrypted keys for its owner alone, and pins the key of the log', async () => {
      const created = (await okA('party', 'create', '--service', service.url, '--name', 'Commission of A')).json<{
        party: string
      }>()
      partyA = created.party
      expect(partyA).toMatch(/^[A-Za-z0-9_-]{43}$/)
      await okB('party', 'create', '--service', service.url, '--vkey', vkey)
      for (const name of ['sign', 'recover', 'next-recover']) {
        const key = join(a, 'keys', `${name}.pem`)
        expect((await stat(key)).mode & 0o777).toBe(0o600)
        expect(await readFile(key, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY')
      }
      expect(JSON.parse(await readFile(join(a, 'config.json'), 'utf8'))).toMatchObject({ party: partyA, vkey })
    })

    it('is not created twice in one home, nor under another log key than the one that is given', async () => {
      expect((await asA('party', 'create', '--service', service.url)).code).toBe(6)
      const other = vkey.replace(/^[^+]+/, 'elsewhere.example')
      const refused = await tidingsIn(
        file('c'),
        passphrase,
        'party',
        'create',
        '--service',
        service.url,
        '--vkey',
        other,
      )
      expect(refused.code).toBe(5)
      expect(await stat(file('c')).catch(() => undefined)).toBeUndefined()
    })

    it('is shown by its id, even one that begins with a hyphen', async () => {
      const view = (await okA('party', 'show', partyA)).json<{ id: string; keys: unknown[] }>()
      expect(view).toMatchObject({ id: partyA })
      const unknown = `-${'A'.repeat(42)}`
      const ran = await asA('party', 'show', unknown)
      expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('not-found')])
    })

    it('needs the right passphrase', async () => {
      await writeFile(file('wrong'), 'another passphrase\n')
      const ran = await tidingsIn(a, file('wrong'), 'outstanding')
      expect([ran.code, ran.out]).toEqual([4, ''])
      expect(ran.err).toContain('key-file/passphrase')
    })
  })

  it('a mechanism is proposed, accepted, and shown in force', async () => {
    const partyB = JSON.parse(await readFile(join(b, 'config.json'), 'utf8')).party as string
    const participants = [`--participant=${partyA}:commission:A`, `--participant=${partyB}:commission:B`]
    const { mechanism } = (await okA('mechanism', 'propose', '--title', 'Working group', ...participants)).json<{
      mechanism: string
    }>()
    await okB('mechanism', 'accept', mechanism)
    expect((await okA('mechanism', 'show')).json()).toMatchObject({ inForce: true })
    expect((await asB('mechanism', 'accept', mechanism)).code).toBe(8)
  })

  describe('a register', () => {
    const rows = [
      'Number,Given,Family,Contact,Place,Kind',
      '1,Person1,Alpha,1992-02-26,Village K,captured',
      '2,Person2,Beta,1993,Village L,remained',
      '3,desconocido,Gamma,1993,Village L,remained',
      '4,Person4,Delta,no date,Village M,captured',
      '1,Person1,Alpha,1992-02-26,Village K,captured',
    ]
    const mapping = {
      v: 1,
      target: 'cases',
      columns: {
        Number: 'fileNumber',
        Given: 'names.0.given',
        Family: 'names.0.family',
        Contact: 'lastContact.date',
        Place: 'lastContact.place.verbatim',
        Kind: { field: 'lastContact.category', values: { remained: 'remained-in-area' } },
      },
      identified: { columns: ['Given', 'Family'], placeholders: { begins: ['desconocid'] } },
    }
    const importCases = (table: string, ...more: string[]) =>
      asA('import', 'cases', file(table), '--mapping', file('mapping.json'), ...more)

    beforeAll(async () => {
      await writeFile(file('persons.csv'), rows.join('\n'))
      await writeFile(file('mapping.json'), JSON.stringify(mapping))
    })

    it('needs a mapping, and drafts one', async () => {
      const without = await asA('import', 'cases', file('persons.csv'))
      expect([without.code, without.err]).toEqual([3, expect.stringContaining('--draft-mapping')])
      const drafted = await asA('import', 'cases', file('persons.csv'), '--draft-mapping')
      expect(JSON.parse(drafted.out)).toMatchObject({ target: 'cases', columns: { Given: 'names.0.given' } })
    })

    it('is tried first, imported, and imported again without doubles: each row ends as one of four', async () => {
      const counts = { rows: 5, repeated: 1, refusedRows: 2 }
      expect((await importCases('persons.csv', '--dry-run')).json()).toMatchObject({ ...counts, wouldSubmit: 2 })
      const first = await importCases('persons.csv', '--refused', file('refused.csv'))
      expect(first.json()).toMatchObject({ ...counts, recorded: 2, alreadyRecorded: 0 })
      expect((await importCases('persons.csv')).json()).toMatchObject({ ...counts, recorded: 0, alreadyRecorded: 2 })
    })

    it('gives back the refused rows with column and rule; corrected, they are imported', async () => {
      const refused = await readFile(file('refused.csv'), 'utf8')
      expect(refused).toMatch(/4,.*Given/)
      expect(refused).toMatch(/5,Contact,/)
      await writeFile(file('corrected.csv'), refused.replace('no date', '1994-05-01').replace('desconocido', 'Person3'))
      expect((await importCases('corrected.csv')).json()).toMatchObject({ rows: 2, recorded: 2, refusedRows: 0 })
    })

    it('is listed with the ids by which commands name what it holds, and looked through on this machine', async () => {
      const all = (await asA('case', 'list')).out.trim().split('\n')
      expect(all).toHaveLength(4)
      const [found, ...others] = (await asA('case', 'list', '--find', 'BETA')).out.trim().split('\n')
      expect(others).toEqual([])
      expect(JSON.parse(found ?? '')).toMatchObject({ told: { fileNumber: '2', names: [{ given: 'Person2' }] } })
      expect((await asA('case', 'list', '--find', 'nobody')).out).toBe('')
    })

    it('names the rows that are there already but differ, and states them anew only when told to', async () => {
      const keyed = { ...mapping, rowKey: ['Number'] }
      const table = (place: string) => [
        'Number,Given,Family,Contact,Place,Kind',
        ...['71', '72', '73'].map((n) => `${n},Person${n},Theta,1993,${n === '72' ? place : 'Village L'},captured`),
      ]
      const write = async (place: string, how: object = keyed) => {
        await writeFile(file('keyed.csv'), table(place).join('\n'))
        await writeFile(file('keyed.json'), JSON.stringify(how))
      }
      const run = (...more: string[]) =>
        tidingsIn(home, passphrase, 'import', 'cases', file('keyed.csv'), '--mapping', file('keyed.json'), ...more)
      const home = file('keeper')
      await tidingsOk(home, passphrase, 'party', 'create', '--service', service.url)
      await write('Village L')
      expect(await run()).toMatchObject({ code: 0 })

      await write('Village N')
      const differs = { differing: 1, differingRows: [3] }
      const tried = await run('--dry-run')
      expect([tried.code, tried.json()]).toEqual([6, expect.objectContaining({ ...differs, alreadyThere: 3 })])
      const ran = await run()
      expect([ran.code, ran.json()]).toEqual([6, expect.objectContaining({ ...differs, recorded: 0 })])
      expect(ran.err).toContain('There already, but differs from what is recorded: 1 row (row 3).')
      expect(ran.err).toContain('--update')

      expect((await run('--dry-run', '--update')).json()).toMatchObject({ wouldUpdate: 1, alreadyThere: 2 })
      const updated = await run('--update')
      expect([updated.code, updated.json()]).toEqual([
        0,
        expect.objectContaining({ updated: 1, updatedRows: [3], recorded: 1, alreadyRecorded: 2 }),
      ])
      const again = await run()
      expect([again.code, again.json()]).toEqual([0, expect.objectContaining({ differing: 0, alreadyRecorded: 3 })])

      // A mapping that reads the same cells otherwise changes every row.
      const columns = { ...keyed.columns, Given: 'names.0.family', Family: 'names.0.given' }
      await write('Village N', { ...keyed, columns })
      const remapped = await run()
      expect([remapped.code, remapped.json()]).toEqual([6, expect.objectContaining({ differingRows: [2, 3, 4] })])
      expect((await run('--update')).json()).toMatchObject({ updated: 3, recorded: 3 })
      expect((await run()).json()).toMatchObject({ differing: 0, alreadyRecorded: 3 })
    })

    it('of burial places is imported by the other side', async () => {
      const places = ['Number,Name,Lat,Lon', 'S1,Place one,40.1,46.2', 'S2,Place two,40.2,46.3']
      await writeFile(file('sites.csv'), places.join('\n'))
      const columns = { Number: 'registerNumber', Name: 'names.0', Lat: 'latitude', Lon: 'longitude' }
      await writeFile(file('sites.json'), JSON.stringify({ v: 1, target: 'sites', columns }))
      const ran = await okB('import', 'sites', file('sites.csv'), '--mapping', file('sites.json'))
      expect(ran.json()).toMatchObject({ rows: 2, recorded: 2 })
      const found = await okB('site', 'list', '--find', 's2')
      expect(found.json()).toMatchObject({ told: { properties: { registerNumber: 'S2', names: ['Place two'] } } })
    })
  })

  describe('requests', () => {
    it('are submitted from a list by conditions on the last contact, once', async () => {
      const { list } = (await okA('list', 'publish')).json<{ list: string }>()
      const submit = (...more: string[]) =>
        okA(
          'request',
          'submit',
          '--to',
          'B',
          '--from-list',
          list,
          '--question',
          'fate',
          '--question',
          'burial-place',
          ...more,
        )
      const captured = [
        '--contact-category',
        'captured',
        '--contact-from',
        '1992-01-01',
        '--contact-until',
        '1992-12-31',
      ]
      expect((await submit(...captured)).json()).toMatchObject({ inList: 4, meantByConditions: 1, recorded: 1 })
      expect((await submit('--contact-place', 'village l')).json()).toMatchObject({ meantByConditions: 2, recorded: 2 })
      expect((await submit()).json()).toMatchObject({ meantByConditions: 4, recorded: 1, alreadyRecorded: 3 })
      const nobody = ['--question', 'fate', '--contact-until', '1801-12-31']
      const none = await asA('request', 'submit', '--to', 'B', '--from-list', list, ...nobody)
      expect([none.code, none.err]).toEqual([8, 'No case of the list is meant by the conditions.\n'])
    })

    it('are shown by their references, with what they tell, to both sides alike', async () => {
      const [mine, theirs] = [
        (await okA('request', 'show', `A-B-${year()}-00001`, '--content')).json(),
        (await okB('request', 'show', `A-B-${year()}-00001`, '--content')).json(),
      ]
      expect(mine).toEqual(theirs)
      expect(mine).toMatchObject({ reference: `A-B-${year()}-00001`, told: { lastContact: { category: 'captured' } } })
      const listed = (await okB('request', 'list', '--side', 'addressed')).out.trimEnd().split('\n')
      expect(listed).toHaveLength(4)
      expect((await okB('request', 'list', '--limit', '3')).out.trimEnd().split('\n')).toHaveLength(3)
      for (const [args, lines, more] of [
        [['request', 'list', '--limit', '3'], 3, '1 more: --all lists them.'],
        [['request', 'list'], 4, ''],
        [['request', 'list', '--all'], 4, ''],
      ] as const) {
        const { out, err } = await inWords(b, ...args)
        expect([out.trimEnd().split('\n').length, err.trim()]).toEqual([lines, more])
      }
      const { out, err } = await inWords(b, 'outstanding', '--limit', '2')
      expect([out.match(/A-B-/g)?.length, err.trim()]).toEqual([2, '10 more: --all lists them.'])
      expect((await asB('request', 'list', '--limit', 'few')).code).toBe(3)
    })

    it('are told in words that blame nobody, with both sides side by side', async () => {
      const { out } = await inWords(b, 'outstanding')
      expect(out).toMatch(/owed by us +owed to us/)
      expect(out).toMatch(/acknowledge +4 +0/)
      expect(out).toMatch(/reply +8 +0/)
      expect(out).toMatch(/burial-place +4 +0/)
      expect(out).not.toMatch(/overdue|late|violation/)
    })

    it('are seen as of a leaf that every command means alike', async () => {
      const [, leaf = ''] = /^As of leaf (\d+)$/m.exec((await inWords(b, 'outstanding')).out) ?? []
      const reference = `A-B-${year()}-00001`
      expect((await inWords(b, 'timeline', reference)).out).toContain(`${reference}, as of leaf ${leaf}\n`)
      const why = await inWords(b, 'why', reference, '--kind', 'acknowledge', '--at-leaf', leaf)
      expect([why.code, why.out]).toEqual([0, expect.stringContaining(`as of leaf ${leaf}`)])
      expect((await inWords(b, 'outstanding', '--limit', '1')).err).toContain('11 more: --all lists them.')
      expect((await inWords(b, 'outstanding', '--help')).out).toMatch(/20\s+unless\s+told,\s+with\s+--json\s+too/)
    })

    it('are acknowledged, answered one by one or by a table, and assessed', async () => {
      await okB('acknowledge', `A-B-${year()}-00001`)
      expect((await asB('acknowledge', `A-B-${year()}-00001`)).code).toBe(8)
      await writeFile(file('received.csv'), `request\nA-B-${year()}-00002\nA-B-${year()}-00003\n`)
      expect((await okB('acknowledge', '--table', file('received.csv'))).json()).toMatchObject({ recorded: 2 })
      await okB('disclose', '--all', '--to', 'A')
      expect((await okA('acknowledge', '--all')).json()).toMatchObject({ recorded: 2 })
      const answer = ['--question', 'fate', '--disposition', 'none-found', '--search-text', 'The archive was read.']
      await okB('reply', `A-B-${year()}-00001`, ...answer)
      const again = await asB('reply', `A-B-${year()}-00001`, ...answer)
      expect([again.code, again.err]).toEqual([6, expect.stringContaining('already-answered')])
      expect((await asB('reply', `A-B-${year()}-00001`, '--disposition', 'not-now')).code).toBe(3)

      const rows = [1, 2, 3].map((n) => `A-B-${year()}-0000${n};burial-place;given;S1`)
      await writeFile(file('answers.csv'), ['request;question;disposition;register number', ...rows].join('\n'))
      expect((await okB('reply', '--table', file('answers.csv'))).json()).toMatchObject({ recorded: 3 })
      expect((await okB('reply', '--table', file('answers.csv'))).json()).toMatchObject({ alreadyRecorded: 3 })

      await okA(
        'assess',
        `A-B-${year()}-00001`,
        '--question',
        'fate',
        '--assessment',
        'insufficient',
        '--note',
        'Which archive?',
      )
      const assessments = [1, 2].map((n) => `A-B-${year()}-0000${n},burial-place,accepted`)
      await writeFile(file('assess.csv'), ['request,question,assessment', ...assessments].join('\n'))
      expect((await okA('assess', '--table', file('assess.csv'))).json()).toMatchObject({ recorded: 2 })
      expect((await okA('assess', '--table', file('assess.csv'))).json()).toMatchObject({ alreadyRecorded: 2 })
      const faulty: readonly (readonly [typeof asA, string, string])[] = [
        [asB, 'acknowledge', 'request\nA-X-1\n'],
        [asB, 'reply', `request,question,disposition\nA-B-${year()}-00001,fate,perhaps\n`],
        [asA, 'assess', `request,question,assessment\nA-B-${year()}-00001,fate,perhaps\n`],
      ]
      for (const [as, command, text] of faulty) {
        await writeFile(file('faulty.csv'), text)
        const ran = await as(command, '--table', file('faulty.csv'))
        expect([command, ran.code, ran.err]).toEqual([command, 6, expect.stringContaining('Row 2: ')])
        expect(ran.json()).toMatchObject({ recorded: 0 })
      }
      expect((await okA('outstanding')).json()).toMatchObject({
        totals: {
          owedBy: { duties: { assess: 1 } },
          owedTo: { duties: { reply: 5 }, questions: { 'burial-place': 2 } },
        },
      })
    })

    it('have a timeline that attributes each statement', async () => {
      const { out } = await inWords(a, 'timeline', `A-B-${year()}-00001`)
      expect(out).toMatch(/Party A states request\.submit[\s\S]*Party B states request\.acknowledge/)
      expect(out).toContain('opens assess burial-place of Party A')
    })

    it('are withdrawn by whoever asked', async () => {
      expect((await asB('request', 'withdraw', `A-B-${year()}-00004`)).code).toBe(4)
      await okA('request', 'withdraw', `A-B-${year()}-00004`)
    })
  })

  it("an officer's draft is held until it is released, and counts from there", async () => {
    await writeFile(file('officer'), 'a passphrase of an officer\n')
    await okB(
      'party',
      'delegate',
      '--role',
      'draft',
      '--label',
      'officer-7',
      '--officer-passphrase-file',
      file('officer'),
    )
    const request = `A-B-${year()}-00002`
    const officer = (...args: string[]) => tidingsOk(b, file('officer'), ...args, '--as', 'officer-7')
    const draft = (
      await officer('reply', request, '--question', 'fate', '--disposition', 'none-found', '--search-text', 'Read.')
    ).json<{ statement: string; held: boolean }>()
    expect(draft.held).toBe(true)
    const answered = async () =>
      (await okA('request', 'show', request)).json<{ questions: { question: string; disposition?: string }[] }>()
        .questions
    expect(await answered()).toContainEqual({ question: 'fate', open: true })
    await okB('release', draft.statement)
    expect(await answered()).toContainEqual({ question: 'fate', open: true, disposition: 'none-found' })
    await officer('reply', `A-B-${year()}-00003`, '--disposition', 'none-found', '--search-text', 'Read.')
    expect((await okB('release', '--all', '--drafted-by', 'officer-7')).json()).toMatchObject({ recorded: 1 })
    expect((await asB('release', '--all')).code).toBe(8)
    await okB('party', 'revoke-key', 'officer-7', '--reason', 'lost')
    const late = await tidingsIn(b, file('officer'), 'acknowledge', '--all', '--as', 'officer-7')
    expect([late.code, late.out]).toEqual([4, ''])
  })

  describe('evidence', () => {
    let receipts: string

    beforeAll(async () => {
      receipts = file('receipts')
      await okA('receipt', `A-B-${year()}-00001`, '--out', receipts, '--with-content')
    })

    it('is verified without any service, and says what it does not prove', async () => {
      const ran = await tidingsOk(file('nobody'), passphrase, 'verify', receipts, '--vkey', vkey)
      const found = ran.json<{ verified: boolean; proven: { code: string }[]; notProven: { code: string }[] }>()
      expect(found.verified).toBe(true)
      expect(found.proven.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['recorded', 'signed', 'keys-recorded', 'content-opened']),
      )
      expect(found.notProven.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['no-key-statement-left-out', 'independent-time', 'effective']),
      )
    })

    it('needs a pinned key, and takes none from the evidence', async () => {
      const ran = await tidingsIn(file('nobody'), passphrase, 'verify', receipts)
      expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('--vkey')])
    })

    it('is not called into question by a key that was mistyped', async () => {
      const at = vkey.length - 3
      const mistyped = `${vkey.slice(0, at)}${vkey[at] === 'A' ? 'B' : 'A'}${vkey.slice(at + 1)}`
      await writeFile(file('mistyped.vkey'), `${mistyped}\n`)
      for (const given of [mistyped, file('mistyped.vkey'), 'foo']) {
        const ran = await inWords(file('none'), 'verify', file('receipts'), '--vkey', given)
        expect([ran.code, ran.out]).toEqual([3, ''])
        expect(ran.err).toMatch(/^--vkey: /m)
        expect(ran.err).not.toContain('FAILED')
      }
    })

    it('with one flipped byte in any file fails, and the file is named', async () => {
      const files = (await readdir(receipts, { recursive: true })).filter(
        (name) => name.includes('.') && name !== 'VERIFY.txt',
      )
      expect(files.length).toBeGreaterThanOrEqual(6)
      const altered = file('altered')
      for (const name of files) {
        const bytes = await readFile(join(receipts, name))
        for (const at of [0, Math.floor(bytes.length / 3), bytes.length - 1]) {
          await cp(receipts, altered, { recursive: true })
          const flipped = Buffer.from(bytes)
          flipped[at] = (flipped[at] ?? 0) ^ 1
          await writeFile(join(altered, name), flipped)
          const ran = await tidingsIn(file('nobody'), passphrase, 'verify', altered, '--vkey', vkey)
          expect(ran.code, `${name}, byte ${at}`).toBe(5)
          expect(ran.json<{ failed: { file: string } }>().failed.file, `byte ${at}`).toContain(name)
          await rm(altered, { recursive: true })
        }
      }
    })

    it('of a whole log is checked too, and a flipped byte in a tile is named', async () => {
      const copy = file('log')
      await cp(join(data, 'log'), copy, { recursive: true })
      const whole = await tidingsOk(file('nobody'), passphrase, 'verify', copy, '--vkey', vkey)
      expect(whole.json()).toMatchObject({ verified: true })
      const size = Number((await readFile(join(copy, 'checkpoint'), 'utf8')).split('\n')[1])
      const tile = join(copy, 'tile/entries', `000.p/${size}`)
      const bytes = await readFile(tile)
      bytes[100] = (bytes[100] ?? 0) ^ 1
      await writeFile(tile, bytes)
      const ran = await tidingsIn(file('nobody'), passphrase, 'verify', copy, '--vkey', vkey)
      expect(ran.code).toBe(5)
      expect(ran.json()).toMatchObject({ verified: false, failed: { path: `tile/entries/000.p/${size}` } })
    })
  })

  describe('bulk work', () => {
    it('that is interrupted stops cleanly, says how to go on, and goes on where it stopped', async () => {
      // More than a client has under way at once.
      const count = 8000
      const rows = Array.from({ length: count }, (_, i) => `${i + 100},Person${i},Epsilon`)
      await writeFile(file('many.csv'), ['Number,Given,Family', ...rows].join('\n'))
      const columns = { Number: 'fileNumber', Given: 'names.0.given', Family: 'names.0.family' }
      await writeFile(file('many.json'), JSON.stringify({ v: 1, target: 'cases', columns }))
      const bin = new URL('../packages/cli/bin/tidings.js', import.meta.url).pathname
      const args = ['import', 'cases', file('many.csv'), '--mapping', file('many.json')]
      const options = ['--home', a, '--passphrase-file', passphrase, '--json']
      const child = spawn(process.execPath, [bin, ...args, ...options])
      let [out, err] = ['', '']
      child.stdout.on('data', (chunk) => (out += chunk))
      child.stderr.on('data', (chunk) => (err += chunk))
      const size = async () => Number((await (await fetch(`${service.url}/checkpoint`)).text()).split('\n')[1])
      const before = await size()
      while (child.exitCode === null && (await size()) < before + 300)
        await new Promise((resolve) => setTimeout(resolve, 20))
      child.kill('SIGINT')
      const [code] = (await once(child, 'close')) as [number]
      expect(code).toBe(2)
      expect(err).toContain('run the same command again')
      const first = JSON.parse(out) as { recorded: number; stopped: boolean }
      expect(first.stopped).toBe(true)
      expect(first.recorded).toBeGreaterThan(0)
      expect(first.recorded).toBeLessThan(count)
      const second = (await okA(...args)).json<{ recorded: number; alreadyRecorded: number }>()
      expect([second.recorded, second.alreadyRecorded]).toEqual([count - first.recorded, first.recorded])
      expect(await size()).toBe(before + count)
    })

    it('waits as long as the service asks, says so, and is recorded in the order of its rows', async () => {
      const slow = ['--limit', 'address-newcomer-statements=10', '--limit', 'address-newcomer-seconds=2']
      const other = spawnService(file('slow'), await freePort(), ...slow)
      try {
        await ready(other)
        const home = file('slowed')
        await tidingsOk(home, passphrase, 'party', 'create', '--service', other.url)
        const rows = Array.from({ length: 25 }, (_, i) => `${i + 100},Person${i},Epsilon`)
        await writeFile(file('few.csv'), ['Number,Given,Family', ...rows].join('\n'))
        const columns = { Number: 'fileNumber', Given: 'names.0.given', Family: 'names.0.family' }
        await writeFile(file('few.json'), JSON.stringify({ v: 1, target: 'cases', columns }))
        const args = ['import', 'cases', file('few.csv'), '--mapping', file('few.json')]
        const ran = await tidingsOk(home, passphrase, ...args)
        expect(ran.json()).toMatchObject({ recorded: 25, refusedByService: 0 })
        expect(ran.err).toMatch(/The service asks to slow down: 1[56] case files will be sent again in [1-3] s\./)
        using ledger = openLedger(join(home, 'ledger.db'))
        const leaves = Array.from(ledger.entries({ batch: 'import cases' }), ({ leaf }) => leaf ?? -1)
        expect(leaves).toEqual(Array.from({ length: 25 }, (_, n) => n + 1))
      } finally {
        await other.stop()
      }
    })
  })

  it('says why a single statement waits, and for how long, unless a program reads', async () => {
    await using busy = await standIn(service.url)
    const home = file('patient')
    const waits = 'The service is busy: trying again in 2 s.\n'
    busy.isBusyOnce()
    const created = await inWords(home, 'party', 'create', '--service', busy.url)
    expect(created).toMatchObject({ code: 0, err: expect.stringContaining(waits) })
    expect(created.out).toContain('The party is recorded.')
    busy.isBusyOnce()
    const described = await inWords(home, 'party', 'describe', '--name', 'Commission of D')
    expect(described).toMatchObject({ code: 0, err: expect.stringContaining(waits) })
    busy.isBusyOnce()
    const told = await tidingsIn(home, passphrase, 'party', 'describe', '--name', 'Commission D')
    expect(told).toMatchObject({ code: 0, err: expect.not.stringContaining('busy') })
    expect(busy.refused).toBe(3)
  })

  it('makes the views of a stopped service anew', async () => {
    const totals = async () => (await okA('outstanding')).json<{ totals: unknown }>().totals
    const before = await totals()
    await service.stop()
    const rebuilt = await tidingsIn(a, passphrase, 'rebuild', '--data', data)
    expect(rebuilt.err).toBe('Making the views anew from the record. Nothing of the record is changed.\n')
    expect(rebuilt.code).toBe(0)
    service = spawnService(data, Number(new URL(service.url).port))
    await ready(service)
    expect(await totals()).toEqual(before)
  })

  it('notices a log that does not continue the one it has seen, and keeps both checkpoints', async () => {
    // An operator with the log's own key, who starts it over.
    const forked = file('forked')
    await mkdir(forked)
    await cp(join(data, 'tidings.json'), join(forked, 'tidings.json'))
    await cp(join(data, 'keys'), join(forked, 'keys'), { recursive: true })
    const other = spawnService(forked, await freePort())
    try {
      await ready(other)
      const home = file('home-of-a')
      await cp(a, home, { recursive: true })
      const configuration = JSON.parse(await readFile(join(a, 'config.json'), 'utf8')) as object
      await writeFile(join(home, 'config.json'), JSON.stringify({ ...configuration, service: other.url }))
      const ran = await tidingsIn(home, passphrase, 'outstanding')
      expect([ran.code, ran.err]).toEqual([5, expect.stringContaining('client/split-view')])
      const [kept = ''] = (await readdir(home)).filter((name) => name.startsWith('split-view-'))
      expect(await readdir(join(home, kept))).toEqual(['checkpoint-1', 'checkpoint-2'])
    } finally {
      await other.stop()
    }
  })

  it('says how to use it: usage errors end with 3, help with 0', async () => {
    expect((await inWords(a, 'nonsense')).code).toBe(3)
    expect((await asA('outstanding', '--nonsense')).code).toBe(3)
    const help = await inWords(a, 'request', 'submit', '--help')
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('Examples:')])
  })

  it.each([
    [['outstanding', '--limit', 'abc'], 3, 'cli/usage', 'whole number from 1 on'],
    [['nonsense'], 3, 'cli/usage', 'nonsense'],
    [['request', 'show', 'nonsense'], 3, 'cli/usage', 'neither the id of a request'],
    [['acknowledge', '0198c1a2-0000-7000-8000-000000000000'], 8, 'cli/nothing-to-do', 'Nothing about it waits'],
    [['verify', 'nofile'], 3, 'cli/file', 'nofile cannot be read: there is no such file'],
    [['import', 'cases', 'nofile.csv', '--mapping', 'x'], 3, 'cli/file', 'nofile.csv cannot be read'],
    [['reply', '--table', 'nofile.csv'], 3, 'cli/file', '--table: nofile.csv cannot be read'],
    [['calendar', '--out', '/nofolder/x.ics'], 3, 'cli/file', '--out: /nofolder/x.ics cannot be written'],
    [['why', 'A-B-2026-00001', '--on', '2027-02-30'], 3, 'cli/usage', '--on must be a date, YYYY-MM-DD.'],
    [['why', 'A-B-2026-00001', '--at-leaf', 'x'], 3, 'cli/usage', '--at-leaf must be a leaf'],
    [['outstanding', '--mechanism', 'foo'], 3, 'cli/usage', 'foo is not the id of a mechanism'],
    [['outstanding', '--party', 'Z'], 3, 'cli/usage', '--party: Z is neither'],
    [['release', 'nonsense'], 3, 'cli/usage', 'nonsense is not the id of a draft'],
  ])('%j fails for programs with an object, an exit code and a stable code', async (args, exit, code, says) => {
    const ran = await asA(...args)
    expect([ran.code, ran.out]).toEqual([exit, ''])
    const { error } = JSON.parse(ran.err) as { error: { message: string; code: string } }
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)])
  })

  it('names another party by its code, too', async () => {
    expect((await okA('outstanding', '--party', 'A')).json()).toMatchObject({ party: partyA })
  })
})

/** The year of day zero of what is stated now. */
function year(): string {
  return String(new Date().getUTCFullYear())
}

/** Stands before a service as a proxy does, and is busy in its place when told. */
async function standIn(url: string) {
  let isBusy = false
  let refused = 0
  const server = createServer(async (request, answer) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    if (isBusy && request.method === 'POST' && request.url === '/v1/statements') {
      isBusy = false
      refused++
      const problem = { type: 'urn:tidings:problem:busy', title: 'The service is busy', status: 503 }
      answer.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' })
      answer.end(JSON.stringify(problem))
      return
    }
    const options = { method: request.method, headers: request.headers }
    const passed = passOn(new URL(request.url ?? '', url), options, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(answer)
    })
    passed.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isBusyOnce: () => {
      isBusy = true
    },
    get refused() {
      return refused
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

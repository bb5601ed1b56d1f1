import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CalculationView, DutyDetail, DutyInTime, MechanismView, Outstanding } from '@tidings/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tidingsIn, tidingsOk } from './support/command-line.ts'
import { type Service, startService } from './support/service.ts'

/** Rules are agreed on and dates follow, by the command line of two commissions against a service. */
describe('agreed rules', () => {
  let service: Service
  let folder: string
  let passphrase: string
  let mechanism: string
  let reference: string
  const home = (name: string) => join(folder, name)
  const run = (name: string, ...args: string[]) => tidingsIn(home(name), passphrase, ...args)
  const ok = async <T = Record<string, string>>(name: string, ...args: string[]) =>
    (await tidingsOk(home(name), passphrase, ...args)).json<T>()
  const parties: Record<string, string> = {}

  beforeAll(async () => {
    service = await startService()
    folder = await mkdtemp(join(tmpdir(), 'tidings-rules-'))
    passphrase = join(folder, 'passphrase')
    await writeFile(passphrase, 'a passphrase for this test\n')
    for (const name of ['a', 'b']) {
      parties[name] = (await ok(name, 'party', 'create', '--service', service.url)).party ?? ''
    }
    const participants = ['a', 'b'].map((name) => `--participant=${parties[name]}:commission:${name.toUpperCase()}`)
    mechanism = (await ok('a', 'mechanism', 'propose', ...participants)).mechanism ?? ''
    await ok('b', 'mechanism', 'accept', mechanism)
  }, 60_000)
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const duties = async (name: string, ...args: string[]) => (await ok<Outstanding>(name, 'outstanding', ...args)).items
  const replyDuty = async () => {
    const [duty] = await duties('b', '--owed', 'by', '--kind', 'reply', '--question', 'fate')
    if (!duty) throw new Error('no reply is owed')
    return duty
  }
  const delegate = (role: string, label: string) =>
    ok('a', 'party', 'delegate', '--role', role, '--label', label, '--officer-passphrase-file', passphrase)
  const later = (date: string | undefined, days: number) =>
    Temporal.PlainDate.from(date ?? '')
      .add({ days })
      .toString()

  it('are proposed by a preset, shown with whom they wait for, and in force when the other side has accepted', async () => {
    expect((await run('a', 'mechanism', 'propose-rules', '--preset', 'calendar-30')).code).toBe(3)
    await ok('a', 'mechanism', 'propose-rules', '--preset', 'calendar-30', '--zone', 'Asia/Tbilisi')
    const [waiting] = (await ok<Pick<MechanismView, 'rules'>>('b', 'mechanism', 'rules', mechanism)).rules
    expect(waiting).toMatchObject({ version: 1, waitsFor: [parties.b], rules: { zone: 'Asia/Tbilisi' } })
    expect(await duties('b', '--kind', 'accept-rules')).toMatchObject([{ about: mechanism, noDate: 'no-rules' }])
    const { statement: rival = '' } = await ok(
      'a',
      'mechanism',
      'propose-rules',
      '--preset',
      'urgent-14',
      '--zone',
      'UTC',
    )
    const unnamed = await run('b', 'mechanism', 'accept-rules')
    expect(unnamed.code).toBe(3)
    for (const told of [waiting?.place.statement, rival, 'zone: UTC', 'period of reply: 14 calendar days'])
      expect(unnamed.err).toContain(told)
    const between = [`--proposal=${rival.slice(0, 8)}`, `--against=${waiting?.place.statement}`]
    const { differences } = await ok<{ differences: object[] }>('b', 'mechanism', 'rules', mechanism, ...between)
    expect(differences).toContainEqual({ about: 'zone', before: 'Asia/Tbilisi', after: 'UTC' })
    await ok('b', 'mechanism', 'accept-rules', `--proposal=${waiting?.place.statement.slice(0, 8)}`)
    expect((await run('b', 'mechanism', 'accept-rules')).code).toBe(8)
    const [agreed] = (await ok<Pick<MechanismView, 'rules'>>('a', 'mechanism', 'rules')).rules
    expect(agreed?.accepted.map(({ party }) => party).sort()).toEqual([parties.a, parties.b].sort())
    expect(agreed?.inForceSince).toBe(agreed?.accepted.at(-1)?.leaf)
  })

  it('give what is outstanding its due date, the same for both sides', async () => {
    const asked = [
      '--to',
      'B',
      '--group',
      'four persons',
      '--group-count',
      '4',
      '--question',
      'fate',
      '--question',
      'remains',
    ]
    reference = (await ok('a', 'request', 'submit', ...asked)).reference ?? ''
    const owedBy = await duties('b', '--owed', 'by')
    expect(await duties('a', '--owed', 'to')).toEqual(owedBy)
    const [acknowledge] = owedBy.filter(({ kind }: DutyInTime) => kind === 'acknowledge')
    const reply = await replyDuty()
    expect(reply).toMatchObject({ state: 'running', daysLeft: 30 })
    expect(acknowledge).toMatchObject({ state: 'running', daysLeft: 7 })
    const day = Temporal.Instant.from(reply.openedOn).toZonedDateTimeISO('Asia/Tbilisi').toPlainDate().toString()
    expect(reply.due).toBe(later(day, 30))
  })

  it('explain each date', async () => {
    const { due } = await replyDuty()
    const why = await ok<DutyDetail>('b', 'why', reference, '--kind', 'reply', '--question', 'fate')
    expect(why.clock).toMatchObject({ state: 'running', due, rulesVersion: 1 })
    expect(why.clock.steps.map(({ step }) => step)).toEqual(['day-zero', 'period', 'counted', 'due'])
    expect(why.clock.steps.at(-1)?.text).toBe(`due on ${due}`)
    // On a later day it is beyond the agreed period; nothing was stored for that.
    const beyond = await ok<DutyDetail>('a', 'why', why.id, '--on', later(due, 3))
    expect(beyond.clock).toMatchObject({ state: 'open-beyond', daysBeyond: 3 })
  })

  it('are calculated with before anything is signed', async () => {
    const { due, id } = await replyDuty()
    const size = await service.size()
    const extended = await ok<CalculationView>('b', 'calculate', id, '--extend', '10')
    expect(extended).toMatchObject({ now: { due }, would: { due: later(due, 10) }, movedBy: 10 })
    const suspended = await ok<CalculationView>('b', 'calculate', reference, '--question', 'fate', '--suspend', '40')
    expect(suspended).toMatchObject({ would: { due: later(due, 39) }, movedBy: 39 })
    expect((await run('b', 'calculate', id)).code).toBe(3)
    expect((await run('b', 'calculate', id, '--clarify', '--on', '2020-01-01')).code).not.toBe(0)
    expect(await service.size()).toBe(size)
  })

  it('pause what a clarification is awaited for, and let it go on', async () => {
    const { due } = await replyDuty()
    await ok('b', 'request', 'ask-clarification', reference, '--question', 'fate', '--unclear', 'date')
    expect(await replyDuty()).toMatchObject({ state: 'paused' })
    expect(await duties('a', '--owed', 'by', '--kind', 'clarify')).toMatchObject([
      { question: 'fate', state: 'running' },
    ])
    await ok('a', 'request', 'clarify', reference, '--text', 'the winter of 1992 to 1993')
    // Asked and given on one day: that day is not counted, unless it is day zero.
    const after = await replyDuty()
    expect(after).toMatchObject({ state: 'running' })
    expect([due, later(due, 1)]).toContain(after.due)
  })

  it('let the asker grant more time, once', async () => {
    const { due } = await replyDuty()
    await ok('b', 'request', 'ask-extension', reference, '--question', 'fate', '--n', '10', '--reason', 'field-work')
    expect((await replyDuty()).due).toBe(due)
    await ok('a', 'request', 'decide-extension', reference, '--decision', 'granted')
    expect((await replyDuty()).due).toBe(later(due, 10))
    const again = await run(
      'b',
      'request',
      'ask-extension',
      reference,
      '--question',
      'fate',
      '--n',
      '1',
      '--reason',
      'volume',
    )
    expect([again.code, again.err]).toEqual([6, expect.stringContaining('too-many-extensions')])
  })

  it('stand still while the mechanism is suspended', async () => {
    await ok('b', 'mechanism', 'suspend')
    expect(await replyDuty()).toMatchObject({ state: 'paused' })
    expect((await run('a', 'request', 'remind', reference)).err).toContain('mechanism-suspended')
    expect((await run('a', 'mechanism', 'resume')).code).toBe(8)
    await ok('b', 'mechanism', 'resume')
    expect(await replyDuty()).toMatchObject({ state: 'running' })
  })

  it('tell which reminders are due, and have them drafted in neutral words until another officer releases them', async () => {
    expect((await run('a', 'reminders')).code).toBe(8)
    const { due, reference: of } = await replyDuty()
    const day = later(due, 14)
    const listed = (await run('a', 'reminders', '--on', day)).out.trim().split('\n')
    const reply = listed.map((line) => JSON.parse(line)).find(({ question }) => question === 'fate')
    expect(reply).toMatchObject({
      reference: of,
      daysBeyond: 14,
      reminder: { number: 1, since: day, every: 14, afterThird: 'nothing' },
    })
    const letters = join(folder, 'letters')
    await ok('a', 'reminders', '--on', day, '--duty', 'reply', '--letters', letters)
    const letter = await readFile(join(letters, `${of}-reply.txt`), 'utf8')
    expect(letter).toContain(`Party A reminds Party B of what is outstanding in request ${of}.`)
    expect(letter).toContain(`due on ${due}, outstanding 14 days beyond the agreed period. First reminder of three`)
    for (const party of Object.values(parties)) expect(letter).not.toContain(party)

    await delegate('draft', 'officer-7')
    await delegate('release', 'head-1')
    const draftAll = ['request', 'remind', '--due', '--duty', 'reply', '--on', day]
    expect((await run('a', ...draftAll)).err).toContain('drafts ahead, under a draft key')
    const drafted = await ok<object>('a', ...draftAll, '--as', 'officer-7')
    expect(drafted).toMatchObject({ recorded: 1, held: true })
    // A second run drafts nothing again; nothing follows from a draft, and the other side knows nothing of it.
    expect((await run('a', ...draftAll, '--as', 'officer-7')).code).toBe(8)
    expect(JSON.stringify(await ok('b', 'timeline', reference))).not.toContain('request.remind')
    expect(await ok<object>('a', 'release', '--list')).toMatchObject({ kind: 'request.remind', draftedBy: 'officer-7' })
    const released = await ok<object>('a', 'release', '--all', '--drafted-by', 'officer-7', '--as', 'head-1')
    expect(released).toMatchObject({ recorded: 1 })
    const told = await ok<{ entries: { kind: string; notes?: string[] }[] }>('b', 'timeline', reference, '--notes')
    expect(`${told.entries.find(({ kind }) => kind === 'request.remind')?.notes}\n`).toBe(letter)
    expect((await run('a', 'reminders', '--on', day, '--duty', 'reply', '--question', 'fate')).code).toBe(8)
  })

  it('go with a reminder, an answer, a reopened question, and a timeline that tells all of it', async () => {
    await ok('a', 'request', 'remind', reference, '--question', 'fate', '--text', 'kindly')
    const answer = ['--disposition', 'none-found', '--search-text', 'an archive was read']
    await ok('b', 'reply', reference, '--question', 'fate', ...answer)
    await ok('a', 'assess', reference, '--question', 'fate', '--assessment', 'accepted')
    await ok('a', 'request', 'reopen', reference, '--question', 'fate')
    expect(await replyDuty()).toMatchObject({ state: 'running', daysLeft: 30 })
    const { entries } = await ok<{ entries: { kind: string; body?: Record<string, unknown> }[] }>(
      'b',
      'timeline',
      reference,
    )
    expect(entries.map(({ kind, body }) => ({ kind, body }))).toEqual([
      { kind: 'request.submit' },
      { kind: 'request.ask-clarification', body: { questions: ['fate'], unclear: ['date'] } },
      { kind: 'request.clarify' },
      { kind: 'request.ask-extension', body: { questions: ['fate'], n: 10, reason: 'field-work' } },
      { kind: 'request.decide-extension', body: { decision: 'granted' } },
      { kind: 'request.remind', body: { duty: 'reply', questions: ['fate', 'remains'] } },
      { kind: 'statement.release' },
      { kind: 'request.remind', body: { duty: 'reply', questions: ['fate'] } },
      { kind: 'request.reply' },
      { kind: 'request.assess' },
      { kind: 'request.reopen', body: { questions: ['fate'] } },
    ])
  })

  it('are returned for what is missing where there is no mediator, and contested', async () => {
    const asked = ['--to', 'B', '--records', 'a register of 1993', '--question', 'documents']
    const { reference: second = '' } = await ok('a', 'request', 'submit', ...asked)
    await ok('b', 'request', 'return', second, '--missing', 'date', '--missing', 'place')
    expect(await ok<{ returned?: unknown }>('a', 'request', 'show', second)).toMatchObject({
      returned: { statement: expect.any(String) },
    })
    await ok('a', 'request', 'refer', second, '--ground', 'returned')
    await ok('a', 'request', 'clarify', second, '--text', 'the register of March 1993')
    expect(await ok<object>('a', 'request', 'show', second)).not.toHaveProperty('returned')
  })

  it('let more time be asked for, and decided on, by a table: a statement for each request, and none twice', async () => {
    const ask = ['--to', 'B', '--records', 'another register', '--question', 'documents', '--question', 'circumstances']
    const asked = [await ok('a', 'request', 'submit', ...ask), await ok('a', 'request', 'submit', ...ask)]
    const [one = '', other = ''] = asked.map(({ reference: of }) => of)
    const table = async (name: string, ...lines: string[]) => {
      await writeFile(join(folder, name), `${lines.join('\n')}\n`)
      return join(folder, name)
    }
    const rows = [
      `${one},documents,5,volume`,
      `${other},,7,translation`,
      `${one},circumstances,,`,
      `${one}9,fate,7,volume`,
    ]
    const extensions = await table('extensions.csv', 'request,question,n,reason', ...rows)
    const first = await run('b', 'request', 'ask-extension', '--table', extensions)
    expect([first.code, first.json()]).toEqual([6, expect.objectContaining({ recorded: 2, rowsRefused: 1 })])
    expect(first.err).toContain('Row 5: request: must be the id or the reference')
    const second = await run('b', 'request', 'ask-extension', '--table', extensions)
    expect(second.json()).toMatchObject({ recorded: 0, alreadyRecorded: 2, rowsRefused: 1 })
    const decisions = await table('decisions.csv', 'request,decision', `${one},granted`, `${other},refused`)
    expect(await ok<object>('a', 'request', 'decide-extension', '--table', decisions)).toMatchObject({ recorded: 2 })
    const due = await Promise.all(
      [one, other].map(async (of) => (await ok<{ duties: DutyInTime[] }>('b', 'request', 'show', of)).duties),
    )
    const [longer, same] = due.map((of) => of.find(({ kind }) => kind === 'reply')?.due)
    expect(longer).toBe(later(same, 5))
    // Each shows it in its own timeline.
    for (const of of [one, other]) {
      const { entries } = await ok<{ entries: { kind: string }[] }>('a', 'timeline', of)
      expect(entries.map(({ kind }) => kind)).toContain('request.decide-extension')
    }
  })

  it('let an answer be corrected and retracted by whoever gave it, and by nobody else', async () => {
    const owed = async () => (await duties('b', '--kind', 'reply', '--question', 'remains'))[0]?.due
    const before = await owed()
    expect(before).toBeDefined()
    const answer = ['--disposition', 'none-found', '--search-text', 'an archive was read']
    const { statement = '' } = await ok('b', 'reply', reference, '--question', 'remains', ...answer)
    const body = join(folder, 'answers.json')
    await writeFile(body, JSON.stringify({ answers: [{ question: 'remains', disposition: 'given' }] }))
    expect((await run('a', 'correct', statement, '--body', body)).code).toBe(4)
    const corrected = await ok('b', 'correct', statement, '--body', body)
    const { questions } = await ok<{ questions: object[] }>('a', 'request', 'show', reference)
    expect(questions).toContainEqual(expect.objectContaining({ question: 'remains', disposition: 'given' }))
    expect((await run('b', 'retract', statement)).err).toContain('not-the-latest')
    await ok('b', 'retract', corrected.statement ?? '', '--text', 'about other persons')
    // The reply is owed again, by the date that it had.
    expect(await owed()).toBe(before)
  })

  it('fill a calendar without names, which any calendar program reads', async () => {
    const file = join(folder, 'deadlines.ics')
    const { dates } = await ok<{ dates: number }>('a', 'calendar', '--out', file)
    const text = await readFile(file, 'utf8')
    expect(text.split('BEGIN:VEVENT')).toHaveLength(dates + 1)
    expect(text).toContain(`SUMMARY:${reference}: reply (fate) due`)
    for (const party of Object.values(parties)) expect(text).not.toContain(party)
  })

  it('advise on what a request should tell, and tell quotas beside what is to go to a meeting', async () => {
    const file = join(folder, 'rules.json')
    const minimum = [{ matter: 'group', question: 'fate', fields: ['lastContact.date', 'lastContact.place'] }]
    const next = {
      zone: 'Asia/Tbilisi',
      periods: { reply: { n: 20, unit: 'calendar-days' } },
      count: { roll: false },
      referral: { decides: parties.b },
      quotas: [{ party: parties.a, perMeeting: 40 }],
    }
    await writeFile(file, JSON.stringify({ ...next, minimum: [{ matter: 'group', fields: ['contact'] }] }))
    expect((await run('a', 'mechanism', 'propose-rules', file)).err).toContain('no request can tell: contact')
    await writeFile(file, JSON.stringify({ ...next, minimum }))
    await ok('a', 'mechanism', 'propose-rules', file)
    await ok('b', 'mechanism', 'accept-rules')

    const ask = [
      'request',
      'submit',
      '--to',
      'B',
      '--group',
      'four persons',
      '--group-count',
      '4',
      '--question',
      'fate',
    ]
    const size = await service.size()
    const strict = await run('a', ...ask, '--strict-minimum')
    expect([strict.code, strict.err]).toEqual([3, expect.stringContaining('lastContact.date, lastContact.place')])
    expect(await service.size()).toBe(size)
    const advised = await run('a', ...ask)
    expect(advised.err).toContain('also asks for lastContact.date, lastContact.place. This is advice')
    const { reference: of = '' } = advised.json<{ reference: string }>()
    const guide = await run('b', 'request', 'return', of)
    expect([guide.code, guide.json()]).toEqual([3, expect.objectContaining({ proposed: ['date', 'place'] })])

    await ok('a', 'request', 'refer', of, '--ground', 'no-reply')
    const decided = await run('b', 'request', 'decide-referral', of, '--outcome', 'to-meeting')
    expect(decided.err).toContain('Matters for the next meeting: Party A 1 of 40, Party B 0 (no quota agreed).')
  })

  it('stand still for a party that has left', async () => {
    await ok('b', 'mechanism', 'leave', mechanism)
    const { absences } = await ok<Pick<MechanismView, 'absences'>>('a', 'mechanism', 'rules')
    expect(absences).toMatchObject([{ by: parties.b }])
    expect(await replyDuty()).toMatchObject({ state: 'paused' })
  })
})

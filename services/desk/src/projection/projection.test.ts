import { DatabaseSync } from 'node:sqlite'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { recordedAt } from '@tidings/exchange'
import { dump } from '@tidings/read-model'
import { newThingId, type Statement } from '@tidings/statement'
import { beforeAll, describe, expect, it } from 'vitest'
import { castOf } from '../testing/cast.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { type TestParty, World } from '../testing/world.ts'
import { openPresent } from './present.ts'
import { type CheckpointTime, openProjection } from './projection.ts'
import { openEventReader, type ReadEvent } from './recorded-statement.ts'
import { isOf, type Snapshot } from './snapshot.ts'
import { tables } from './tables.ts'
import type { TouchedLeaves } from './touched.ts'

const endOf2030 = Date.parse('2030-12-31T23:59:59Z') / 1000

/** A day of the exchange: two commissions, a mediator and an agency, and most of what can happen between them. */
let events: readonly ReadEvent[]
let a: TestParty
let b: TestParty
let mechanism: string
let other: string
const said: Record<string, Statement> = {}

beforeAll(async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteEventStore({ file: `${folder.path}/record.db`, mode: 'write' })
  const world = new World(store)
  const cast = await castOf(world, 'a', 'b', 'mediator', 'agency')
  ;({ a, b, mechanism } = cast)
  const { mediator, agency } = cast
  other = await world.mechanism([a, 'commission', 'NORT'], [b, 'commission', 'SOUT'])
  const drafting = await b.delegates('draft')
  const copy = { aud: [agency] }
  await world.agreed(
    mechanism,
    { version: 1, zone: 'UTC', periods: { reply: { n: 1, unit: 'calendar-days' } }, count: { roll: false } },
    a,
    b,
    mediator,
  )

  said.first = await a.submits(b, mechanism, ['fate', 'remains'], copy)
  said.second = await a.submits(b, mechanism, ['burial-place'], copy)
  said.elsewhere = await a.submits(b, other, ['documents'])
  said.back = await b.submits(a, mechanism, ['whereabouts'], copy)
  said.acknowledgement = await b.acknowledges(said.first, copy)
  said.interim = await b.replies(
    said.first,
    [
      { question: 'fate', disposition: 'given' },
      { question: 'remains', disposition: 'not-now', review: '2031-06-01' },
    ],
    copy,
  )
  said.again = await b.acknowledges(said.first, copy)
  said.insufficient = await a.assesses(
    said.first,
    said.interim,
    [{ question: 'fate', assessment: 'insufficient' }],
    copy,
  )
  said.draft = await b.replies(said.second, [{ question: 'burial-place', disposition: 'given' }], {
    ...copy,
    key: drafting,
  })
  said.case = await a.describesCase()
  said.newer = await a.describesCase(said.case.payload.about, { aud: [agency] })
  said.disclosure = await b.discloses([a], mechanism, copy)
  said.release = await b.releases(said.draft)
  said.accepted = await a.assesses(
    said.second,
    said.draft,
    [{ question: 'burial-place', assessment: 'accepted' }],
    copy,
  )
  await b.withdraws(await b.submits(a, other, ['fate']))
  said.heldSubmission = await b.submits(a, mechanism, ['documents'], { ...copy, key: drafting })
  said.third = await a.submits(b, mechanism, ['fate'], copy)
  await b.releases(said.heldSubmission)
  for (const reminded of [said.first, said.third])
    await a.states('request.remind', {
      about: reminded.payload.about,
      mechanism,
      re: [reminded.id],
      aud: [b.id, agency.id],
      body: { duty: 'reply', questions: ['fate'] },
    })
  events = await Array.fromAsync(store.readAll(), openEventReader())
})

/** Applies the record in batches, so many in a transaction; the last 7 leaves fall into the next year. */
function project(db: DatabaseSync, batch: number, mostLive: number, upTo = events.length, together = 1) {
  let projection = openProjection(db, mostLive)
  for (let from = 0; from < upTo; from += batch) {
    const part = events.slice(from, Math.min(from + batch, upTo))
    if (!db.isTransaction) db.exec('BEGIN IMMEDIATE')
    projection.apply(part, checkpointsFor(from, from + part.length))
    if ((from / batch + 1) % together !== 0 && from + batch < upTo) continue
    projection.flush()
    db.exec('COMMIT')
    // A restart between any two transactions changes nothing.
    if (mostLive === 1) projection = openProjection(db, mostLive)
  }
}

/** One checkpoint for each leaf. */
function checkpointsFor(from: number, to: number): readonly CheckpointTime[] {
  return Array.from({ length: to - from }, (_, i) => {
    const size = from + i + 1
    return { size, time: endOf2030 - (events.length - 7) + size }
  })
}

function emptyTables(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec(tables)
  return db
}

function snapshots(db: DatabaseSync): readonly Snapshot[] {
  return db
    .prepare('SELECT snapshot FROM streams ORDER BY number')
    .all()
    .map(({ snapshot }) => JSON.parse(String(snapshot)) as Snapshot)
}

function references(db: DatabaseSync): Record<string, string> {
  const rows = db
    .prepare('SELECT reference, name FROM request_references JOIN streams ON number = stream ORDER BY stream')
    .all()
  return Object.fromEntries(rows.map(({ name, reference }) => [String(name), String(reference)]))
}

describe('the projection', () => {
  it('is the same in any batching, with any number of streams in memory, and after any restart', () => {
    const whole = emptyTables()
    project(whole, events.length, 4096)
    for (const [batch, mostLive, together] of [
      [1, 1, 1],
      [3, 1, 1],
      [7, 2, 1],
      [10, 4096, 1],
      [1, 1, 5],
      [2, 3, 7],
      [3, 4096, 1000],
    ] as const) {
      const db = emptyTables()
      project(db, batch, mostLive, events.length, together)
      expect(dump(db)).toEqual(dump(whole))
    }
  })

  it('is the same after a transaction that was rolled back', () => {
    const whole = emptyTables()
    project(whole, events.length, 4096)
    const db = emptyTables()
    const half = Math.floor(events.length / 2)
    project(db, half, 4096, half)
    for (const end of ['ROLLBACK', 'COMMIT']) {
      db.exec('BEGIN IMMEDIATE')
      const projection = openProjection(db)
      projection.apply(events.slice(half), checkpointsFor(half, events.length))
      projection.flush()
      db.exec(end)
    }
    expect(dump(db)).toEqual(dump(whole))
  })

  it('tells which parties and mechanisms have changed since the last transaction, and whom each leaf has touched', () => {
    const db = emptyTables()
    const projection = openProjection(db)
    const present = openPresent(db)
    const touched: TouchedLeaves[] = []
    for (const [from, event] of events.entries()) {
      projection.apply([event], checkpointsFor(from, from + 1))
      const flushed = projection.flush()
      touched.push(flushed.touched)
      expect(flushed.standing, `leaf ${from}`).toEqual(/^(party|mechanism)-/.test(event.stream) ? [event.stream] : [])
      present.reload(flushed.standing)
    }
    expect(present.party(a.id)).toEqual(openPresent(db).party(a.id))
    expect(present.participants(mechanism)).toHaveLength(4)
    const first = events.findIndex(({ stream }) => stream.startsWith('request-'))
    expect([...(touched[first]?.parties.values() ?? [])], 'each party by this leaf').toEqual(Array(4).fill(first))
    expect(touched[0]?.all).toBe(0)
  })

  it('knows nobody once parties and mechanisms cannot be read: who took part a moment ago may have left', () => {
    const db = emptyTables()
    project(db, events.length, 4096)
    const present = openPresent(db)
    expect(present.participants(mechanism)).toHaveLength(4)
    db.exec(`UPDATE streams SET snapshot = 'damaged' WHERE name = 'party-${a.id}'`)
    expect(() => present.reload([`party-${a.id}`])).toThrow('JSON')
    expect(present.party(b.id)).toBeUndefined()
    expect(present.participants(mechanism)).toEqual([])
  })

  it('keeps counts that equal what counting would find', () => {
    const db = emptyTables()
    for (const batch of [1, events.length]) {
      const fresh = batch === 1 ? db : emptyTables()
      project(fresh, batch, 4096)
      const duties: Record<string, number> = {}
      const questions: Record<string, number> = {}
      for (const snapshot of snapshots(fresh)) {
        if (!isOf(snapshot, 'request') && !isOf(snapshot, 'disclosure')) continue
        const { thing } = snapshot.state
        if (!thing) continue
        for (const { owner, towards, kind, question } of thing.owed) {
          const key = [owner, towards, thing.mechanism, kind, question ?? ''].join(' ')
          duties[key] = (duties[key] ?? 0) + 1
        }
        if (!('questions' in thing)) continue
        for (const { question } of thing.questions.filter(({ closed }) => !closed)) {
          const key = [thing.asker, thing.addressee, thing.mechanism, question].join(' ')
          questions[key] = (questions[key] ?? 0) + 1
        }
      }
      const rows = fresh.prepare('SELECT * FROM duty_groups WHERE open <> 0').all()
      const kept = rows.map((r) => [[r.owner, r.towards, r.mechanism, r.kind, r.question].join(' '), Number(r.open)])
      expect(Object.fromEntries(kept)).toEqual(duties)
      expect(Number(fresh.prepare('SELECT count(*) AS n FROM open_duties').get()?.n)).toBe(
        Object.values(duties).reduce((sum, n) => sum + n, 0),
      )
      const reminders = fresh.prepare('SELECT id, open FROM reminder_groups WHERE open <> 0 ORDER BY id').all()
      const standing = fresh
        .prepare(
          `SELECT reminder_group AS id, count(*) AS open FROM open_duties WHERE reminder_group IS NOT NULL
           GROUP BY reminder_group ORDER BY reminder_group`,
        )
        .all()
      expect(reminders).toEqual(standing)
      expect(reminders.length).toBeGreaterThan(3)
      const open = fresh.prepare('SELECT * FROM open_questions WHERE open <> 0').all()
      const keptQuestions = open.map((r) => [[r.asker, r.addressee, r.mechanism, r.question].join(' '), Number(r.open)])
      expect(Object.fromEntries(keptQuestions)).toEqual(questions)
      expect(Object.keys(duties).length).toBeGreaterThan(5)
      expect(Object.keys(questions).length).toBeGreaterThan(3)
    }
  })

  it('gives a reference to each effective submission: codes of its mechanism, year of its checkpoint, number between the two', () => {
    const db = emptyTables()
    project(db, 4, 4096)
    const about = (name: string) => `request-${said[name]?.payload.about}`
    expect(references(db)).toMatchObject({
      [about('first')]: 'A-B-2030-00001',
      [about('second')]: 'A-B-2030-00002',
      [about('elsewhere')]: 'NORT-SOUT-2030-00001',
      [about('back')]: 'B-A-2030-00001',
      // Released after the turn of the year, after the third of A.
      [about('third')]: 'A-B-2031-00003',
      [about('heldSubmission')]: 'B-A-2031-00002',
    })
  })

  it('records the verdict on each leaf that is not effective by itself; a draft counts from its release', () => {
    const db = emptyTables()
    project(db, 4, 4096)
    const leafOf = (name: string) => {
      const stream = snapshots(db).find(({ state }) => recordedAt(state, said[name]?.id ?? '') !== undefined)
      return (stream && recordedAt(stream.state, said[name]?.id ?? '')) ?? -1
    }
    const verdict = (name: string) => db.prepare('SELECT * FROM verdicts WHERE leaf = ?').get(leafOf(name))
    expect(verdict('first'), 'effective by itself').toBeUndefined()
    expect(verdict('again')).toMatchObject({
      verdict: 'void',
      reason: 'already-acknowledged',
      decided_by: leafOf('acknowledgement'),
    })
    expect(verdict('draft')).toMatchObject({ verdict: 'effective', since: leafOf('release') })
    expect(verdict('release'), 'effective by itself').toBeUndefined()
  })

  it('holds a draft back until it is released: nothing follows from it', () => {
    const db = emptyTables()
    const released = events.findIndex(({ payload }) => payload.includes('"kind":"statement.release"'))
    project(db, 1, 4096, released)
    const second = snapshots(db).find(({ state }) => state.stream === `request-${said.second?.payload.about}`)
    expect(second?.exchange?.lastSaid).toBeUndefined()
    expect(db.prepare("SELECT count(*) AS n FROM verdicts WHERE verdict = 'held'").get()?.n).toBe(1)
  })

  it('keeps a register entry for its party, and for a reader from the first version that names it', () => {
    const db = emptyTables()
    project(db, 4, 4096)
    const entry = snapshots(db).find(({ state }) => state.stream === `case-${said.case?.payload.about}`)
    const [agency] = said.newer?.payload.aud ?? []
    expect(entry?.register?.[a.id]).toMatchObject({ versions: 2, latest: { statement: said.newer?.id } })
    expect(entry?.register?.[agency ?? '']).toMatchObject({ versions: 1, latest: { statement: said.newer?.id } })
    expect(entry?.register?.[b.id]).toBeUndefined()
  })

  it('stops at a statement that stands in the stream of another', () => {
    const db = emptyTables()
    const projection = openProjection(db)
    const [first] = events
    const strayed = first && { ...first, stream: `request-${newThingId()}` }
    expect(() => projection.apply(strayed ? [strayed] : [], checkpointsFor(0, 1))).toThrow('not its own')
  })
})

import { newThingId, type Rules, type Statement } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { castOf } from './testing/cast.ts'
import { openTestDesk, type TestDesk } from './testing/test-desk.ts'
import type { TestParty } from './testing/world.ts'

/**
 * A and B agreed in January 2031 that a reply takes ten working days of its owner, in the zone of Tbilisi, four hours ahead of UTC. B rests on Saturdays and
 * Sundays and on Monday 10 March. A asks on Monday 3 March; the mechanism stands still from Thursday 6 through Friday 7 March; B answers one
 * question on 20 March and owes the other.
 */
let t: TestDesk
let a: TestParty
let b: TestParty
let mediator: TestParty
let agency: TestParty
let outsider: TestParty
let mechanism: string
let request: Statement
let unruled: Statement
let proposal: Statement
let suspension: Statement
let reply: Statement
let today: string
/** The first leaf recorded on a day. */
const leafOf: Record<string, number> = {}

beforeAll(async () => {
  t = await openTestDesk({ now: () => Date.parse(today) })
  const { world } = t
  ;({ a, b, mediator, agency, outsider, mechanism } = await castOf(world, 'a', 'b', 'mediator', 'agency', 'outsider'))
  const copy = { aud: [agency] }
  const on = async (instant: string, ...acts: readonly (() => Promise<Statement>)[]) => {
    t.goTo(instant)
    leafOf[instant.slice(0, 10)] = await world.store.size()
    for (const act of acts) await act()
    await t.publish()
  }
  const weekend = { year: 2031, restDays: [6, 7] }
  const rules: Rules = {
    version: 1,
    zone: 'Asia/Tbilisi',
    periods: { reply: { n: 10, unit: 'working-days' }, acknowledge: { n: 7, unit: 'calendar-days' } },
    calendars: [
      { party: a.id, ...weekend },
      { party: b.id, ...weekend, nonWorking: [{ date: '2031-03-10', name: { en: 'a holiday' } }] },
    ],
  }
  await on('2031-01-02T08:00:00Z', async () => {
    unruled = await a.submits(b, mechanism, ['documents'], copy)
    return unruled
  })
  await on('2031-01-03T08:00:00Z', async () => {
    proposal = await world.agreed(mechanism, rules, a, b, mediator)
    return proposal
  })
  await on('2031-03-03T08:00:00Z', async () => {
    request = await a.submits(b, mechanism, ['fate', 'remains'], copy)
    return request
  })
  await on('2031-03-06T08:00:00Z', async () => {
    suspension = await b.suspends(mechanism)
    return suspension
  })
  // Still the 7th in UTC, the 8th in Tbilisi would be from 20:00 UTC on.
  await on('2031-03-07T19:00:00Z', () => b.resumes(suspension))
  await on('2031-03-20T08:00:00Z', async () => {
    reply = await b.replies(request, [{ question: 'fate', disposition: 'given' }], copy)
    return reply
  })
  await on(
    '2031-04-01T08:00:00Z',
    () => a.proposesRules(mechanism, { ...rules, version: 2 }),
    () => a.submits(b, mechanism, ['whereabouts'], copy),
  )
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

/** What a party reads on a day. */
async function reads(party: TestParty, path: string, instant = '2031-03-10T08:00:00Z') {
  today = instant
  return await (await t.as(party))(path)
}
/** Id of the duty of a kind, about a question. */
async function dutyId(kind: string, question?: string): Promise<string> {
  const { duties } = (await reads(a, `/v1/requests/${request.payload.about}`)).body
  return duties.find((duty: { kind: string; question?: string }) => duty.kind === kind && duty.question === question).id
}

describe('a duty', () => {
  it('shows its due date, and each step that leads there', async () => {
    const { status, body } = await reads(b, `/v1/duties/${await dutyId('reply', 'remains')}`, '2031-04-01T09:00:00Z')
    expect(status).toBe(200)
    // Ten working days after 3 March: 4, 5, [6, 7 suspended], [8, 9 rest], [10 holiday], 11, 12, 13, 14, 17, 18, 19, 20.
    expect(body).toMatchObject({
      kind: 'reply',
      question: 'remains',
      owner: b.id,
      towards: a.id,
      clock: {
        state: 'open-beyond',
        dayZero: '2031-03-03',
        due: '2031-03-20',
        daysBeyond: 12,
        on: '2031-04-01',
        rulesVersion: 1,
      },
    })
    const told = body.clock.steps.map(
      ({ step, from, to, days }: Record<string, string>) => `${step} ${from} ${to} ${days}`,
    )
    expect(told).toEqual([
      'day-zero 2031-03-03 2031-03-03 0',
      'period 2031-03-03 undefined 10',
      'counted 2031-03-04 2031-03-05 2',
      'suspension 2031-03-06 2031-03-07 2',
      'rest-day 2031-03-08 2031-03-09 2',
      'non-working 2031-03-10 2031-03-10 1',
      'counted 2031-03-11 2031-03-14 4',
      'rest-day 2031-03-15 2031-03-16 2',
      'counted 2031-03-17 2031-03-20 4',
      'due 2031-03-20 2031-03-20 0',
    ])
    const words = body.clock.steps.map(({ text }: { text: string }) => text)
    expect(words).toContain('2031-03-10: 1 day named as non-working in the calendar of Party B, not counted')
    expect(words.at(-1)).toBe('due on 2031-03-20')
  })

  it('is met on the due date, and says by which statement', async () => {
    const { body } = await reads(a, `/v1/duties/${await dutyId('reply', 'fate')}`, '2031-04-01T09:00:00Z')
    expect(body).toMatchObject({ dischargedBy: reply.id, clock: { state: 'met', due: '2031-03-20' } })
    expect(body.clock).not.toHaveProperty('daysBeyond')
  })

  it('is running with its days left, until the last of them has passed where the parties agreed that days are', async () => {
    const path = `/v1/duties/${await dutyId('reply', 'remains')}`
    const seen = async (instant: string) => (await reads(b, path, instant)).body.clock
    // The record ends on 1 April: no day before it is today.
    expect(await seen('2031-03-10T08:00:00Z')).toMatchObject({ on: '2031-04-01' })
    expect(await seen('2031-04-01T19:59:59Z')).toMatchObject({ on: '2031-04-01', daysBeyond: 12 })
    expect(await seen('2031-04-01T20:00:00Z')).toMatchObject({ on: '2031-04-02', daysBeyond: 13 })
    expect((await reads(b, `${path}?on=2031-03-18`)).body.clock).toMatchObject({ state: 'running', daysLeft: 2 })
    expect((await reads(b, `${path}?on=2031-03-20`)).body.clock).toMatchObject({ state: 'running', daysLeft: 0 })
    expect((await reads(b, `${path}?on=2031-03-21`)).body.clock).toMatchObject({ state: 'open-beyond', daysBeyond: 1 })
  })

  it('shows what was known at a past leaf, on that day', async () => {
    const path = `/v1/duties/${await dutyId('reply', 'fate')}`
    const at = async (day: string) => (await reads(a, `${path}?atLeaf=${leafOf[day]}`)).body
    expect((await at('2031-03-03')).clock).toMatchObject({ state: 'running', due: '2031-03-18', on: '2031-03-03' })
    const paused = await at('2031-03-06')
    expect(paused.clock).toMatchObject({ state: 'paused', on: '2031-03-06' })
    expect(paused.clock).not.toHaveProperty('due')
    const resumed = await at('2031-03-07')
    expect(resumed.clock).toMatchObject({ state: 'running', due: '2031-03-20', daysLeft: 13 })
    expect(resumed).not.toHaveProperty('dischargedBy')
    expect((await at('2031-03-20')).dischargedBy).toBe(reply.id)
  })

  it('has no date where no rules were agreed when it opened, nor where they agree no period, and says so', async () => {
    const { duties } = (await reads(a, `/v1/requests/${unruled.payload.about}`)).body
    for (const { id, state, noDate } of duties) {
      expect({ state, noDate }).toEqual({ state: 'no-date', noDate: 'no-rules' })
      const { clock } = (await reads(a, `/v1/duties/${id}`)).body
      expect(clock).toMatchObject({ state: 'no-date', noDate: 'no-rules' })
      expect(clock.steps.at(-1).text).toBe('no rules were in force when this duty opened: there is no date')
    }
    const assess = (await reads(a, `/v1/duties/${await dutyId('assess', 'fate')}`)).body
    expect(assess.clock).toMatchObject({ state: 'no-date', noDate: 'no-period', rulesVersion: 1 })
  })

  it('is seen by whoever sees its request, and by nobody else', async () => {
    const path = `/v1/duties/${await dutyId('reply', 'fate')}`
    for (const party of [a, b, mediator, agency]) expect((await reads(party, path)).status).toBe(200)
    expect((await reads(outsider, path)).status).toBe(404)
    expect((await reads(a, `/v1/duties/${request.payload.about}.99`)).status).toBe(404)
    expect((await reads(a, `/v1/duties/${newThingId()}.0`)).status).toBe(404)
  })

  it('is named by what it is about and its number, and asked about what is known', async () => {
    const path = `/v1/duties/${await dutyId('reply', 'fate')}`
    for (const query of ['?atLeaf=99999', `?atLeaf=${leafOf['2031-01-03']}`, '?on=2031-02-30', '?at=1']) {
      expect((await reads(a, path + query)).status, query).toBe(400)
    }
    for (const id of ['1', `${request.payload.about}`, `${request.payload.about}.01`, `${request.payload.about}.1.2`]) {
      expect((await reads(a, `/v1/duties/${id}`)).body, id).toMatchObject({
        status: 400,
        field: 'params/id',
        rule: 'must be the id of what the duty is about, a dot, and its number there',
      })
    }
  })
})

describe('what is outstanding', () => {
  it('says when each is due, and where it stands today', async () => {
    const { items } = (await reads(b, `/v1/parties/${b.id}/outstanding?kind=reply&mechanism=${mechanism}`)).body
    expect(
      items.map(({ question, state, due, noDate, daysBeyond }: Record<string, unknown>) => ({
        question,
        state,
        due,
        noDate,
        daysBeyond,
      })),
    ).toEqual([
      { question: 'documents', state: 'no-date', noDate: 'no-rules' },
      { question: 'remains', state: 'open-beyond', due: '2031-03-20', daysBeyond: 12 },
      { question: 'whereabouts', state: 'running', due: '2031-04-15' },
    ])
  })

  it('counts rules that wait to be accepted among what is owed', async () => {
    const { items, totals } = (await reads(b, `/v1/parties/${b.id}/outstanding?kind=accept-rules`)).body
    expect(items).toMatchObject([
      { kind: 'accept-rules', owner: b.id, towards: a.id, about: mechanism, stream: 'mechanism' },
    ])
    expect(totals.owedBy.duties['accept-rules']).toBe(1)
    expect(
      (await reads(a, `/v1/parties/${a.id}/outstanding?kind=accept-rules`)).body.totals.owedTo.duties['accept-rules'],
    ).toBe(2)
    for (const party of [a, b, mediator, agency])
      expect((await reads(party, `/v1/duties/${items[0].id}`)).status).toBe(200)
    expect((await reads(outsider, `/v1/duties/${items[0].id}`)).status).toBe(404)
  })
})

describe('a mechanism', () => {
  it('shows each version of its rules, whom it waits for, and when it stood still', async () => {
    const { body } = await reads(agency, `/v1/mechanisms/${mechanism}`)
    expect(body.rules).toMatchObject([
      { version: 1, by: a.id, waitsFor: [], place: { statement: proposal.id }, rules: { zone: 'Asia/Tbilisi' } },
      { version: 2, by: a.id, waitsFor: [b.id, mediator.id], rules: { version: 2 } },
    ])
    expect(body.rules[0].accepted.map(({ party }: { party: string }) => party)).toEqual([a.id, b.id, mediator.id])
    expect(body.rules[0].inForceSince).toBe(body.rules[0].accepted.at(-1).leaf)
    expect(body.rules[1]).not.toHaveProperty('inForceSince')
    expect(body.suspensions).toEqual([
      {
        place: { statement: suspension.id, leaf: leafOf['2031-03-06'], time: expect.stringMatching(/^2031-03-06T/) },
        by: b.id,
        until: leafOf['2031-03-07'],
      },
    ])
    expect(body.absences).toEqual([])
  })
})

describe('the calendar', () => {
  /** The events of a calendar, each by its property names. Lines are unfolded as RFC 5545, section 3.1, has it. */
  async function events(party: TestParty, query = ''): Promise<readonly Record<string, string>[]> {
    const { status, headers, body } = await reads(party, `/v1/deadlines.ics${query}`, '2031-04-01T09:00:00Z')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/calendar; charset=utf-8')
    const lines = String(body).replaceAll('\r\n ', '').split('\r\n')
    const all: Record<string, string>[] = []
    for (const line of lines) {
      if (line === 'BEGIN:VEVENT') all.push({})
      const [name = '', value = ''] = line.split(/:(.*)/)
      const event = all.at(-1)
      if (event) event[name] = value
    }
    return all
  }

  it('holds an all-day event for each duty that has a date, under an id of its own', async () => {
    const all = await events(b)
    const id = await dutyId('reply', 'remains')
    expect(all.find(({ UID }) => UID === `${id}@tidings`)).toMatchObject({
      SUMMARY: 'A-B-2031-00002: reply (remains) due',
      'DTSTART;VALUE=DATE': '20310320',
      'DTEND;VALUE=DATE': '20310321',
      TRANSP: 'TRANSPARENT',
      STATUS: 'CONFIRMED',
      DESCRIPTION: `tidings why ${id}`,
    })
    expect(new Set(all.map(({ UID }) => UID)).size).toBe(all.length)
    // Those of January have no date: no rules were in force.
    expect(all.some(({ SUMMARY }) => SUMMARY?.includes('documents'))).toBe(false)
  })

  it('cancels what was discharged, under the same id and a higher sequence', async () => {
    const all = await events(b)
    const event = async (question: string) => {
      const id = await dutyId('reply', question)
      return all.find(({ UID }) => UID === `${id}@tidings`)
    }
    expect(await event('fate')).toMatchObject({ STATUS: 'CANCELLED', 'DTSTART;VALUE=DATE': '20310320' })
    // Suspended, resumed; and discharged.
    expect((await event('remains'))?.SEQUENCE).toBe('2')
    expect((await event('fate'))?.SEQUENCE).toBe('3')
  })

  it("is of the reader's own party on both sides, of its mechanisms for a mediator, and empty for others", async () => {
    const ids = async (party: TestParty, query?: string) => (await events(party, query)).map(({ UID }) => UID).sort()
    const own = await ids(b)
    expect(await ids(a)).toEqual(own)
    expect(await ids(mediator)).toEqual(own)
    expect(await ids(b, '?direction=owed-by')).toEqual(own)
    expect(await ids(b, '?direction=owed-to')).toEqual([])
    expect(await ids(b, `?mechanism=${newThingId()}`)).toEqual([])
    expect(await ids(outsider)).toEqual([])
    expect(await ids(agency)).toEqual([])
  })

  it('has no day after the last that there is a date for', async () => {
    await using desk = await openTestDesk()
    const { world } = desk
    const [asker, answerer] = [await world.party(), await world.party()]
    const between = await world.mechanism([asker, 'commission', 'A'], [answerer, 'commission', 'B'])
    await world.agreed(between, { version: 1, zone: 'UTC', periods: {} }, asker, answerer)
    const asked = await asker.submits(answerer, between, ['fate'])
    await answerer.replies(asked, [{ question: 'fate', disposition: 'not-now', review: '9999-12-31' }])
    await desk.publish()
    const { body } = await (await desk.as(asker))('/v1/deadlines.ics')
    expect(body.match(/^DT(START|END).*(?=\r$)/gm)).toEqual(['DTSTART;VALUE=DATE:99991231'])
  })

  it('names nobody', async () => {
    const { body } = await reads(b, '/v1/deadlines.ics')
    for (const party of [a, b, mediator]) expect(body).not.toContain(party.id)
  })
})

describe('the calculator', () => {
  /** The reply to a request of 1 April. */
  async function running() {
    const { items } = (await reads(b, `/v1/parties/${b.id}/outstanding?kind=reply&question=whereabouts`)).body
    return items[0]
  }

  const calculate = async (query: string) =>
    await reads(b, `/v1/duties/${await dutyId('reply', 'remains')}/calculation?${query}`, '2031-04-01T09:00:00Z')

  it('says what would become of a date, and states nothing', async () => {
    const late = (await calculate('assume=extension&n=5')).body
    expect(late.now).toMatchObject({ state: 'open-beyond', due: '2031-03-20' })
    // Asked after the due date an extension moves nothing, and says so.
    expect(late).toMatchObject({ would: { due: '2031-03-20' }, movedBy: 0 })
    expect(late.would.steps.map(({ step }: { step: string }) => step)).toContain('extension-too-late')
    expect((await reads(b, `/v1/mechanisms/${mechanism}`)).body.suspensions).toHaveLength(1)
  })

  it('assumes a suspension or a clarification from a day until another, and nothing before what is recorded', async () => {
    const { status, body } = await calculate('assume=suspension&from=2031-04-02&until=2031-04-10')
    expect(status).toBe(200)
    expect(body.would.due).toBe('2031-03-20')
    // Ten working days from 1 April end on the 15th; without the first ten days, on the 24th. What is assumed, nobody has stated.
    const { id, due } = await running()
    const moved = (
      await reads(b, `/v1/duties/${id}/calculation?assume=suspension&until=2031-04-10`, '2031-04-01T09:00:00Z')
    ).body
    expect(moved).toMatchObject({ now: { state: 'running', due }, movedBy: 9 })
    const assumed = moved.would.steps.find(({ step }: { step: string }) => step === 'suspension')
    expect(assumed).toMatchObject({ from: '2031-04-02', to: '2031-04-10' })
    expect(Object.keys(assumed.because)).not.toContain('statement')
    expect(assumed.text).toBe('2031-04-02 to 2031-04-10: the mechanism suspended, as is assumed, not counted')
    for (const query of ['assume=suspension&from=2031-03-01', 'assume=extension', 'assume=rain', '']) {
      expect((await calculate(query)).status, query).toBe(400)
    }
  })

  it('looks as far as calendars may be agreed, and says where it ends', async () => {
    expect((await calculate('assume=suspension&until=2200-12-31')).status).toBe(200)
    for (const [query, field] of [
      ['assume=suspension&until=2201-01-01', 'until'],
      ['assume=clarification&until=9999-12-31', 'until'],
      ['assume=extension&n=1&from=9999-12-31', 'from'],
    ]) {
      const { status, body } = await calculate(query ?? '')
      expect({ status, field: body.field, rule: body.rule }, query).toEqual({
        status: 400,
        field: `query/${field}`,
        rule: 'must be 2200-12-31 at the latest',
      })
    }
  })
})

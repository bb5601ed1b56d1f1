import { StatementSync } from 'node:sqlite'
import { type Duty, dutiesOf, isOpen, type RequestThing, reminderDue } from '@tidings/exchange'
import { canonicalForm, newContent, newThingId, note, type Rules, type Statement } from '@tidings/statement'
import { describe, expect, it, vi } from 'vitest'
import type { Snapshot } from '../projection/snapshot.ts'
import { castOf } from '../testing/cast.ts'
import { openTestDesk, type Read } from '../testing/test-desk.ts'
import type { TestParty } from '../testing/world.ts'

/** Two commissions and a mediator, with a day that goes on as a test says. */
async function opened(more: Partial<Rules> = {}) {
  let today = Date.UTC(2031, 0, 3, 8)
  const t = await openTestDesk({ now: () => today })
  const { world } = t
  const { a, b, mediator, mechanism } = await castOf(world, 'a', 'b', 'mediator')
  t.goTo(new Date(today).toISOString())
  const rules: Rules = {
    version: 1,
    zone: 'Asia/Tbilisi',
    periods: { reply: { n: 10, unit: 'calendar-days' } },
    count: { roll: false },
    reminders: { every: 7 },
    ...more,
  }
  await world.agreed(mechanism, rules, a, b, mediator)
  await t.publish()

  /** What is stated on a day that comes so many days after the last. */
  async function after(days: number, act: () => Promise<unknown>) {
    today += days * 86_400_000
    t.goTo(new Date(today).toISOString())
    await act()
    await t.publish()
  }
  const day = (days = 0) => new Date(today + days * 86_400_000).toISOString().slice(0, 10)
  return { t, a, b, mediator, mechanism, after, day }
}

const reminds = (who: TestParty, { id, payload }: Statement, about: TestParty) =>
  who.states('request.remind', {
    about: payload.about,
    mechanism: payload.mechanism ?? '',
    re: [id],
    aud: [about.id],
    body: { duty: 'reply', questions: [...(payload as Statement<'request.submit'>['payload']).body.questions] },
  })

/** Every item, page by page. */
async function allOf(read: Read, query: string) {
  const found: { id: string; reminder: { number: number; since: string } }[] = []
  for (let cursor = ''; ; ) {
    const { status, body } = await read(`/v1/reminders?${query}${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    found.push(...body.items)
    if (body.next === undefined) return found
    cursor = body.next
  }
}

describe('the reminders that are listed', () => {
  it('are those that asking every open duty finds, whatever has happened to its clock', {
    timeout: 60_000,
  }, async () => {
    const { t, a, b, mediator, mechanism, after, day } = await opened({ clarification: { effect: 'restart' } })
    await using _t = t
    const { views } = t.desk

    function asked(on: string): readonly string[] {
      const times = views.reader.prepare('SELECT time FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1')
      const secondsOf = (leaf: number) => Number(times.get(leaf)?.time)
      const standing = views.present.mechanism(mechanism)
      if (!standing) throw new Error('no mechanism')
      return views.reader
        .prepare("SELECT name, snapshot FROM streams WHERE name LIKE 'request-%'")
        .all()
        .flatMap(({ name, snapshot }) => {
          const { thing } = (JSON.parse(String(snapshot)) as Snapshot<'request'>).state
          const told = (duty: Duty, number: number) => {
            const found = reminderDue(duty, standing, secondsOf, { atLeaf: views.size() - 1, on })
            return found ? [`${String(name).slice(8)}.${number} ${found.number} ${found.since}`] : []
          }
          return dutiesOf(thing as RequestThing).flatMap((duty, n) => (isOpen(duty) ? told(duty, n) : []))
        })
    }

    let found = 0
    async function compare() {
      // The last token has expired when days have gone by.
      const read = await t.as(mediator)
      for (const on of [day(), day(3), day(12), day(40)]) {
        const items = await allOf(read, `limit=3&on=${on}`)
        const listed = items.map(({ id, reminder: { number, since } }) => `${id} ${number} ${since}`)
        expect(listed.toSorted()).toEqual(asked(on).toSorted())
        found += listed.length
      }
    }

    const requests: Statement[] = []
    const submit = async (from: TestParty, to: TestParty) => {
      requests.push(await from.submits(to, mechanism, ['fate', 'remains']))
    }
    const of = (n: number) => requests[n] as Statement<'request.submit'>
    for (let n = 0; n < 4; n++) {
      await after(1, async () => {
        await submit(a, b)
        await submit(b, a)
        await submit(a, b)
      })
    }
    await compare()
    // Beyond the period, some are reminded of; one is answered, of one the asker closes nothing yet.
    await after(14, async () => {
      await reminds(a, of(0), b)
      await reminds(mediator, of(1), a)
      await b.replies(of(2), [{ question: 'fate', disposition: 'given' }])
    })
    await compare()
    // A question back, answered three days later: the count begins anew. An extension, which asking grants where the rules name nobody.
    await after(1, async () => {
      await submit(a, b)
      await submit(a, b)
    })
    const about = (n: number) => ({ about: of(n).payload.about, mechanism, re: [of(n).id], aud: [a.id] })
    let back: Statement | undefined
    await after(2, async () => {
      back = await b.states('request.ask-clarification', { ...about(12), body: { questions: ['fate', 'remains'] } })
      await b.states('request.ask-extension', {
        ...about(13),
        body: { questions: ['fate', 'remains'], n: 9, reason: 'volume' },
      })
    })
    await compare()
    await after(3, async () => {
      const content = newContent(newThingId(), note.mediaType, canonicalForm({ text: 'as asked' }))
      await a.states(
        'request.clarify',
        { ...about(12), re: [back?.id ?? ''], aud: [b.id], body: {}, content: [content.reference] },
        { contents: [content] },
      )
    })
    await compare()
    let suspension: Statement | undefined
    await after(5, async () => {
      suspension = await b.suspends(mechanism)
    })
    await compare()
    await after(20, async () => suspension && (await b.resumes(suspension)))
    await compare()
    await after(4, async () => {
      for (const n of [0, 3, 5]) await reminds(n % 2 ? b : a, of(n), n % 2 ? a : b)
      await a.withdraws(of(8))
    })
    await compare()
    await after(30, async () => {})
    await compare()
    expect(found).toBeGreaterThan(100)
  })

  it('cost what a page shows and a look at each day, not what is open', { timeout: 60_000 }, async () => {
    const days = 8
    /** Rows that are read of any table for one answer, where so many requests are opened on each of the days. */
    async function rows(each: number) {
      const { t, a, b, mediator, mechanism, after } = await opened()
      await using _t = t
      for (let n = 0; n < days; n++) {
        await after(1, async () => {
          for (let i = 0; i < each; i++) await a.submits(b, mechanism)
        })
      }
      const all = vi.spyOn(StatementSync.prototype, 'all')
      const get = vi.spyOn(StatementSync.prototype, 'get')
      async function counted(query: string) {
        const read = await t.as(mediator)
        for (const spy of [all, get]) spy.mockClear()
        const { body } = await read(`/v1/reminders?${query}`)
        const many = all.mock.results.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
        return { items: body.items.length, rows: many + get.mock.results.filter(({ value }) => value).length }
      }
      try {
        const early = await counted('on=2031-01-14')
        const page = await counted('on=2031-12-31&limit=2')
        // A suspension of a month moves every date: those days are looked at, and none is due.
        let suspension: Statement | undefined
        await after(1, async () => {
          suspension = await b.suspends(mechanism)
        })
        const standing = await counted('on=2031-02-05')
        await after(30, async () => suspension && (await b.resumes(suspension)))
        return { early, page, standing, moved: await counted('on=2031-02-12') }
      } finally {
        all.mockRestore()
        get.mockRestore()
      }
    }
    const few = await rows(3)
    const many = await rows(30)
    expect(many).toEqual(few)
    expect(few.page.items).toBe(2)
    for (const none of [few.early, few.standing, few.moved]) expect(none.items).toBe(0)
    // For each day the group, and the checkpoints that its clock asks for.
    expect(few.moved.rows - few.standing.rows).toBeGreaterThanOrEqual(days)
    expect(few.moved.rows - few.standing.rows).toBeLessThan(days * 4)
  })
})

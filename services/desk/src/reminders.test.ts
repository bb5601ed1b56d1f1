import type { Question, Rules, Statement } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { castOf } from './testing/cast.ts'
import { openTestDesk, type TestDesk } from './testing/test-desk.ts'
import type { TestParty } from './testing/world.ts'

/**
 * A and B agreed that a reply takes ten calendar days and a reminder is due every seven days past due, the third with a referral. A asks on 3 March 2031 about fate and
 * remains, and B asks A about documents: all of it is due on the 13th.
 */
let t: TestDesk
let a: TestParty
let b: TestParty
let mediator: TestParty
let observer: TestParty
let mechanism: string
let request: Statement
let other: Statement
let today = '2031-03-03T08:00:00Z'

beforeAll(async () => {
  t = await openTestDesk({ now: () => Date.parse(today) })
  const { world } = t
  ;({ a, b, mediator, observer, mechanism } = await castOf(world, 'a', 'b', 'mediator', 'observer'))
  t.goTo('2031-01-03T08:00:00Z')
  const rules: Rules = {
    version: 1,
    zone: 'Asia/Tbilisi',
    periods: { reply: { n: 10, unit: 'calendar-days' } },
    count: { roll: false },
    // biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter; rules are data that nobody awaits.
    reminders: { every: 7, then: 'refer' },
  }
  await world.agreed(mechanism, rules, a, b, mediator)
  await on(today, async () => {
    request = await a.submits(b, mechanism, ['fate', 'remains'])
    other = await b.submits(a, mechanism, ['documents'])
  })
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

/** Something is stated on a day, which is today from then on. */
async function on(instant: string, act: () => Promise<unknown>) {
  t.goTo(instant)
  await act()
  await t.publish()
  today = instant
}

const remind = (who: TestParty, questions: readonly Question[]) =>
  who.states('request.remind', {
    about: request.payload.about,
    mechanism,
    re: [request.id],
    aud: [a.id, b.id].filter((id) => id !== who.id),
    body: { duty: 'reply', questions: [...questions] },
  })

interface Item {
  readonly question: string
  readonly owner: string
  readonly daysBeyond: number
  readonly reminder: { readonly number: number; readonly since: string }
}

/** Pages of reminders as a party reads them. */
async function pages(party: TestParty, query = ''): Promise<readonly (readonly Item[])[]> {
  const read = await t.as(party)
  const all: Item[][] = []
  for (let next: string | undefined = ''; next !== undefined; ) {
    const answer = await read(`/v1/reminders?${query}${next === '' ? '' : `&cursor=${next}`}`)
    expect(answer.status).toBe(200)
    all.push(answer.body.items)
    next = answer.body.next
  }
  return all
}
const reminders = async (party: TestParty, query?: string) => (await pages(party, query)).flat()
const told = (items: readonly Item[]) => items.map(({ question, reminder }) => `${question} ${reminder.number}`)

describe('reminders that are due', () => {
  it('are none before the agreed days past due, and may be looked ahead to', async () => {
    today = '2031-03-19T08:00:00Z'
    expect(await reminders(a)).toEqual([])
    expect(told(await reminders(a, 'on=2031-03-20'))).toEqual(['fate 1', 'remains 1'])
  })

  it('tell number, day, rules and what follows the third, beside where the duty stands', async () => {
    today = '2031-03-22T08:00:00Z'
    const [first] = await reminders(a)
    expect(first).toMatchObject({
      kind: 'reply',
      question: 'fate',
      reference: 'A-B-2031-00001',
      owner: b.id,
      towards: a.id,
      state: 'open-beyond',
      due: '2031-03-13',
      daysBeyond: 9,
      rulesVersion: 1,
      reminder: { number: 1, since: '2031-03-20', every: 7, afterThird: 'refer' },
    })
  })

  it('are for the party that is owed, on either side alike, and for the mediator; for nobody else', async () => {
    expect(told(await reminders(a))).toEqual(['fate 1', 'remains 1'])
    expect(told(await reminders(b))).toEqual(['documents 1'])
    expect(told(await reminders(mediator))).toEqual(['fate 1', 'remains 1', 'documents 1'])
    expect(await reminders(observer)).toEqual([])
  })

  it('are read by pages, and narrowed by kind, question and mechanism', async () => {
    const one = await pages(mediator, 'limit=1')
    expect(one.map(told)).toEqual([['fate 1'], ['remains 1'], ['documents 1']])
    expect(told(await reminders(mediator, 'question=remains'))).toEqual(['remains 1'])
    expect(await reminders(mediator, 'kind=assess')).toEqual([])
    expect(await reminders(mediator, `mechanism=${other.payload.about}`)).toEqual([])
    expect((await (await t.as(a))('/v1/reminders?kind=accept-rules')).status).toBe(400)
    expect((await (await t.as(a))('/v1/reminders?on=soon')).status).toBe(400)
  })

  it('count those that were stated, by whomever, and are one at most in each span of days', async () => {
    await on('2031-03-22T09:00:00Z', () => remind(mediator, ['fate']))
    expect(told(await reminders(a))).toEqual(['remains 1'])
    // What may have been due for longest comes first.
    expect(told(await reminders(a, 'on=2031-03-27'))).toEqual(['remains 1', 'fate 2'])
    await on('2031-03-28T09:00:00Z', () => remind(a, ['fate', 'remains']))
    expect(await reminders(a)).toEqual([])
    expect(told(await reminders(a, 'on=2031-04-03'))).toEqual(['remains 2', 'fate 3'])
  })

  it('are not due while the mechanism stands still', async () => {
    let suspension: Statement | undefined
    await on('2031-04-04T09:00:00Z', async () => {
      suspension = await b.suspends(mechanism)
    })
    expect(await reminders(a)).toEqual([])
    await on('2031-04-05T09:00:00Z', async () => suspension && (await b.resumes(suspension)))
    // What was due before the suspension is due again: the period had passed.
    expect(told(await reminders(a))).toEqual(['remains 2', 'fate 3'])
  })
})

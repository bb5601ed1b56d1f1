import type { PayloadOf, Statement } from '@tidings/statement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { castOf } from './testing/cast.ts'
import { openTestDesk, type TestDesk } from './testing/test-desk.ts'
import type { TestParty } from './testing/world.ts'

/** A, B and C are commissions. A has asked B twice and C once, B has asked A once; the mediator decides what is referred. */
let t: TestDesk
let a: TestParty
let b: TestParty
let c: TestParty
let mediator: TestParty
let observer: TestParty
let mechanism: string
let asked: { readonly first: Statement; readonly second: Statement; readonly ofC: Statement; readonly back: Statement }

beforeAll(async () => {
  t = await openTestDesk()
  const { world } = t
  ;({ a, b, third: c, mediator, observer, mechanism } = await castOf(world, 'a', 'b', 'third', 'mediator', 'observer'))
  asked = {
    first: await a.submits(b, mechanism, ['fate', 'remains']),
    second: await a.submits(b, mechanism),
    ofC: await a.submits(c, mechanism),
    back: await b.submits(a, mechanism),
  }
}, 30_000)
afterAll(() => t[Symbol.asyncDispose]())

/** A question is referred by whoever asked it, and decided upon by the mediator. */
async function decides(
  by: TestParty,
  request: Statement,
  outcome: Exclude<PayloadOf<'request.decide-referral'>['body']['decisions'][number]['outcome'], 'review-by'>,
) {
  const { about, to = [] } = request.payload
  const referral = await by.states('request.refer', {
    about,
    mechanism,
    re: [request.id],
    aud: [...to],
    body: { questions: ['fate'], ground: 'no-reply' },
  })
  await mediator.states('request.decide-referral', {
    about,
    mechanism,
    re: [referral.id],
    aud: [by.id, ...to],
    body: { decisions: [{ question: 'fate', outcome }] },
  })
}

/** Matters that are to go to a meeting, by asker, as a party reads them. */
async function toMeeting(reader: TestParty) {
  await t.publish()
  const { body } = await (await t.as(reader))(`/v1/mechanisms/${mechanism}`)
  const told: readonly { readonly party: string; readonly matters: number }[] = body.toMeeting
  const names = new Map([
    [a.id, 'A'],
    [b.id, 'B'],
  ])
  return Object.fromEntries(told.map(({ party, matters }) => [names.get(party) ?? party, matters]))
}

describe('what is to go to a meeting', () => {
  it('is counted by matters, once each, and only where that was decided', async () => {
    expect(await toMeeting(mediator)).toEqual({})
    await decides(a, asked.first, 'to-meeting')
    await decides(a, asked.first, 'to-meeting')
    await decides(a, asked.second, 'reply-again')
    await decides(b, asked.back, 'to-meeting')
    await decides(a, asked.ofC, 'to-meeting')
    expect(await toMeeting(mediator)).toEqual({ A: 2, B: 1 })
  })

  it('is told to each side of what it asked or is asked about, to the mediator of all, to an observer of nothing', async () => {
    expect(await toMeeting(a)).toEqual({ A: 2, B: 1 })
    expect(await toMeeting(b)).toEqual({ A: 1, B: 1 })
    expect(await toMeeting(c)).toEqual({ A: 1 })
    expect(await toMeeting(observer)).toEqual({})
  })

  it('is no matter any more once all of its questions are closed', async () => {
    const { about } = asked.first.payload
    await a.states('request.withdraw', { about, mechanism, re: [asked.first.id], aud: [b.id], body: {} })
    expect(await toMeeting(b)).toEqual({ B: 1 })
  })
})

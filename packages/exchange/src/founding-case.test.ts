import { readFileSync } from 'node:fs'
import type { Question } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { type Clock, calendar30, clockOf, dutiesOf } from './index.ts'
import { mechanismOf, party, partyOf, rulesOf, type Said, sayAll, thing } from './spec/index.ts'
import { World } from './spec/world.ts'

/**
 * The founding case in numbers: one list of 3,890 persons and one of 777; requests on 872 of them; 54 had been met in detention: the bodies of 17 were
 * returned, the deaths of 33 notified without remains, nothing known of 4. Then the life of one request, with its dates.
 */
const questions: readonly Question[] = ['fate', 'whereabouts', 'remains']
const a = party('A')
const b = party('B')
const m = party('M')

/** Its numbers, which `test/founding-case.test.ts` walks on a running service as well. */
const { lists, asked, metInDetention } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/founding-case.json', import.meta.url), 'utf8'),
) as {
  readonly lists: { readonly A: number; readonly B: number }
  readonly asked: number
  readonly metInDetention: { readonly returned: number; readonly notified: number; readonly unknown: number }
}
const { returned, notified, unknown } = metInDetention

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
const request = (i: number) => `R${i}`

describe('the founding case', () => {
  const world = new World()
  // Days pass between acts: from each of these leaves on it is that day.
  const days: { readonly from: number; readonly day: string }[] = []
  const timeOf = (leaf: number) => Date.parse(`${days.findLast(({ from }) => from <= leaf)?.day}T09:00:00Z`) / 1000

  function on(day: string, ...said: readonly Said[]): void {
    days.push({ from: world.leaf, day })
    const verdicts = sayAll(world, said)
    expect(verdicts.filter(({ verdict }) => verdict !== 'effective')).toEqual([])
  }

  const requests = () => upTo(asked).flatMap((i) => world.thing('request', thing(request(i))) ?? [])

  /** Open duties by owner and kind, and open questions. */
  function counts(): {
    questions: number
    A?: Record<string, number>
    B?: Record<string, number>
    M?: Record<string, number>
  } {
    const owed: Record<string, Record<string, number>> = {}
    let open = 0
    for (const { owed: duties, questions: asked } of requests()) {
      open += asked.filter(({ closed }) => !closed).length
      for (const { owner, kind } of duties) {
        const name = ['A', 'B', 'M'].find((one) => partyOf(one) === owner) ?? ''
        owed[name] ??= {}
        owed[name][kind] = (owed[name][kind] ?? 0) + 1
      }
    }
    return { ...owed, questions: open }
  }

  /** The clock of the open duty of this kind about the first request that was not answered. */
  function clock(name: string, kind: string, question: Question): Clock {
    const state = world.thing('request', thing(name))
    const mechanism = world.thing('mechanism', thing('MECH'))
    const duty = state && dutiesOf(state).findLast((one) => one.kind === kind && one.question === question)
    if (!duty || !mechanism) throw new Error('there is no such duty')
    return clockOf(duty, mechanism, timeOf, { atLeaf: world.leaf - 1 })
  }

  it('two commissions and a mediator agree, on thirty days to reply', () => {
    on(
      '2031-01-06',
      mechanismOf(['A', 'B', 'M']),
      rulesOf({ ...calendar30({ version: 1, zone: 'Asia/Tbilisi' }), version: 1 }),
    )
  })

  it('each keeps its list: 3,890 and 777', () => {
    on(
      '2031-01-07',
      upTo(lists.A).map((i) => a.describesCase(`A${i}`)),
      upTo(lists.B).map((i) => b.describesCase(`B${i}`)),
      a.publishesList('LA'),
      b.publishesList('LB'),
    )
    expect(counts()).toEqual({ questions: 0 })
  })

  it('A asks about 872: B owes 872 acknowledge and 2,616 reply', () => {
    on(
      '2031-01-08',
      upTo(asked).map((i) => a.submits(request(i), questions, 'B')),
    )
    expect(counts()).toEqual({ B: { acknowledge: 872, reply: 2616 }, questions: 2616 })
    expect(clock('R0', 'reply', 'fate')).toMatchObject({ state: 'running', dayZero: '2031-01-08', due: '2031-02-07' })
  })

  it('B acknowledges all, and answers of the 54 met in detention: 17 returned, 33 notified, 4 unknown', () => {
    on(
      '2031-01-20',
      upTo(asked).map((i) => b.acknowledges(request(i))),
    )
    expect(counts()).toEqual({ B: { reply: 2616 }, questions: 2616 })
    on(
      '2031-01-27',
      upTo(returned).map((i) => b.replies(request(i), { fate: 'given', whereabouts: 'given', remains: 'given' })),
      upTo(notified).map((i) => b.replies(request(returned + i), { fate: 'given' })),
      upTo(unknown).map((i) =>
        b.replies(request(returned + notified + i), { fate: 'none-found', whereabouts: 'none-found' }),
      ),
    )
    expect(counts()).toEqual({
      A: { assess: 17 * 3 + 33 + 4 * 2 },
      B: { reply: 2616 - 17 * 3 - 33 - 4 * 2 },
      questions: 2616,
    })
  })

  it('A accepts what was given: a death notified without remains leaves whereabouts and remains open', () => {
    on(
      '2031-01-30',
      upTo(returned).map((i) =>
        a.assesses(request(i), { fate: 'accepted', whereabouts: 'accepted', remains: 'accepted' }),
      ),
      upTo(notified).map((i) => a.assesses(request(returned + i), { fate: 'accepted' })),
    )
    expect(counts()).toEqual({ A: { assess: 8 }, B: { reply: 2524 }, questions: 2616 - 17 * 3 - 33 })
    const open = world.thing('request', thing(request(returned)))
    expect(open?.questions.filter(({ closed }) => !closed).map(({ question }) => question)).toEqual([
      'whereabouts',
      'remains',
    ])
  })

  it('a question back pauses the reply that it names, both days included; the other replies run on', () => {
    on('2031-01-31', b.asksBack('R101', ['whereabouts']))
    expect(clock('R101', 'reply', 'whereabouts').state).toBe('paused')
    on('2031-02-05', a.clarifies('R101'))
    // 31 January to 5 February are six days.
    expect(clock('R101', 'reply', 'whereabouts')).toMatchObject({ state: 'running', due: '2031-02-13' })
    expect(clock('R101', 'reply', 'remains')).toMatchObject({ state: 'running', due: '2031-02-07' })
  })

  it('an extension that is asked for in time and granted lengthens the period', () => {
    on('2031-02-06', b.asksMoreTime('R102', ['fate'], 20))
    on('2031-02-10', a.decidesExtension('R102', 'granted'))
    expect(clock('R102', 'reply', 'fate')).toMatchObject({ state: 'running', due: '2031-02-27' })
    expect(clock('R102', 'reply', 'whereabouts')).toMatchObject({ state: 'open-beyond', due: '2031-02-07' })
  })

  it('a correction replaces the whole answer from its own leaf: it is assessed anew, and answers one question more', () => {
    const before = counts()
    on('2031-02-10', b.correctsReply('R17', { fate: 'given', whereabouts: 'given' }))
    // Fate, which had been accepted as it was answered before, is open again; whereabouts is no longer to be answered; both are to be assessed.
    expect(counts()).toEqual({
      ...before,
      A: { ...before.A, assess: (before.A?.assess ?? 0) + 2 },
      B: { ...before.B, reply: (before.B?.reply ?? 0) - 1 },
      questions: before.questions + 1,
    })
  })

  // The life of one request that was not answered, from here on.
  const one = 'R100'

  it('a reply that is outstanding beyond the agreed period is reminded of: that moves no date', () => {
    on('2031-02-10', m.reminds(one, 'reply', ['fate']))
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'open-beyond', due: '2031-02-07', daysBeyond: 3 })
  })

  it('an extension that is asked for after the due date moves nothing', () => {
    on('2031-02-11', b.asksMoreTime(one, ['fate'], 20), a.decidesExtension(one, 'granted'))
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'open-beyond', due: '2031-02-07' })
  })

  it('an answer found insufficient is owed again for a full period; found so twice, the mediator decides', () => {
    on('2031-02-20', b.replies(one, { fate: 'given' }), a.assesses(one, { fate: 'insufficient' }))
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'running', dayZero: '2031-02-20', due: '2031-03-22' })
    on('2031-03-03', b.replies(one, { fate: 'given' }), a.assesses(one, { fate: 'insufficient' }))
    expect(clock(one, 'decide-referral', 'fate')).toMatchObject({
      state: 'running',
      dayZero: '2031-03-03',
      due: '2031-04-02',
    })
    expect(counts()).toMatchObject({ M: { 'decide-referral': 1 } })
  })

  it('a suspension of forty days moves what is running by forty days, and nothing that is past', () => {
    on('2031-03-10', a.suspends())
    expect(clock(one, 'decide-referral', 'fate').state).toBe('paused')
    on('2031-04-18', a.resumes())
    // 10 March to 18 April, both included, are 40 days.
    expect(clock(one, 'decide-referral', 'fate')).toMatchObject({ state: 'running', due: '2031-05-12' })
    expect(clock(one, 'reply', 'remains')).toMatchObject({ due: '2031-02-07' })
  })

  it('the mediator decides that it is to be answered again; answered and accepted, it is closed; reopened, it is owed anew', () => {
    on('2031-04-22', m.decides(one, { fate: 'reply-again' }))
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'running', dayZero: '2031-04-22', due: '2031-05-22' })
    on('2031-05-05', b.replies(one, { fate: 'given' }))
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'met' })
    on('2031-05-06', a.assesses(one, { fate: 'accepted' }))
    const closed = counts().questions
    on('2031-06-02', a.reopens(one, ['fate']))
    expect(counts().questions).toBe(closed + 1)
    expect(clock(one, 'reply', 'fate')).toMatchObject({ state: 'running', dayZero: '2031-06-02', due: '2031-07-02' })
  })
})

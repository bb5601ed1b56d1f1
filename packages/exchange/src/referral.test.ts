import { describe, expect, it } from 'vitest'
import type { PartyAct } from './spec/acts.ts'
import {
  closed,
  discharged,
  duties,
  effective,
  ended,
  given,
  mechanismOf,
  open,
  owed,
  party,
  rulesOf,
  thing,
  voided,
} from './spec/index.ts'
import type { World } from './spec/world.ts'

const [a, b, c, m, g] = [party('A'), party('B'), party('C'), party('M'), party('G')]
const parties = mechanismOf(['A', 'B', 'C', 'M', 'G'])
const asked = [parties, a.submits('R1', ['fate', 'remains'], 'B').named('request'), b.acknowledges('R1')]
const referred = [asked, a.refers('R1', ['fate']).named('referral')]
const disputed = [
  parties,
  a.submits('R1', ['fate'], 'B').named('request'),
  b.replies('R1', { fate: 'given' }).named('reply'),
  a.assesses('R1', { fate: 'disputed' }).named('dispute'),
]

describe('request.refer', () => {
  it('opens decide-referral on the mediator, and reply keeps running', () =>
    given(asked)
      .when(a.refers('R1', ['fate']).named('referral'))
      .thenExpect(
        effective(),
        duties({ B: ['reply fate', 'reply remains'], M: ['decide-referral fate'] }),
        owed('decide-referral fate', 'M', 'A', 'referral'),
      ))

  it('goes to whom the rules of its leaf name, as long as that party takes part', () => {
    const toAgency = rulesOf({ referral: { decides: g.id } })
    given(asked, toAgency)
      .when(a.refers('R1', ['fate']))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'], G: ['decide-referral fate'] }))
    given(asked, toAgency, g.leaves())
      .when(a.refers('R1', ['fate']))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'], M: ['decide-referral fate'] }))
  })

  it('goes to nobody from whom a statement was kept: the mediator decides in its place', () => {
    const agreed = rulesOf({ referral: { decides: g.id }, agencyCopy: false })
    const toAll = (request: PartyAct) => request.with({ aud: [b.id, g.id] })
    const decidedBy = (name: string) => duties({ B: ['acknowledge', 'reply fate'], [name]: ['decide-referral fate'] })
    given(parties, agreed, toAll(a.submits('R1', ['fate'], 'B')))
      .when(toAll(a.refers('R1', ['fate'])))
      .thenExpect(effective(), decidedBy('G'))
    given(parties, agreed, a.submits('R1', ['fate'], 'B').with({ aud: [b.id] }))
      .when(toAll(a.refers('R1', ['fate'])))
      .thenExpect(effective(), decidedBy('M'))
    given(parties, agreed, toAll(a.submits('R1', ['fate'], 'B')))
      .when(a.refers('R1', ['fate']).with({ aud: [b.id] }))
      .thenExpect(effective(), decidedBy('M'))
    const one = toAll(a.submits('R1', ['fate'], 'B'))
    given(parties, agreed, one, b.replies('R1', { fate: 'interim' }).with({ aud: [a.id] }))
      .when(toAll(a.refers('R1', ['fate'])))
      .thenExpect(effective(), duties({ B: ['reply fate'], M: ['decide-referral fate'] }))
  })

  it('goes to nobody where the party named does not know the request and nobody mediates', () =>
    given(
      mechanismOf(['A', 'B', 'C']),
      rulesOf({ referral: { decides: c.id } }),
      a.submits('R1', ['fate'], 'B'),
      b.acknowledges('R1'),
    )
      .when(a.refers('R1', ['fate']).with({ aud: [b.id, c.id] }))
      .thenExpect(effective(), duties({ B: ['reply fate'] })))

  it('opens nothing where nobody decides', () =>
    given(mechanismOf(['A', 'B']), a.submits('R1', ['fate'], 'B'))
      .when(a.refers('R1', ['fate']))
      .thenExpect(effective(), duties({ B: ['acknowledge', 'reply fate'] })))

  it('is said by the asker, of open questions, at any time', () => {
    for (const who of [b, c, m])
      given(asked)
        .when(who.refers('R1', ['fate']))
        .thenExpect(voided('not-the-asker'))
    given(asked)
      .when(a.refers('R1', ['documents']))
      .thenExpect(voided('not-asked', { question: 'documents' }))
    given(asked, b.replies('R1', { fate: 'not-now' }))
      .when(a.refers('R1', ['fate']))
      .thenExpect(effective())
    given(asked, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'accepted' }).named('closing'))
      .when(a.refers('R1', ['fate']))
      .thenExpect(voided('question-closed', { question: 'fate', by: 'closing' }))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(a.refers('R1', ['fate']))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })

  it('is of the request, or of the return that stands', () =>
    given(asked, b.replies('R1', { fate: 'given' }).named('reply'))
      .when(a.refers('R1', ['fate'], 'reply'))
      .thenExpect(voided('answers-another')))

  it('pends once per question', () => {
    given(referred)
      .when(a.refers('R1', ['remains', 'fate']))
      .thenExpect(voided('referral-pending', { question: 'fate', by: 'referral' }))
    given(disputed)
      .when(a.refers('R1', ['fate']))
      .thenExpect(voided('referral-pending', { question: 'fate', by: 'dispute' }))
    given(referred, m.decides('R1', { fate: 'to-meeting' }))
      .when(a.refers('R1', ['fate']))
      .thenExpect(effective())
  })
})

describe('request.decide-referral, by outcome', () => {
  it('reply-again: a new period, whether or not a reply was owed', () => {
    given(referred)
      .when(m.decides('R1', { fate: 'reply-again' }).named('decision'))
      .thenExpect(
        effective(),
        duties({ B: ['reply remains', 'reply fate'] }),
        discharged('decide-referral fate', 'decision'),
        ended('reply fate', 'decision'),
        owed('reply fate', 'B', 'A', 'decision'),
      )
    given(disputed)
      .when(m.decides('R1', { fate: 'reply-again' }).named('decision'))
      .thenExpect(effective(), duties({ B: ['reply fate'] }), owed('reply fate', 'B', 'A', 'decision'))
  })

  it('review-by: a review by that date in place of the reply', () =>
    given(referred)
      .when(m.decides('R1', { fate: 'review-by' }, '2031-08-01').named('decision'))
      .thenExpect(
        effective(),
        duties({ B: ['reply remains', 'review fate by 2031-08-01'] }),
        ended('reply fate', 'decision'),
      ))

  it('answer-stands: no duty, and the question stays open', () => {
    given(disputed)
      .when(m.decides('R1', { fate: 'answer-stands' }))
      .thenExpect(effective(), duties({}), open('R1', 'fate'))
    given(disputed, m.decides('R1', { fate: 'reply-again' }), a.refers('R1', ['fate']))
      .when(m.decides('R1', { fate: 'answer-stands' }).named('decision'))
      .thenExpect(effective(), duties({}), ended('reply fate', 'decision'), open('R1', 'fate'))
  })

  it('answer-stands closes the question where the rules say so', () =>
    given(disputed, rulesOf({ referral: { mayClose: true } }))
      .when(m.decides('R1', { fate: 'answer-stands' }).named('decision'))
      .thenExpect(effective(), duties({}), open('R1'), closed('R1', 'fate', 'decided', 'decision')))

  it('answer-stands needs an answer', () =>
    given(referred)
      .when(m.decides('R1', { fate: 'answer-stands' }))
      .thenExpect(voided('outcome-does-not-fit', { question: 'fate' })))

  it('to-meeting: everything else runs on', () =>
    given(referred)
      .when(m.decides('R1', { fate: 'to-meeting' }))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] }), open('R1', 'fate', 'remains')))

  it('of a return needs one that stands', () => {
    for (const outcome of ['return-upheld', 'return-not-upheld'] as const)
      given(referred)
        .when(m.decides('R1', { fate: outcome }))
        .thenExpect(voided('outcome-does-not-fit', { question: 'fate' }))
  })

  it('of what the mediator returned may be another, where the rules name another to decide', () => {
    const returned = [
      parties,
      rulesOf({ referral: { decides: g.id } }),
      a.submits('R1', ['fate', 'remains'], 'B').named('request'),
      m.returns('R1').named('return'),
      a.refers('R1', ['fate'], 'return'),
    ]
    given(returned)
      .when(g.decides('R1', { fate: 'return-not-upheld' }).named('decision'))
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge', 'reply fate', 'reply remains'] }),
        ended('clarify', 'decision'),
      )
    given(returned)
      .when(g.decides('R1', { fate: 'return-upheld' }))
      .thenExpect(effective(), duties({ A: ['clarify'] }))
    // One question is to be answered all the same: the return stands of the other.
    given(returned, g.decides('R1', { fate: 'reply-again' }))
      .when(a.clarifies('R1'))
      .thenExpect(effective(), duties({ B: ['reply fate', 'acknowledge', 'reply remains'] }))
  })
})

describe('request.decide-referral', () => {
  it('is said by whoever owes it', () => {
    for (const who of [a, b, c, g])
      given(referred)
        .when(who.decides('R1', { fate: 'to-meeting' }))
        .thenExpect(voided('not-the-decider', { question: 'fate' }))
  })

  it('falls to whoever would owe it now, should its owner have gone', () =>
    given(asked, rulesOf({ referral: { decides: g.id } }), a.refers('R1', ['fate']), g.leaves())
      .when(m.decides('R1', { fate: 'to-meeting' }))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] })))

  it('decides what was referred, once', () => {
    given(asked)
      .when(m.decides('R1', { fate: 'to-meeting' }))
      .thenExpect(voided('answers-another'))
    given(referred, a.refers('R1', ['remains']).named('other'))
      .when((world) => m.decides('R1', { fate: 'to-meeting' }).with({ re: [world.named('other').placed.id] }))
      .thenExpect(voided('answers-another', { question: 'fate' }))
    given(referred, m.decides('R1', { fate: 'to-meeting' }).named('decision'))
      .when(m.decides('R1', { fate: 'reply-again' }))
      .thenExpect(voided('nothing-to-decide', { question: 'fate', by: 'decision' }))
    given(referred, a.withdraws('R1').named('withdrawal'))
      .when(m.decides('R1', { fate: 'to-meeting' }))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(
      disputed,
      m.decides('R1', { fate: 'reply-again' }),
      b.replies('R1', { fate: 'given' }),
      a.assesses('R1', { fate: 'accepted' }).named('closing'),
    )
      .when(m.decides('R1', { fate: 'to-meeting' }))
      .thenExpect(voided('question-closed', { question: 'fate', by: 'closing' }))
  })
})

describe('not-now, again and again', () => {
  const notNow = (times: number) => Array.from({ length: times }, () => b.replies('R1', { fate: 'not-now' }))
  const under = (atMost: number) => [parties, rulesOf({ review: { atMost } }), a.submits('R1', ['fate'], 'B')]

  it('opens decide-referral after three reviews, unless the rules of the duty say otherwise', () => {
    const one = [parties, a.submits('R1', ['fate'], 'B')]
    given(one, notNow(3)).thenExpect(duties({ B: ['review fate by 2031-03-01'] }))
    given(one, notNow(4)).thenExpect(duties({ M: ['decide-referral fate'] }), open('R1', 'fate'))
    given(under(0), notNow(1)).thenExpect(duties({ M: ['decide-referral fate'] }))
    given(under(1), notNow(1)).thenExpect(duties({ B: ['review fate by 2031-03-01'] }))
    given(under(1), notNow(2)).thenExpect(duties({ M: ['decide-referral fate'] }))
  })

  it('leaves a review to make where nobody decides', () =>
    given(mechanismOf(['A', 'B']), a.submits('R1', ['fate'], 'B'), notNow(4)).thenExpect(
      duties({ B: ['review fate by 2031-03-01'] }),
    ))
})

describe('request.remind', () => {
  const remindings = (world: World) =>
    world.thing('request', thing('R1'))?.owed.map(({ kind, question, reminders }) => [kind, question, reminders])

  it('is counted, and touches nothing else', () =>
    given(asked)
      .when(a.reminds('R1', 'reply', ['fate']))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] }), (world) =>
        expect(remindings(world)).toEqual([
          ['reply', 'fate', 1],
          ['reply', 'remains', undefined],
        ]),
      ))

  it('is known by the leaf of the last, as is how many there were', () =>
    given(asked, a.reminds('R1', 'reply', ['fate']).named('first'))
      .when(m.reminds('R1', 'reply', ['fate']).named('second'))
      .thenExpect(effective(), (world) => {
        const reminded = world.thing('request', thing('R1'))?.owed.find(({ question }) => question === 'fate')
        expect(reminded).toMatchObject({ reminders: 2, remindedAt: world.named('second').placed.leaf })
      }))

  it('is said by the party to which the duty is owed, whichever side it is on, or by the mediator', () => {
    given(asked).when(m.reminds('R1', 'reply')).thenExpect(effective())
    for (const who of [b, c, g]) given(asked).when(who.reminds('R1', 'reply')).thenExpect(voided('nothing-to-remind'))
    given(disputed).when(a.reminds('R1', 'decide-referral')).thenExpect(effective())
    given(disputed).when(m.reminds('R1', 'decide-referral')).thenExpect(voided('nothing-to-remind'))
    given(asked, b.replies('R1', { fate: 'given' }))
      .when(b.reminds('R1', 'assess'))
      .thenExpect(effective())
  })

  it('reminds of what is owed', () => {
    given(asked).when(a.reminds('R1', 'review')).thenExpect(voided('nothing-to-remind'))
    given(asked)
      .when(a.reminds('R1', 'reply', ['fate', 'documents']))
      .thenExpect(voided('nothing-to-remind', { question: 'documents' }))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(a.reminds('R1', 'reply'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(asked, b.replies('R1', { fate: 'interim' }).named('interim'))
      .when((world) => a.reminds('R1', 'reply').with({ re: [world.named('interim').placed.id] }))
      .thenExpect(voided('answers-another'))
  })

  const thrice = Array.from({ length: 3 }, () => a.reminds('R1', 'reply', ['fate']))

  it('is sent three times of one duty, after which nothing follows unless agreed', () => {
    given(asked, thrice).thenExpect(duties({ B: ['reply fate', 'reply remains'] }))
    given(asked, thrice)
      .when(m.reminds('R1', 'reply', ['remains', 'fate']))
      .thenExpect(voided('too-many-reminders', { question: 'fate' }))
  })

  it('refers the question with the third, where the rules of the duty say so', () =>
    given(
      parties,
      // biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter.
      rulesOf({ reminders: { then: 'refer' } }),
      a.submits('R1', ['fate', 'remains'], 'B'),
      b.acknowledges('R1'),
      thrice,
    ).thenExpect(duties({ B: ['reply fate', 'reply remains'], M: ['decide-referral fate'] })))
})

describe('request.reopen', () => {
  const accepted = [
    asked,
    b.replies('R1', { fate: 'given' }),
    a.assesses('R1', { fate: 'insufficient' }),
    b.replies('R1', { fate: 'given' }),
    a.assesses('R1', { fate: 'accepted' }).named('closing'),
  ]

  it('opens the question again, with a new period', () =>
    given(accepted)
      .when(a.reopens('R1', ['fate']).named('reopening'))
      .thenExpect(
        effective(),
        open('R1', 'fate', 'remains'),
        duties({ B: ['reply remains', 'reply fate'] }),
        owed('reply fate', 'B', 'A', 'reopening'),
      ))

  it('counts insufficient answers from zero again', () =>
    given(accepted, a.reopens('R1', ['fate']), b.replies('R1', { fate: 'given' }))
      .when(a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(effective(), duties({ B: ['reply remains', 'reply fate'] })))

  it('is said by the asker only, of questions that are closed', () => {
    for (const who of [b, c, m])
      given(accepted)
        .when(who.reopens('R1', ['fate']))
        .thenExpect(voided('not-the-asker'))
    given(accepted)
      .when(a.reopens('R1', ['remains']))
      .thenExpect(voided('question-open', { question: 'remains' }))
    given(accepted)
      .when(a.reopens('R1', ['documents']))
      .thenExpect(voided('not-asked', { question: 'documents' }))
    given(accepted)
      .when((world) => a.reopens('R1', ['fate']).with({ re: [world.named('closing').placed.id] }))
      .thenExpect(voided('answers-another'))
    given(accepted, a.withdraws('R1').named('withdrawal'))
      .when(a.reopens('R1', ['fate']))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })
})

import { describe, it } from 'vitest'
import {
  clockOf,
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

const [a, b, c, m] = [party('A'), party('B'), party('C'), party('M')]
const parties = mechanismOf(['A', 'B', 'C', 'M', 'G'])
const asked = [parties, a.submits('R1', ['fate', 'remains'], 'B').named('request')]
const askedBack = [asked, b.asksBack('R1', ['fate']).named('question back')]

describe('request.ask-clarification', () => {
  it('discharges acknowledge, opens clarify on the asker, and pauses reply of the questions named', () =>
    given(asked)
      .when(b.asksBack('R1', ['fate']).named('question back'))
      .thenExpect(
        effective(),
        duties({ A: ['clarify fate'], B: ['reply fate', 'reply remains'] }),
        discharged('acknowledge', 'question back'),
        owed('clarify fate', 'A', 'B', 'question back'),
        clockOf('reply fate', { pauses: [['question back']] }),
        clockOf('reply remains', {}),
        open('R1', 'fate', 'remains'),
      ))

  it('is said by the addressee, of the request of its stream', () => {
    for (const who of [a, c, m])
      given(asked)
        .when(who.asksBack('R1', ['fate']))
        .thenExpect(voided('not-an-addressee'))
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when((world) => b.asksBack('R1', ['fate']).with({ re: [world.named('acknowledgement').placed.id] }))
      .thenExpect(voided('answers-another'))
    given(parties)
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(voided('not-founded'))
  })

  it('concerns questions to which a reply is owed', () => {
    given(asked)
      .when(b.asksBack('R1', ['documents']))
      .thenExpect(voided('not-asked', { question: 'documents' }))
    given(asked, b.replies('R1', { fate: 'not-now' }).named('reply'))
      .when(b.asksBack('R1', ['remains', 'fate']))
      .thenExpect(voided('already-answered', { question: 'fate', by: 'reply' }))
    given(asked, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'accepted' }).named('closing'))
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(voided('question-closed', { question: 'fate', by: 'closing' }))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(asked, m.returns('R1').named('return'))
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(voided('returned', { question: 'fate', by: 'return' }))
  })

  it('pends once per question', () => {
    given(askedBack)
      .when(b.asksBack('R1', ['remains', 'fate']))
      .thenExpect(voided('clarification-pending', { question: 'fate', by: 'question back' }))
    given(askedBack)
      .when(b.asksBack('R1', ['remains']))
      .thenExpect(effective())
  })

  it('may be said twice of one duty, unless the rules of that duty say otherwise', () => {
    const twice = [b.asksBack('R1', ['fate']), a.clarifies('R1'), b.asksBack('R1', ['fate']), a.clarifies('R1')]
    const tooMany = voided('too-many-clarifications', { question: 'fate' })
    given(asked, twice)
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(tooMany)
    given(asked, twice)
      .when(b.asksBack('R1', ['remains']))
      .thenExpect(effective())
    const none = rulesOf({ clarification: { atMost: 0 } })
    given(parties, none, a.submits('R1', ['fate'], 'B'))
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(tooMany)
    given(asked, none)
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(effective())
    given(asked, twice, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'insufficient' }))
      .when(b.asksBack('R1', ['fate']))
      .thenExpect(effective())
  })
})

describe('request.clarify', () => {
  it('discharges clarify and lets the clock of reply go on', () =>
    given(askedBack)
      .when(a.clarifies('R1').named('clarification'))
      .thenExpect(
        effective(),
        duties({ B: ['reply fate', 'reply remains'] }),
        discharged('clarify fate', 'clarification'),
        clockOf('reply fate', { pauses: [['question back', 'clarification']] }),
      ))

  it('begins the period anew, where the rules of the duty say so', () => {
    const restart = rulesOf({ clarification: { effect: 'restart' } })
    given(parties, restart, a.submits('R1', ['fate'], 'B'), b.asksBack('R1', ['fate']).named('question back'))
      .when(a.clarifies('R1').named('clarification'))
      .thenExpect(
        effective(),
        clockOf('reply fate', {
          pauses: [['question back', 'clarification', 'restarts']],
          rulesVersion: 1,
        }),
      )
    given(asked, restart, b.asksBack('R1', ['fate']).named('question back'))
      .when(a.clarifies('R1').named('clarification'))
      .thenExpect(effective(), clockOf('reply fate', { pauses: [['question back', 'clarification']] }))
  })

  it('answers all questions of one question back, and no other', () =>
    given(asked, b.asksBack('R1', ['fate']).named('first'), b.asksBack('R1', ['remains']).named('second'))
      .when(a.clarifies('R1', 'first').named('clarification'))
      .thenExpect(
        effective(),
        duties({ A: ['clarify remains'], B: ['reply fate', 'reply remains'] }),
        clockOf('reply remains', { pauses: [['second']] }),
      ))

  it('is said by the asker', () => {
    for (const who of [b, c, m]) given(askedBack).when(who.clarifies('R1')).thenExpect(voided('not-the-asker'))
  })

  it('answers a question back of its stream, once', () => {
    given(asked).when(a.clarifies('R1')).thenExpect(voided('answers-another'))
    given(askedBack, a.clarifies('R1').named('clarification'))
      .when(a.clarifies('R1'))
      .thenExpect(voided('nothing-to-clarify', { by: 'clarification' }))
    given(askedBack, a.withdraws('R1').named('withdrawal'))
      .when(a.clarifies('R1'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })
})

describe('a reply while a clarification is pending', () => {
  it('ends what was asked back: nothing is left to clarify', () =>
    given(askedBack)
      .when(b.replies('R1', { fate: 'given' }).named('reply'))
      .thenExpect(effective(), duties({ A: ['assess fate'], B: ['reply remains'] }), ended('clarify fate', 'reply')))

  it('ends the pause when it is interim, and the clock goes on', () =>
    given(askedBack)
      .when(b.replies('R1', { fate: 'interim' }).named('interim'))
      .thenExpect(
        effective(),
        duties({ B: ['reply fate', 'reply remains'] }),
        ended('clarify fate', 'interim'),
        clockOf('reply fate', { pauses: [['question back', 'interim']] }),
      ))

  it('leaves the questions that it does not name as they are', () =>
    given(askedBack)
      .when(b.replies('R1', { remains: 'given' }))
      .thenExpect(
        effective(),
        duties({ A: ['clarify fate', 'assess remains'], B: ['reply fate'] }),
        clockOf('reply fate', { pauses: [['question back']] }),
      ))
})

describe('a return as incomplete by the mediator', () => {
  const returned = [asked, m.returns('R1').named('return')]

  it('ends the duties before any reply, and asks the asker for what is missing', () =>
    given(asked)
      .when(m.returns('R1').named('return'))
      .thenExpect(
        effective(),
        duties({ A: ['clarify'] }),
        owed('clarify', 'A', 'M', 'return'),
        ended('acknowledge', 'return'),
        ended('reply fate', 'return'),
        open('R1', 'fate', 'remains'),
      ))

  it('comes before any reply, and stands once', () => {
    given(asked, b.replies('R1', { fate: 'interim' }).named('interim'))
      .when(m.returns('R1'))
      .thenExpect(voided('already-answered', { by: 'interim' }))
    given(returned)
      .when(m.returns('R1'))
      .thenExpect(voided('returned', { by: 'return' }))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(m.returns('R1'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })

  it('is of the request of its stream', () =>
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when((world) => m.returns('R1').with({ re: [world.named('acknowledgement').placed.id] }))
      .thenExpect(voided('answers-another')))

  it('leaves nothing to acknowledge or to answer', () => {
    given(returned)
      .when(b.acknowledges('R1'))
      .thenExpect(voided('returned', { by: 'return' }))
    given(returned)
      .when(b.replies('R1', { fate: 'given' }))
      .thenExpect(voided('returned', { question: 'fate', by: 'return' }))
  })

  it('is answered by a clarification, which opens the duties afresh, under the rules of that leaf', () =>
    given(returned, rulesOf())
      .when(a.clarifies('R1').named('clarification'))
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge', 'reply fate', 'reply remains'] }),
        discharged('clarify', 'clarification'),
        owed('reply fate', 'B', 'A', 'clarification'),
        clockOf('reply fate', { rulesVersion: 1 }),
      ))

  it('opens afresh what it has ended and nothing else', () =>
    given(asked, b.acknowledges('R1'), m.returns('R1'))
      .when(a.clarifies('R1'))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] })))

  it('may be made again after a clarification', () => {
    given(returned, a.clarifies('R1'))
      .when(m.returns('R1'))
      .thenExpect(effective(), duties({ A: ['clarify'] }))
    given(returned, a.clarifies('R1').named('clarification'))
      .when(a.clarifies('R1', 'return'))
      .thenExpect(voided('nothing-to-clarify', { by: 'clarification' }))
  })

  it('is not for the addressee, nor for anyone else, where there is a mediator', () => {
    for (const who of [a, b, c]) given(asked).when(who.returns('R1')).thenExpect(voided('role-may-not-say-this'))
  })
})

describe('a return as incomplete by the addressee, where there is no mediator', () => {
  const alone = [mechanismOf(['A', 'B', 'G']), a.submits('R1', ['fate'], 'B').named('request')]
  const returned = [alone, b.returns('R1').named('return')]
  const g = party('G')

  it('ends nothing', () =>
    given(alone)
      .when(b.returns('R1'))
      .thenExpect(effective(), duties({ B: ['acknowledge', 'reply fate'] })))

  it('is not for the asker', () => given(alone).when(a.returns('R1')).thenExpect(voided('role-may-not-say-this')))

  it('stands until it is clarified', () => {
    given(returned)
      .when(b.returns('R1'))
      .thenExpect(voided('returned', { by: 'return' }))
    given(returned)
      .when(a.clarifies('R1'), b.returns('R1'))
      .thenExpect(effective(), duties({ B: ['acknowledge', 'reply fate'] }))
    given(returned, a.clarifies('R1').named('clarification'))
      .when(a.clarifies('R1', 'return'))
      .thenExpect(voided('nothing-to-clarify', { by: 'clarification' }))
  })

  describe('is contested by a referral', () => {
    const agreed = [
      mechanismOf(['A', 'B', 'G']),
      rulesOf({ referral: { decides: g.id } }),
      a.submits('R1', ['fate'], 'B').named('request'),
      b.returns('R1').named('return'),
      a.refers('R1', ['fate'], 'return').named('referral'),
    ]

    it('while reply keeps running', () =>
      given(agreed).thenExpect(duties({ B: ['acknowledge', 'reply fate'], G: ['decide-referral fate'] })))

    it('upheld, it ends the duties until a clarification opens them afresh', () => {
      const upheld = [agreed, g.decides('R1', { fate: 'return-upheld' }).named('decision')]
      given(upheld).thenExpect(
        duties({ A: ['clarify'] }),
        ended('reply fate', 'decision'),
        ended('acknowledge', 'decision'),
        discharged('decide-referral fate', 'decision'),
      )
      given(upheld)
        .when(a.clarifies('R1'))
        .thenExpect(effective(), duties({ B: ['acknowledge', 'reply fate'] }))
      given(upheld)
        .when(b.replies('R1', { fate: 'given' }))
        .thenExpect(voided('returned', { question: 'fate', by: 'return' }))
    })

    it('not upheld, it stands no more and the duties run on', () =>
      given(agreed)
        .when(g.decides('R1', { fate: 'return-not-upheld' }), a.clarifies('R1', 'return'))
        .thenExpect(
          (_, verdicts) => effective()(_, verdicts.slice(0, 1)),
          duties({ B: ['acknowledge', 'reply fate'] }),
        ))
  })

  it('stays in the mechanism of its request', () =>
    given(alone, mechanismOf(['A', 'B'], 'MECH2'))
      .when(b.returns('R1').with({ mechanism: thing('MECH2') }))
      .thenExpect(voided('other-mechanism')))
})

import { describe, it } from 'vitest'
import {
  clockOf,
  discharged,
  duties,
  effective,
  ended,
  given,
  mechanismOf,
  owed,
  party,
  rulesOf,
  voided,
} from './spec/index.ts'

const [a, b, c, m] = [party('A'), party('B'), party('C'), party('M')]
const parties = mechanismOf(['A', 'B', 'C', 'M'])
const asked = [parties, a.submits('R1', ['fate', 'remains'], 'B').named('request')]
const askedFor = [asked, b.asksMoreTime('R1', ['fate'], 10).named('asking')]
const under = (extension: object) => [parties, rulesOf({ extension }), a.submits('R1', ['fate', 'remains'], 'B')]

describe('request.ask-extension', () => {
  it('opens decide-extension on the asker; reply keeps running, and nothing is granted yet', () =>
    given(asked)
      .when(b.asksMoreTime('R1', ['fate', 'remains']).named('asking'))
      .thenExpect(
        effective(),
        duties({
          A: ['decide-extension fate', 'decide-extension remains'],
          B: ['acknowledge', 'reply fate', 'reply remains'],
        }),
        owed('decide-extension fate', 'A', 'B', 'asking'),
        clockOf('reply fate', {}),
      ))

  it('falls to the secretariat where the rules say so, and to the asker where there is none', () => {
    given(under({ decides: 'secretariat' }))
      .when(b.asksMoreTime('R1', ['fate']).named('asking'))
      .thenExpect(effective(), owed('decide-extension fate', 'M', 'B', 'asking'))
    given(mechanismOf(['A', 'B']), rulesOf({ extension: { decides: 'secretariat' } }), a.submits('R1', ['fate'], 'B'))
      .when(b.asksMoreTime('R1', ['fate']).named('asking'))
      .thenExpect(effective(), owed('decide-extension fate', 'A', 'B', 'asking'))
  })

  it('grants where nobody decides', () =>
    given(under({ decides: 'nobody' }))
      .when(b.asksMoreTime('R1', ['fate'], 5).named('asking'))
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge', 'reply fate', 'reply remains'] }),
        clockOf('reply fate', { extensions: [[5, 'asking', 'asking']] }),
        clockOf('reply remains', {}),
      ))

  it('is decided by whom the rules of its leaf name, whatever held when the duty opened', () =>
    given(asked, rulesOf({ extension: { decides: 'secretariat' } }))
      .when(b.asksMoreTime('R1', ['fate']).named('asking'))
      .thenExpect(effective(), owed('decide-extension fate', 'M', 'B', 'asking')))

  it('is said by the addressee, of questions to which a reply is owed', () => {
    for (const who of [a, c, m])
      given(asked)
        .when(who.asksMoreTime('R1', ['fate']))
        .thenExpect(voided('not-an-addressee'))
    given(asked)
      .when(b.asksMoreTime('R1', ['documents']))
      .thenExpect(voided('not-asked', { question: 'documents' }))
    given(asked, b.replies('R1', { fate: 'not-now' }).named('reply'))
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(voided('already-answered', { question: 'fate', by: 'reply' }))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when((world) => b.asksMoreTime('R1', ['fate']).with({ re: [world.named('acknowledgement').placed.id] }))
      .thenExpect(voided('answers-another'))
  })

  it('pends once per question', () => {
    given(askedFor)
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(voided('extension-pending', { question: 'fate', by: 'asking' }))
    given(askedFor)
      .when(b.asksMoreTime('R1', ['remains']))
      .thenExpect(effective())
  })

  it('is granted once, unless the rules of the duty say otherwise; a refusal does not count', () => {
    const granted = [b.asksMoreTime('R1', ['fate']), a.decidesExtension('R1', 'granted')]
    const tooMany = voided('too-many-extensions', { question: 'fate' })
    given(asked, granted)
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(tooMany)
    given(under({ atMost: 2 }), granted)
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(effective())
    given(under({ atMost: 0 }))
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(tooMany)
    given(asked, b.asksMoreTime('R1', ['fate']), a.decidesExtension('R1', 'refused'))
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(effective())
    given(under({ atMost: 0 }), rulesOf({ extension: { atMost: 5 } }))
      .when(b.asksMoreTime('R1', ['fate']))
      .thenExpect(tooMany)
  })

  it('asks for no more than the rules of the duty allow', () => {
    given(under({ longest: 10 }))
      .when(b.asksMoreTime('R1', ['fate'], 10))
      .thenExpect(effective())
    given(under({ longest: 10 }))
      .when(b.asksMoreTime('R1', ['fate'], 11))
      .thenExpect(voided('extension-too-long', { question: 'fate' }))
  })
})

describe('request.decide-extension', () => {
  it('granted, lengthens the period', () =>
    given(askedFor)
      .when(a.decidesExtension('R1', 'granted').named('decision'))
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge', 'reply fate', 'reply remains'] }),
        discharged('decide-extension fate', 'decision'),
        clockOf('reply fate', { extensions: [[10, 'asking', 'decision']] }),
      ))

  it('refused, grants nothing', () =>
    given(askedFor)
      .when(a.decidesExtension('R1', 'refused').named('decision'))
      .thenExpect(effective(), discharged('decide-extension fate', 'decision'), clockOf('reply fate', {})))

  it('is said by whoever owes it', () => {
    for (const who of [b, c, m])
      given(askedFor).when(who.decidesExtension('R1', 'granted')).thenExpect(voided('not-the-decider'))
  })

  it('falls to whoever would owe it now, should its owner have gone', () =>
    given(under({ decides: 'secretariat' }), b.asksMoreTime('R1', ['fate']), m.leaves())
      .when(a.decidesExtension('R1', 'granted').named('decision'))
      .thenExpect(effective(), discharged('decide-extension fate', 'decision')))

  it('decides on what was asked, once', () => {
    given(asked)
      .when(a.decidesExtension('R1', 'granted', 'request'))
      .thenExpect(voided('answers-another'))
    given(askedFor, a.decidesExtension('R1', 'refused').named('decision'))
      .when(a.decidesExtension('R1', 'granted'))
      .thenExpect(voided('nothing-to-decide', { by: 'decision' }))
    given(askedFor, a.withdraws('R1').named('withdrawal'))
      .when(a.decidesExtension('R1', 'granted'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })

  it('has nothing left to decide when the reply has come', () =>
    given(askedFor, b.replies('R1', { fate: 'given' }).named('reply'))
      .when(a.decidesExtension('R1', 'granted'))
      .thenExpect(voided('nothing-to-decide', { by: 'reply' }), ended('decide-extension fate', 'reply')))
})

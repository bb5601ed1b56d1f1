import { describe, expect, it } from 'vitest'
import {
  clockOf,
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

const [a, b, c, m] = [party('A'), party('B'), party('C'), party('M')]
const parties = [mechanismOf(['A', 'B', 'C', 'M', 'G']), rulesOf()]
const asked = [parties, a.submits('R1', ['fate', 'remains'], 'B').named('request'), b.acknowledges('R1')]
const answered = [asked, b.replies('R1', { fate: 'given' }).named('reply')]

describe('statement.correct, of any kind', () => {
  it('is said by the author alone, of the latest statement of its kind', () => {
    given(answered)
      .when(a.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(voided('not-the-author'))
    given(answered, b.replies('R1', { remains: 'given' }).named('second'))
      .when(b.correctsReply('R1', { fate: 'none-found' }, 'reply'))
      .thenExpect(voided('not-the-latest', { by: 'second' }))
    given(asked)
      .when(b.correctsReply('R1', { fate: 'given' }))
      .thenExpect(voided('not-the-latest'))
    given(answered)
      .when(b.corrects('R1', 'request.assess', undefined, 'reply'))
      .thenExpect(voided('not-the-latest'))
  })

  it('replaces a correction like the first statement, and the first no more', () => {
    const corrected = [answered, b.correctsReply('R1', { fate: 'none-found' }).named('correction')]
    given(corrected)
      .when(b.correctsReply('R1', { fate: 'given' }, 'reply'))
      .thenExpect(voided('not-the-latest', { by: 'correction' }))
    given(corrected)
      .when(b.correctsReply('R1', { fate: 'given' }, 'correction').named('second'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
        owed('assess fate', 'A', 'B', 'second'),
      )
  })

  it('comes too late when the request is withdrawn or the statement retracted', () => {
    given(answered, a.withdraws('R1').named('withdrawal'))
      .when(b.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(answered, b.retracts('R1', 'request.reply').named('retraction'))
      .when(b.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(voided('retracted', { by: 'retraction' }))
  })

  it('may be said while the mechanism is suspended', () =>
    given(answered, m.suspends())
      .when(b.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(effective()))

  it('is released as the kind that it corrects', () =>
    given(answered, rulesOf({ release: { 'request.reply': 'two' } }))
      .when(b.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(voided('needs-release')))

  it('never leaves out the other side', () => {
    for (const said of [
      a.corrects('R1', 'request.submit'),
      b.correctsReply('R1', { fate: 'none-found' }),
      b.retracts('R1', 'request.reply'),
    ])
      given(answered)
        .when(said.with({ aud: [party('G').id] }))
        .thenExpect(voided('other-side-left-out'))
  })
})

describe('the correction of a request', () => {
  it('is of its content only: what is owed stays as it is', () => {
    given(asked)
      .when(a.corrects('R1', 'request.submit').named('correction'))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] }), owed('reply fate', 'B', 'A', 'request'))
    given(asked)
      .when(a.corrects('R1', 'request.submit', { matter: { type: 'records' }, questions: ['fate'] }))
      .thenExpect(voided('content-only'))
  })

  it('is no retraction: a request is withdrawn', () =>
    given(asked).when(a.retracts('R1', 'request.submit')).thenExpect(voided('not-retractable')))

  it('leaves a clarification to replace its content alike', () =>
    given(asked, b.asksBack('R1', ['fate']), a.clarifies('R1'))
      .when(a.corrects('R1', 'request.clarify'))
      .thenExpect(effective(), duties({ B: ['reply fate', 'reply remains'] })))
})

describe('the correction of a reply', () => {
  it('opens assess anew, with a full period', () =>
    given(answered)
      .when(b.correctsReply('R1', { fate: 'none-found' }).named('correction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
        ended('assess fate', 'correction'),
        owed('assess fate', 'A', 'B', 'correction'),
        discharged('reply fate', 'reply'),
      ))

  it('opens a question again that was closed', () =>
    given(answered, a.assesses('R1', { fate: 'accepted' }))
      .when(b.correctsReply('R1', { fate: 'none-found' }))
      .thenExpect(effective(), open('R1', 'fate', 'remains'), duties({ A: ['assess fate'], B: ['reply remains'] })))

  it('replaces the whole: what it does not answer any more is owed again, by its first date', () =>
    given(
      asked,
      b.asksMoreTime('R1', ['fate'], 5).named('asking'),
      a.decidesExtension('R1', 'granted').named('granting'),
      b.replies('R1', { fate: 'given', remains: 'given' }),
      rulesOf(),
    )
      .when(b.correctsReply('R1', { remains: 'given' }).named('correction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess remains'], B: ['reply fate'] }),
        owed('reply fate', 'B', 'A', 'correction'),
        clockOf('reply fate', { countsFrom: 'request', extensions: [[5, 'asking', 'granting']], rulesVersion: 1 }),
      ))

  it('may answer what is owed besides, and nothing else', () => {
    given(answered)
      .when(b.correctsReply('R1', { fate: 'given', remains: 'none-found' }))
      .thenExpect(effective(), duties({ A: ['assess fate', 'assess remains'] }))
    given(answered)
      .when(b.correctsReply('R1', { documents: 'given' }))
      .thenExpect(voided('not-asked', { question: 'documents' }))
    given(asked, b.replies('R1', { remains: 'given' }).named('first'), b.replies('R1', { fate: 'given' }))
      .when(b.correctsReply('R1', { remains: 'given' }))
      .thenExpect(voided('already-answered', { question: 'remains', by: 'first' }))
  })

  it('changes the review with the disposition', () => {
    const notNow = [asked, b.replies('R1', { fate: 'not-now', review: '2031-05-01' })]
    given(notNow)
      .when(b.correctsReply('R1', { fate: 'not-now', review: '2031-04-01' }))
      .thenExpect(effective(), duties({ B: ['reply remains', 'review fate by 2031-04-01'] }))
    given(notNow)
      .when(b.correctsReply('R1', { fate: 'given' }))
      .thenExpect(effective(), duties({ A: ['assess fate'], B: ['reply remains'] }))
    given(notNow)
      .when(b.correctsReply('R1', { fate: 'interim' }))
      .thenExpect(effective(), duties({ B: ['reply remains', 'reply fate'] }))
  })

  it('answers what an insufficient first answer left owed', () =>
    given(answered, a.assesses('R1', { fate: 'insufficient' }).named('assessment'))
      .when(b.correctsReply('R1', { fate: 'given' }).named('correction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
        discharged('reply fate', 'reply', 'correction'),
      ))

  it('is what the asker then assesses', () =>
    given(answered, b.correctsReply('R1', { fate: 'none-found' }).named('correction'))
      .when((world) => a.assesses('R1', { fate: 'accepted' }).with({ re: [world.named('correction').placed.id] }))
      .thenExpect(effective(), open('R1', 'remains')))
})

describe('the retraction of a reply', () => {
  it('has the reply owed again, by its first date, and the question open', () =>
    given(answered)
      .when(b.retracts('R1', 'request.reply').named('retraction'))
      .thenExpect(
        effective(),
        duties({ B: ['reply remains', 'reply fate'] }),
        ended('assess fate', 'retraction'),
        owed('reply fate', 'B', 'A', 'retraction'),
        clockOf('reply fate', { countsFrom: 'request' }),
      ))

  it('opens even a question that was closed', () =>
    given(answered, a.assesses('R1', { fate: 'accepted' }))
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(effective(), open('R1', 'fate', 'remains'), duties({ B: ['reply remains', 'reply fate'] })))

  it('of a correction takes back the reply whose place it took', () =>
    given(answered, b.correctsReply('R1', { fate: 'none-found' }))
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(
        effective(),
        duties({ B: ['reply remains', 'reply fate'] }),
        clockOf('reply fate', { countsFrom: 'request' }),
      ))

  it('leaves what is owed already as it is', () =>
    given(answered, a.assesses('R1', { fate: 'insufficient' }).named('assessment'))
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(
        effective(),
        duties({ B: ['reply remains', 'reply fate'] }),
        owed('reply fate', 'B', 'A', 'assessment'),
      ))

  it('has a review owed again where the reply had met one', () =>
    given(asked, b.replies('R1', { fate: 'not-now', review: '2031-05-01' }), b.replies('R1', { fate: 'given' }))
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(effective(), duties({ B: ['reply remains', 'review fate by 2031-05-01'] })))

  it('is said once, and leaves the way free for another reply', () => {
    const retracted = [answered, b.retracts('R1', 'request.reply').named('retraction')]
    given(retracted)
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(voided('retracted', { by: 'retraction' }))
    given(retracted)
      .when(b.replies('R1', { fate: 'given' }))
      .thenExpect(effective(), duties({ A: ['assess fate'], B: ['reply remains'] }))
  })

  it('is for its author, of a statement of its stream', () => {
    given(answered).when(a.retracts('R1', 'request.reply')).thenExpect(voided('not-the-author'))
    given(asked).when(b.retracts('R1', 'request.reply')).thenExpect(voided('not-the-latest'))
    given(answered, a.withdraws('R1').named('withdrawal'))
      .when(b.retracts('R1', 'request.reply'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
  })
})

describe('the correction of an assessment', () => {
  it('ends what it opened and has the new one count, as the first', () => {
    given(answered, a.assesses('R1', { fate: 'insufficient' }))
      .when(a.correctsAssessment('R1', { fate: 'accepted' }).named('correction'))
      .thenExpect(
        effective(),
        open('R1', 'remains'),
        closed('R1', 'fate', 'accepted', 'correction'),
        duties({ B: ['reply remains'] }),
        ended('reply fate', 'correction'),
      )
    given(answered, a.assesses('R1', { fate: 'accepted' }).named('assessment'))
      .when(a.correctsAssessment('R1', { fate: 'insufficient' }).named('correction'))
      .thenExpect(
        effective(),
        open('R1', 'fate', 'remains'),
        duties({ B: ['reply remains', 'reply fate'] }),
        owed('reply fate', 'B', 'A', 'correction'),
        discharged('assess fate', 'assessment'),
      )
  })

  it('counts insufficient answers as if the corrected had not been', () =>
    given(
      answered,
      a.assesses('R1', { fate: 'insufficient' }),
      a.correctsAssessment('R1', { fate: 'insufficient' }),
      b.replies('R1', { fate: 'given' }),
    )
      .when(a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(effective(), duties({ B: ['reply remains'], M: ['decide-referral fate'] })))

  it('gives back to the other side what had ended with it, with a full period', () => {
    const inPart = [asked, b.replies('R1', { fate: 'given-in-part', review: '2031-05-01' })]
    given(inPart, a.assesses('R1', { fate: 'accepted' }))
      .when(a.retracts('R1', 'request.assess').named('retraction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains', 'review fate by 2031-05-01'] }),
        owed('review fate by 2031-05-01', 'B', 'A', 'retraction'),
        clockOf('review fate by 2031-05-01', {}),
      )
  })
})

describe('the retraction of an assessment', () => {
  it('ends what it opened; the assessment is owed again, by its first date', () => {
    given(answered, a.assesses('R1', { fate: 'insufficient' }))
      .when(a.retracts('R1', 'request.assess').named('retraction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
        ended('reply fate', 'retraction'),
        clockOf('assess fate', { countsFrom: 'reply' }),
      )
    given(answered, a.assesses('R1', { fate: 'disputed' }))
      .when(a.retracts('R1', 'request.assess').named('retraction'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
        ended('decide-referral fate', 'retraction'),
      )
  })

  it('opens the question that it closed', () =>
    given(answered, a.assesses('R1', { fate: 'accepted' }))
      .when(a.retracts('R1', 'request.assess'))
      .thenExpect(effective(), open('R1', 'fate', 'remains'), duties({ A: ['assess fate'], B: ['reply remains'] })))

  it('is void, like its correction, when what it opened was met', () => {
    const met = [
      answered,
      a.assesses('R1', { fate: 'insufficient' }),
      b.replies('R1', { fate: 'none-found' }).named('met'),
    ]
    for (const said of [a.retracts('R1', 'request.assess'), a.correctsAssessment('R1', { fate: 'accepted' })])
      given(met)
        .when(said)
        .thenExpect(voided('already-met', { question: 'fate', by: 'met' }))
    given(answered, a.assesses('R1', { fate: 'disputed' }), m.decides('R1', { fate: 'to-meeting' }).named('decision'))
      .when(a.retracts('R1', 'request.assess'))
      .thenExpect(voided('already-met', { question: 'fate', by: 'decision' }))
  })
})

describe('the retraction of a clarification', () => {
  const askedBack = [asked, b.asksBack('R1', ['fate']).named('question back'), a.clarifies('R1').named('clarification')]

  it('has it owed again, and the clock of reply paused again', () =>
    given(askedBack)
      .when(a.retracts('R1', 'request.clarify').named('retraction'))
      .thenExpect(
        effective(),
        duties({ A: ['clarify fate'], B: ['reply fate', 'reply remains'] }),
        clockOf('clarify fate', { countsFrom: 'question back' }),
        clockOf('reply fate', { pauses: [['question back', 'clarification'], ['retraction']] }),
      ))

  it('is void when the reply has come', () =>
    given(askedBack, b.replies('R1', { fate: 'given' }).named('reply'))
      .when(a.retracts('R1', 'request.clarify'))
      .thenExpect(voided('already-met', { question: 'fate', by: 'reply' })))

  it('of a return has the return stand again, unless what it opened was met', () => {
    const returned = [
      mechanismOf(['A', 'B', 'M']),
      a.submits('R1', ['fate'], 'B'),
      m.returns('R1').named('return'),
      a.clarifies('R1').named('clarification'),
    ]
    given(returned)
      .when(a.retracts('R1', 'request.clarify').named('retraction'), b.acknowledges('R1'))
      .thenExpect(
        voided('returned', { by: 'return' }),
        duties({ A: ['clarify'] }),
        ended('reply fate', 'return', 'retraction'),
      )
    given(returned, b.acknowledges('R1').named('acknowledgement'))
      .when(a.retracts('R1', 'request.clarify'))
      .thenExpect(voided('already-met', { by: 'acknowledgement' }))
  })
})

describe('the correction of a disclosure', () => {
  const disclosed = [parties, a.discloses('D1', ['B', 'C']).named('disclosure'), b.acknowledges('D1')]

  it('is to be acknowledged anew by all', () =>
    given(disclosed)
      .when(
        a
          .corrects('D1', 'disclosure.make', { matter: { type: 'burial-place', site: thing('other') } })
          .named('correction'),
      )
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge'], C: ['acknowledge'] }),
        owed('acknowledge', 'B', 'A', 'correction'),
        (world) =>
          expect(world.thing('disclosure', thing('D1'))?.matter).toEqual({
            type: 'burial-place',
            site: thing('other'),
          }),
      ))

  it('retracted, leaves nothing to acknowledge', () => {
    const retracted = [disclosed, a.retracts('D1', 'disclosure.make').named('retraction')]
    given(retracted).thenExpect(duties({}), ended('acknowledge', 'retraction'))
    given(retracted)
      .when(c.acknowledges('D1'))
      .thenExpect(voided('retracted', { by: 'retraction' }))
    given(retracted)
      .when(a.corrects('D1', 'disclosure.make'))
      .thenExpect(voided('retracted', { by: 'retraction' }))
  })

  it('is for its author', () => {
    given(disclosed).when(b.corrects('D1', 'disclosure.make')).thenExpect(voided('not-the-author'))
    given(disclosed).when(b.retracts('D1', 'disclosure.make')).thenExpect(voided('not-the-author'))
    given(parties).when(a.retracts('D1', 'disclosure.make')).thenExpect(voided('not-founded'))
  })
})

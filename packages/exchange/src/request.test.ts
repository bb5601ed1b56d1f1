import { describe, expect, it } from 'vitest'
import {
  again,
  begin,
  closed,
  discharged,
  duties,
  effective,
  given,
  held,
  mechanismOf,
  open,
  owed,
  party,
  thing,
  usualRoles,
  voided,
} from './spec/index.ts'

const [a, b, c, m] = [party('A'), party('B'), party('C'), party('M')]
const parties = mechanismOf(['A', 'B', 'C', 'M', 'G', 'O'])
const asked = [parties, a.submits('R1', ['fate', 'remains'], 'B').named('request')]
const askedOne = [parties, a.submits('R1', ['fate'], 'B').named('request')]

describe('request.submit', () => {
  it('opens acknowledge, and reply for each question, on the addressee', () =>
    given(parties)
      .when(a.submits('R1', ['fate', 'whereabouts', 'remains'], 'B').named('request'))
      .thenExpect(
        effective(),
        duties({ B: ['acknowledge', 'reply fate', 'reply whereabouts', 'reply remains'] }),
        open('R1', 'fate', 'whereabouts', 'remains'),
        owed('acknowledge', 'B', 'A', 'request'),
        owed('reply remains', 'B', 'A', 'request'),
      ))

  it('is made once: a second submission in its stream is void and names the first', () =>
    given(asked)
      .when(a.submits('R1', ['documents'], 'B'))
      .thenExpect(voided('already-founded', { by: 'request' }), open('R1', 'fate', 'remains')))

  it('belongs to whoever comes first: the id of a request tells nothing, so nobody can take it by knowing it', () =>
    given(asked)
      .when(b.submits('R1', ['fate'], 'A'))
      .thenExpect(voided('already-founded', { by: 'request' })))

  it('is the same statement when it is recorded again', () =>
    given(asked)
      .when(again('request'))
      .thenExpect(voided('repeated', { by: 'request' })))

  it('passes between commissions: mediator, agency and observer ask nothing and are asked nothing', () => {
    for (const who of ['M', 'G', 'O']) {
      given(parties)
        .when(party(who).submits('R1', ['fate'], 'B'))
        .thenExpect(voided('not-a-commission'))
      given(parties)
        .when(a.submits('R1', ['fate'], who))
        .thenExpect(voided('addressee-not-a-commission'))
    }
    given(parties, begin('X'))
      .when(a.submits('R1', ['fate'], 'X'))
      .thenExpect(voided('addressee-not-a-commission'))
  })

  it('asks another party', () =>
    given(parties)
      .when(a.submits('R1', ['fate'], 'A'))
      .thenExpect(voided('addresses-itself')))
})

describe('request.acknowledge', () => {
  it('discharges acknowledge and nothing else', () =>
    given(asked)
      .when(b.acknowledges('R1').named('acknowledgement'))
      .thenExpect(
        effective(),
        duties({ B: ['reply fate', 'reply remains'] }),
        discharged('acknowledge', 'acknowledgement'),
        open('R1', 'fate', 'remains'),
      ))

  it('is said by the addressee', () => {
    for (const who of [a, c, m]) given(asked).when(who.acknowledges('R1')).thenExpect(voided('not-an-addressee'))
  })

  it('is said once, and no more once a reply has said as much', () => {
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when(b.acknowledges('R1'))
      .thenExpect(voided('already-acknowledged', { by: 'acknowledgement' }))
    given(asked, b.replies('R1', { fate: 'interim' }).named('reply'))
      .when(b.acknowledges('R1'))
      .thenExpect(voided('already-acknowledged', { by: 'reply' }))
  })

  it('answers the request of its stream', () =>
    given(asked, a.submits('R2', ['fate'], 'B'))
      .when((world) => b.acknowledges('R1').with({ re: b.acknowledges('R2').say(world).payload.re }))
      .thenExpect(voided('answers-another')))

  it('follows a request', () => given(parties).when(b.acknowledges('R1')).thenExpect(voided('not-founded')))
})

describe('request.reply, by what the answerer states of a question', () => {
  it('interim with an estimate: reply stays, the question stays open, nothing opens', () =>
    given(askedOne)
      .when(b.replies('R1', { fate: 'interim', estimate: '2031-02-01' }))
      .thenExpect(effective(), duties({ B: ['reply fate'] }), open('R1', 'fate')))

  it('given: reply is discharged, the question stays open until assessed, assess opens on the asker', () =>
    given(askedOne)
      .when(b.replies('R1', { fate: 'given' }).named('reply'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'] }),
        discharged('reply fate', 'reply'),
        owed('assess fate', 'A', 'B', 'reply'),
        open('R1', 'fate'),
      ))

  it('given in part: reply is discharged, assess opens on the asker, review on the answerer by its date', () =>
    given(askedOne)
      .when(b.replies('R1', { fate: 'given-in-part', review: '2031-05-01' }).named('reply'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['review fate by 2031-05-01'] }),
        discharged('reply fate', 'reply'),
        owed('review fate by 2031-05-01', 'B', 'A', 'reply'),
        open('R1', 'fate'),
      ))

  it('none found: reply is discharged, assess opens on the asker', () =>
    given(askedOne)
      .when(b.replies('R1', { fate: 'none-found' }).named('reply'))
      .thenExpect(effective(), duties({ A: ['assess fate'] }), discharged('reply fate', 'reply'), open('R1', 'fate')))

  it('not now: reply is discharged, review opens on the answerer by its date, nothing is to be assessed', () =>
    given(askedOne)
      .when(b.replies('R1', { fate: 'not-now', review: '2031-04-01' }).named('reply'))
      .thenExpect(
        effective(),
        duties({ B: ['review fate by 2031-04-01'] }),
        discharged('reply fate', 'reply'),
        open('R1', 'fate'),
      ))

  it('states each question apart: fate, whereabouts and return of remains are three answers', () =>
    given(parties, a.submits('R1', ['fate', 'whereabouts', 'remains'], 'B'))
      .when(b.replies('R1', { fate: 'given', remains: 'not-now', review: '2031-03-01' }))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'], B: ['reply whereabouts', 'review remains by 2031-03-01'] }),
        open('R1', 'fate', 'whereabouts', 'remains'),
      ))
})

describe('request.reply', () => {
  it('also discharges acknowledge, even when it is interim', () => {
    for (const disposition of ['interim', 'given', 'none-found'] as const) {
      given(askedOne)
        .when(b.replies('R1', { fate: disposition }).named('reply'))
        .thenExpect(effective(), discharged('acknowledge', 'reply'))
    }
  })

  it('is effective only while reply or review is open: of two answers the second is void and names the first', () =>
    given(asked)
      .when(b.replies('R1', { fate: 'given' }).named('first'), b.replies('R1', { fate: 'none-found' }))
      .thenExpect(
        voided('already-answered', { by: 'first', question: 'fate' }),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
      ))

  it('is one statement: one question that is answered already makes the whole of it void', () =>
    given(asked, b.replies('R1', { fate: 'given' }).named('first'))
      .when(b.replies('R1', { remains: 'given', fate: 'given' }))
      .thenExpect(
        voided('already-answered', { by: 'first', question: 'fate' }),
        duties({ A: ['assess fate'], B: ['reply remains'] }),
      ))

  it('answers what was asked', () =>
    given(asked)
      .when(b.replies('R1', { documents: 'given' }))
      .thenExpect(voided('not-asked', { question: 'documents' })))

  it('is said by the addressee, to the request of its stream', () => {
    given(asked)
      .when(c.replies('R1', { fate: 'given' }))
      .thenExpect(voided('not-an-addressee'))
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when((world) => b.replies('R1', { fate: 'given' }).with({ re: [world.named('acknowledgement').placed.id] }))
      .thenExpect(voided('answers-another'))
    given(parties)
      .when(b.replies('R1', { fate: 'given' }))
      .thenExpect(voided('not-founded'))
  })

  it('stays in the mechanism of its request', () =>
    given(asked, mechanismOf(['A', 'B'], 'MECH2'))
      .when(b.replies('R1', { fate: 'given' }).with({ mechanism: thing('MECH2') }))
      .thenExpect(voided('other-mechanism')))

  it('comes too late for a question that is closed', () =>
    given(asked, b.replies('R1', { fate: 'given-in-part' }), a.assesses('R1', { fate: 'accepted' }).named('assessment'))
      .when(b.replies('R1', { fate: 'given' }))
      .thenExpect(voided('question-closed', { by: 'assessment', question: 'fate' })))
})

describe('a review', () => {
  const reviewOwed = [askedOne, b.replies('R1', { fate: 'not-now', review: '2031-03-01' }).named('not now')]

  it('is discharged by any new disposition, which opens what it opens', () => {
    given(reviewOwed)
      .when(b.replies('R1', { fate: 'given' }).named('reply'))
      .thenExpect(effective(), duties({ A: ['assess fate'] }), discharged('review fate by 2031-03-01', 'reply'))
    given(reviewOwed)
      .when(b.replies('R1', { fate: 'none-found' }))
      .thenExpect(effective(), duties({ A: ['assess fate'] }))
    given(reviewOwed)
      .when(b.replies('R1', { fate: 'not-now', review: '2031-09-01' }).named('later'))
      .thenExpect(
        effective(),
        duties({ B: ['review fate by 2031-09-01'] }),
        discharged('review fate by 2031-03-01', 'later'),
      )
    given(reviewOwed)
      .when(b.replies('R1', { fate: 'given-in-part', review: '2031-09-01' }))
      .thenExpect(effective(), duties({ A: ['assess fate'], B: ['review fate by 2031-09-01'] }))
  })

  it('stays when the answerer is interim: an interim leaves whichever of reply and review is open', () =>
    given(reviewOwed)
      .when(b.replies('R1', { fate: 'interim' }))
      .thenExpect(effective(), duties({ B: ['review fate by 2031-03-01'] })))

  it('leaves one assessment to make, however many answers have come: answers in part before it is made', () =>
    given(askedOne, b.replies('R1', { fate: 'given-in-part', review: '2031-03-01' }).named('first'))
      .when(b.replies('R1', { fate: 'given' }).named('second'))
      .thenExpect(
        effective(),
        duties({ A: ['assess fate'] }),
        owed('assess fate', 'A', 'B', 'first'),
        discharged('review fate by 2031-03-01', 'second'),
      ))

  it('that is not now after an answer in part leaves that answer to be assessed', () =>
    given(askedOne, b.replies('R1', { fate: 'given-in-part', review: '2031-03-01' }))
      .when(b.replies('R1', { fate: 'not-now', review: '2031-09-01' }))
      .thenExpect(effective(), duties({ A: ['assess fate'], B: ['review fate by 2031-09-01'] })))
})

describe('request.assess, by what the asker states of an answer', () => {
  const answered = [askedOne, b.replies('R1', { fate: 'given' }).named('reply')]

  it.each(['accepted', 'accepted-with-reservation'] as const)('%s: the question is closed', (assessment) =>
    given(answered)
      .when(a.assesses('R1', { fate: assessment }).named('assessment'))
      .thenExpect(
        effective(),
        duties({}),
        discharged('assess fate', 'assessment'),
        open('R1'),
        closed('R1', 'fate', 'accepted', 'assessment'),
      ),
  )

  it('insufficient, the first time: the question stays open and reply is owed again', () =>
    given(answered)
      .when(a.assesses('R1', { fate: 'insufficient' }).named('assessment'))
      .thenExpect(
        effective(),
        duties({ B: ['reply fate'] }),
        discharged('assess fate', 'assessment'),
        owed('reply fate', 'B', 'A', 'assessment'),
        open('R1', 'fate'),
      ))

  it('insufficient, again: decide-referral opens on the mediator', () =>
    given(answered, a.assesses('R1', { fate: 'insufficient' }), b.replies('R1', { fate: 'none-found' }))
      .when(a.assesses('R1', { fate: 'insufficient' }).named('again'))
      .thenExpect(
        effective(),
        duties({ M: ['decide-referral fate'] }),
        owed('decide-referral fate', 'M', 'A', 'again'),
        open('R1', 'fate'),
      ))

  it('disputed: decide-referral opens on the mediator at once', () =>
    given(answered)
      .when(a.assesses('R1', { fate: 'disputed' }).named('assessment'))
      .thenExpect(
        effective(),
        duties({ M: ['decide-referral fate'] }),
        discharged('assess fate', 'assessment'),
        open('R1', 'fate'),
      ))

  it('without a mediator no decide-referral opens, and the question stays open', () => {
    const alone = [mechanismOf(['A', 'B']), a.submits('R1', ['fate'], 'B'), b.replies('R1', { fate: 'given' })]
    given(alone)
      .when(a.assesses('R1', { fate: 'disputed' }))
      .thenExpect(effective(), duties({}), open('R1', 'fate'))
    given(alone, a.assesses('R1', { fate: 'insufficient' }), b.replies('R1', { fate: 'given' }))
      .when(a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(effective(), duties({}), open('R1', 'fate'))
  })

  it('the mediator of that leaf decides: whoever has come in the meantime, nobody who has left', () => {
    const answered = [a.submits('R1', ['fate'], 'B'), b.replies('R1', { fate: 'given' })]
    given(
      mechanismOf(['A', 'B']),
      begin('M'),
      answered,
      a.proposes('MECH', usualRoles(['A', 'B', 'M'])),
      b.accepts('MECH'),
      m.accepts('MECH'),
    )
      .when(a.assesses('R1', { fate: 'disputed' }))
      .thenExpect(effective(), duties({ M: ['decide-referral fate'] }))
    given(
      mechanismOf(['A', 'B', 'M']),
      answered,
      a.proposes('MECH', usualRoles(['A', 'B'])),
      b.accepts('MECH'),
      m.accepts('MECH'),
    )
      .when(a.assesses('R1', { fate: 'disputed' }))
      .thenExpect(effective(), duties({}))
  })

  it('does not count a dispute as a first insufficient answer', () =>
    given(
      parties,
      a.submits('R1', ['fate'], 'B'),
      b.replies('R1', { fate: 'given-in-part' }),
      a.assesses('R1', { fate: 'disputed' }),
    )
      .when(b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(effective(), duties({ B: ['reply fate'], M: ['decide-referral fate'] })))
})

describe('request.assess', () => {
  it('closing a question discharges every duty about it, and no other', () =>
    given(
      asked,
      b.replies('R1', { fate: 'given-in-part', remains: 'not-now' }),
      a.assesses('R1', { fate: 'disputed' }),
      b.replies('R1', { fate: 'given-in-part', review: '2031-09-01' }),
    )
      .when(a.assesses('R1', { fate: 'accepted' }).named('assessment'))
      .thenExpect(
        effective(),
        duties({ B: ['review remains by 2031-03-01'] }),
        discharged('decide-referral fate', 'assessment'),
        discharged('review fate by 2031-09-01', 'assessment'),
        open('R1', 'remains'),
      ))

  it('leaves remains open when a death is accepted without remains: the questions are closed apart', () =>
    given(asked, b.replies('R1', { fate: 'given', remains: 'none-found' }))
      .when(a.assesses('R1', { fate: 'accepted', remains: 'insufficient' }))
      .thenExpect(effective(), duties({ B: ['reply remains'] }), open('R1', 'remains')))

  it('that finds an answer in part insufficient has reply owed anew, in the place of its review', () =>
    given(askedOne, b.replies('R1', { fate: 'given-in-part', review: '2031-05-01' }))
      .when(a.assesses('R1', { fate: 'insufficient' }).named('assessment'))
      .thenExpect(effective(), duties({ B: ['reply fate'] }), discharged('review fate by 2031-05-01', 'assessment')))

  it('opens one decide-referral for a question, however often it is disputed', () =>
    given(
      askedOne,
      b.replies('R1', { fate: 'given-in-part', review: '2031-05-01' }),
      a.assesses('R1', { fate: 'disputed' }).named('first'),
      b.replies('R1', { fate: 'given' }),
    )
      .when(a.assesses('R1', { fate: 'disputed' }))
      .thenExpect(
        effective(),
        duties({ M: ['decide-referral fate'] }),
        owed('decide-referral fate', 'M', 'A', 'first'),
      ))

  it('is said by the asker', () =>
    given(askedOne, b.replies('R1', { fate: 'given' }))
      .when(b.assesses('R1', { fate: 'accepted' }))
      .thenExpect(voided('not-the-asker')))

  it('assesses an answer: not one that is to come, not one that gave nothing, not one assessed already', () => {
    given(askedOne)
      .when(a.assesses('R1', { fate: 'accepted' }))
      .thenExpect(voided('answers-another'))
    given(askedOne, b.replies('R1', { fate: 'interim' }))
      .when(a.assesses('R1', { fate: 'accepted' }))
      .thenExpect(voided('nothing-to-assess', { question: 'fate' }))
    given(askedOne, b.replies('R1', { fate: 'not-now' }))
      .when(a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(voided('nothing-to-assess', { question: 'fate' }))
    given(askedOne, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'disputed' }))
      .when(a.assesses('R1', { fate: 'accepted' }))
      .thenExpect(voided('nothing-to-assess', { question: 'fate' }))
  })

  it('assesses what was asked, while it is open', () => {
    given(askedOne, b.replies('R1', { fate: 'given' }))
      .when(a.assesses('R1', { remains: 'accepted' }))
      .thenExpect(voided('not-asked', { question: 'remains' }))
    given(askedOne, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'accepted' }).named('first'))
      .when(a.assesses('R1', { fate: 'insufficient' }))
      .thenExpect(voided('question-closed', { by: 'first', question: 'fate' }))
  })
})

describe('request.withdraw', () => {
  it('closes every question and ends every duty about the request', () =>
    given(asked, b.replies('R1', { fate: 'given-in-part' }))
      .when(a.withdraws('R1').named('withdrawal'))
      .thenExpect(
        effective(),
        duties({}),
        open('R1'),
        closed('R1', 'fate', 'withdrawn', 'withdrawal'),
        closed('R1', 'remains', 'withdrawn', 'withdrawal'),
        discharged('reply remains', 'withdrawal'),
        discharged('assess fate', 'withdrawal'),
      ))

  it('leaves closed what was closed before', () =>
    given(asked, b.replies('R1', { fate: 'given' }), a.assesses('R1', { fate: 'accepted' }).named('assessment'))
      .when(a.withdraws('R1').named('withdrawal'))
      .thenExpect(
        effective(),
        closed('R1', 'fate', 'accepted', 'assessment'),
        closed('R1', 'remains', 'withdrawn', 'withdrawal'),
      ))

  it('is said by the asker, once, of the request of its stream', () => {
    given(asked).when(b.withdraws('R1')).thenExpect(voided('not-the-asker'))
    given(asked, a.withdraws('R1').named('withdrawal'))
      .when(a.withdraws('R1'))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(asked, b.acknowledges('R1').named('acknowledgement'))
      .when((world) => a.withdraws('R1').with({ re: [world.named('acknowledgement').placed.id] }))
      .thenExpect(voided('answers-another'))
  })

  it('ends the exchange on the request: acknowledgement, reply and assessment come too late', () => {
    const withdrawn = given(asked, b.replies('R1', { fate: 'given' }), a.withdraws('R1').named('withdrawal'))
    for (const late of [
      b.acknowledges('R1'),
      b.replies('R1', { remains: 'given' }),
      a.assesses('R1', { fate: 'accepted' }),
    ])
      withdrawn.when(late).thenExpect(voided('withdrawn', { by: 'withdrawal' }), duties({}))
  })

  it('that races a reply is judged by order alone', () => {
    given(askedOne)
      .when(a.withdraws('R1').named('withdrawal'), b.replies('R1', { fate: 'given' }))
      .thenExpect(voided('withdrawn', { by: 'withdrawal' }))
    given(askedOne)
      .when(b.replies('R1', { fate: 'given' }), a.withdraws('R1'))
      .thenExpect(effective(), duties({}))
  })
})

describe('requests side by side', () => {
  it('go both ways at once, each with its own duties', () =>
    given(
      parties,
      a.submits('R1', ['fate'], 'B'),
      b.submits('R2', ['documents'], 'A'),
      c.submits('R3', ['remains'], 'A'),
    )
      .when(b.replies('R1', { fate: 'given' }))
      .thenExpect(
        effective(),
        duties({
          A: ['assess fate', 'acknowledge', 'reply documents', 'acknowledge', 'reply remains'],
        }),
      ))

  it('share no identity: the same statement id in another stream is not a repetition', () => {
    // A statement belongs to one stream, so an id is looked up in its own.
    given(asked)
      .when(a.submits('R2', ['fate'], 'B'))
      .thenExpect(effective(), (world) => {
        expect(world.exchange.stateOf(`request-${thing('R1')}`).recorded).toHaveLength(1)
        expect(world.exchange.stateOf(`request-${thing('R2')}`).recorded).toHaveLength(1)
      })
  })

  it('may be drafted by an officer', () =>
    given(parties, a.delegates('draft', 'officer-1'))
      .when(a.submits('R1', ['fate'], 'B').under('officer-1'))
      .thenExpect(held(), duties({})))
})

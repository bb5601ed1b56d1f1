import { describe, it } from 'vitest'
import { begin, discharged, duties, effective, given, mechanismOf, owed, party, thing, voided } from './spec/index.ts'

const [a, b, c] = [party('A'), party('B'), party('C')]
const parties = mechanismOf(['A', 'B', 'C', 'M', 'G', 'O'])
const disclosed = [parties, b.discloses('D1', ['A', 'C']).named('disclosure')]

describe('disclosure.make', () => {
  it('opens acknowledge for each addressee, and no question', () =>
    given(parties)
      .when(b.discloses('D1', ['A', 'C']).named('disclosure'))
      .thenExpect(
        effective(),
        duties({ A: ['acknowledge'], C: ['acknowledge'] }),
        owed('acknowledge', 'A', 'B', 'disclosure'),
        owed('acknowledge', 'C', 'B', 'disclosure'),
      ))

  it('may go to any participant: the mediator, the agency, an observer', () =>
    given(parties)
      .when(b.discloses('D1', ['M', 'G', 'O']))
      .thenExpect(effective(), duties({ M: ['acknowledge'], G: ['acknowledge'], O: ['acknowledge'] })))

  it('goes to participants only', () =>
    given(parties, begin('X'))
      .when(b.discloses('D1', ['A', 'X']))
      .thenExpect(voided('addressee-not-a-participant'), duties({})))

  it('goes to others', () =>
    given(parties)
      .when(b.discloses('D1', ['A', 'B']))
      .thenExpect(voided('addresses-itself')))

  it('is made by a commission', () => {
    for (const who of ['M', 'G', 'O']) {
      given(parties)
        .when(party(who).discloses('D1', ['A']))
        .thenExpect(voided('not-a-commission'))
    }
  })

  it('is made once: one disclosure tells of one place or person', () =>
    given(disclosed)
      .when(b.discloses('D1', ['A']))
      .thenExpect(voided('already-founded', { by: 'disclosure' }), duties({ A: ['acknowledge'], C: ['acknowledge'] })))
})

describe('disclosure.acknowledge', () => {
  it('discharges the acknowledge of whoever says it, and of nobody else', () =>
    given(disclosed)
      .when(a.acknowledges('D1').named('acknowledgement'))
      .thenExpect(effective(), duties({ C: ['acknowledge'] }), discharged('acknowledge', 'acknowledgement')))

  it('is owed by each addressee apart', () =>
    given(disclosed, a.acknowledges('D1').named('by A'))
      .when(c.acknowledges('D1').named('by C'))
      .thenExpect(effective(), duties({}), discharged('acknowledge', 'by A', 'by C')))

  it('is said by an addressee, once', () => {
    given(disclosed).when(b.acknowledges('D1')).thenExpect(voided('not-an-addressee'))
    given(disclosed).when(party('M').acknowledges('D1')).thenExpect(voided('not-an-addressee'))
    given(disclosed, a.acknowledges('D1').named('acknowledgement'))
      .when(a.acknowledges('D1'))
      .thenExpect(voided('already-acknowledged', { by: 'acknowledgement' }))
  })

  it('answers the disclosure of its stream, in its mechanism', () => {
    given(disclosed, b.discloses('D2', ['A']).named('other'))
      .when((world) => a.acknowledges('D1').with({ re: [world.named('other').placed.id] }))
      .thenExpect(voided('answers-another'))
    given(disclosed, mechanismOf(['A', 'B'], 'MECH2'))
      .when(a.acknowledges('D1').with({ mechanism: thing('MECH2') }))
      .thenExpect(voided('other-mechanism'))
    given(parties).when(a.acknowledges('D1')).thenExpect(voided('not-founded'))
  })
})

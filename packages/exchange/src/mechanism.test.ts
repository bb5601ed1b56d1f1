import { describe, it } from 'vitest'
import { begin, effective, given, mechanismOf, participants, party, usualRoles, voided } from './spec/index.ts'

const [a, b, c, m, x] = [party('A'), party('B'), party('C'), party('M'), party('X')]
const all = begin('A', 'B', 'C', 'M', 'X')

describe('mechanism.propose', () => {
  it('founds a mechanism, which is in force when all it names have accepted', () => {
    const proposed = given(all, a.proposes('MECH', usualRoles(['A', 'B', 'M'])))
    proposed.thenExpect(participants('MECH'))
    proposed.when(b.accepts('MECH')).thenExpect(effective(), participants('MECH'))
    proposed.when(b.accepts('MECH'), m.accepts('MECH')).thenExpect(effective(), participants('MECH', 'A', 'B', 'M'))
  })

  it('is made by a party that it names: nobody binds others only', () =>
    given(all)
      .when(x.proposes('MECH', usualRoles(['A', 'B'])))
      .thenExpect(voided('not-named')))

  it('may be made again by any party named, as long as none is in force', () => {
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(b.proposes('MECH', usualRoles(['A', 'B', 'M'])))
      .thenExpect(effective(), participants('MECH'))
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(x.proposes('MECH', usualRoles(['A', 'X'])))
      .thenExpect(voided('not-named'))
  })

  it('once one is in force, is made by those present', () => {
    const inForce = given(all, mechanismOf(['A', 'B', 'M']))
    inForce.when(m.proposes('MECH', usualRoles(['A', 'B', 'C', 'M']))).thenExpect(effective())
    inForce.when(c.proposes('MECH', usualRoles(['A', 'B', 'C', 'M']))).thenExpect(voided('not-a-participant'))
  })

  it('lets nobody speak who is not known', () =>
    given(begin('A'))
      .when(b.proposes('MECH', usualRoles(['A', 'B'])))
      .thenExpect(voided('unknown-party')))
})

describe('mechanism.accept', () => {
  it('answers a proposal of this mechanism', () =>
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])), a.proposes('MECH2', usualRoles(['A', 'B'])).named('other'))
      .when(b.accepts('MECH', 'other'))
      .thenExpect(voided('unknown-proposal')))

  it('stands in a mechanism that someone has proposed', () =>
    given(all).when(b.accepts('MECH')).thenExpect(voided('not-founded')))

  it('is for those named, and for those present whom it would change', () =>
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(x.accepts('MECH'))
      .thenExpect(voided('not-named')))

  it('is stated once: proposing is accepting', () => {
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])).named('proposal'))
      .when(a.accepts('MECH'))
      .thenExpect(voided('already-accepted', { by: 'proposal' }))
    given(all, a.proposes('MECH', usualRoles(['A', 'B', 'M'])), b.accepts('MECH').named('acceptance'))
      .when(b.accepts('MECH'))
      .thenExpect(voided('already-accepted', { by: 'acceptance' }))
  })
})

describe('a later proposal', () => {
  const inForce = [all, mechanismOf(['A', 'B'])]

  it('admits a party when all present and the new one have accepted: nobody is admitted by the operator', () => {
    const proposed = given(inForce, a.proposes('MECH', usualRoles(['A', 'B', 'C'])))
    proposed.when(c.accepts('MECH')).thenExpect(participants('MECH', 'A', 'B'))
    proposed.when(c.accepts('MECH'), b.accepts('MECH')).thenExpect(participants('MECH', 'A', 'B', 'C'))
  })

  it('takes effect for the statements after it, not for its own leaf', () =>
    given(inForce, a.proposes('MECH', usualRoles(['A', 'B', 'C'])), b.accepts('MECH'))
      .when(c.accepts('MECH'), c.submits('R1', ['fate'], 'A'))
      .thenExpect(effective()))

  it('lets a party leave only with its own acceptance', () => {
    const three = given(all, mechanismOf(['A', 'B', 'C']), a.proposes('MECH', usualRoles(['A', 'B'])))
    three.when(b.accepts('MECH')).thenExpect(participants('MECH', 'A', 'B', 'C'))
    three
      .when(b.accepts('MECH'), c.accepts('MECH'), c.submits('R1', ['fate'], 'A'))
      .thenExpect(participants('MECH', 'A', 'B'), voided('not-a-participant'))
  })

  it('lapses when a rival comes into force', () =>
    given(
      inForce,
      a.proposes('MECH', usualRoles(['A', 'B', 'C'])).named('with C'),
      a.proposes('MECH', usualRoles(['A', 'B', 'M'])).named('with M'),
      b.accepts('MECH', 'with M'),
      m.accepts('MECH', 'with M').named('decision'),
    )
      .when(b.accepts('MECH', 'with C'))
      .thenExpect(voided('lapsed', { by: 'decision' }), participants('MECH', 'A', 'B', 'M')))

  it('cannot be undone by accepting what it has followed', () =>
    given(
      all,
      a.proposes('MECH', usualRoles(['A', 'B'])).named('first'),
      b.accepts('MECH'),
      a.proposes('MECH', usualRoles(['A', 'B', 'M'])),
      b.accepts('MECH'),
      m.accepts('MECH').named('decision'),
    )
      .when(m.accepts('MECH', 'first'))
      .thenExpect(voided('lapsed', { by: 'decision' }), participants('MECH', 'A', 'B', 'M')))
})

describe('speaking under a mechanism', () => {
  it('needs one that is in force', () => {
    given(all)
      .when(a.submits('R1', ['fate'], 'B'))
      .thenExpect(voided('mechanism-not-in-force'))
    given(all, a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(a.submits('R1', ['fate'], 'B'))
      .thenExpect(voided('mechanism-not-in-force'))
  })

  it('is for those who take part', () =>
    given(all, mechanismOf(['A', 'B']))
      .when(x.submits('R1', ['fate'], 'B'))
      .thenExpect(voided('not-a-participant')))

  it('runs side by side in several mechanisms, each by itself', () =>
    given(all, mechanismOf(['A', 'B']), mechanismOf(['A', 'C'], 'MECH2'))
      .when(a.submits('R1', ['fate'], 'B'), a.submits('R2', ['fate'], 'C', 'MECH2'))
      .thenExpect(effective()))
})

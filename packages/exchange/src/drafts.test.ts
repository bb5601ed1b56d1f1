import { describe, expect, it } from 'vitest'
import {
  again,
  begin,
  begun,
  draft,
  duties,
  effective,
  given,
  held,
  mechanismOf,
  open,
  owed,
  participants,
  party,
  stands,
  thing,
  voided,
} from './spec/index.ts'

const [a, b] = [party('A'), party('B')]
const officers = [
  mechanismOf(['A', 'B', 'M']),
  a.delegates('draft', 'officer-1'),
  a.delegates('draft', 'officer-2'),
  a.delegates('release', 'head-1'),
  b.delegates('draft', 'officer-1'),
  b.delegates('release', 'head-1'),
]
const drafted = [officers, a.submits('R1', ['fate'], 'B').under('officer-1').named('draft')]

describe('a statement under a draft key', () => {
  it('is held: nothing follows from it', () =>
    given(officers)
      .when(a.submits('R1', ['fate'], 'B').under('officer-1').named('draft'))
      .thenExpect(held(), draft('draft', 'held'), begun('request', thing('R1'), false), duties({})))

  it('is held whatever it says, even what would be void: it is judged at its release', () =>
    given(officers)
      .when(a.submits('R1', ['fate'], 'A').under('officer-1'))
      .thenExpect(held()))

  it('is held in every stream but those of parties', () => {
    for (const said of [
      a.describesCase('C1'),
      a.publishesList('L1'),
      a.describesSite('S1'),
      a.discloses('D1', ['B']),
    ]) {
      given(officers).when(said.under('officer-1')).thenExpect(held(), duties({}))
    }
    given(officers).when(a.describesItself().under('officer-1')).thenExpect(voided('key-may-not-say-this'))
  })

  it('leaves what stands as it is', () =>
    given(officers, a.describesCase('C1').named('first'))
      .when(a.describesCase('C1').under('officer-1'))
      .thenExpect(held(), stands('case', 'C1', 'A', 1, 'first')))

  it('needs a mechanism in force only when it is released', () =>
    given(begin('A', 'B'), a.delegates('draft', 'officer-1'))
      .when(a.submits('R1', ['fate'], 'B').under('officer-1'))
      .thenExpect(held()))

  it('does not race: a draft leaves the way free for whoever speaks', () =>
    given(
      officers,
      a.submits('R1', ['fate'], 'B'),
      b.replies('R1', { fate: 'none-found' }).under('officer-1').named('draft'),
    )
      .when(b.replies('R1', { fate: 'given' }).named('reply'))
      .thenExpect(effective(), duties({ A: ['assess fate'] })))
})

describe('statement.release', () => {
  it.each(['head-1', 'sign'])('under a key that speaks (%s) has the draft count from the leaf of the release', (key) =>
    given(drafted)
      .when(a.releases('draft').under(key).named('release'))
      .thenExpect(
        effective(),
        draft('draft', { releasedBy: 'release' }),
        duties({ B: ['acknowledge', 'reply fate'] }),
        open('R1', 'fate'),
        // Opened by the draft, at the leaf of its release.
        owed('reply fate', 'B', 'A', 'draft'),
        (world) => {
          const request = world.thing('request', thing('R1'))
          expect(request?.submitted.leaf).toBe(world.named('release').placed.leaf)
          expect(request?.owed[0]?.openedAt).toBe(world.named('release').placed.leaf)
          expect(world.named('release').step.released).toBe(world.named('draft').placed.id)
        },
      ),
  )

  it.each(['officer-1', 'officer-2', 'seal', 'recover'])('is not for a key that does not speak: %s', (key) =>
    given(drafted)
      .when(a.releases('draft').under(key))
      .thenExpect(voided('key-may-not-say-this'), draft('draft', 'held'), duties({})),
  )

  it('of a draft that would be void is void with that reason, and the draft stays', () => {
    given(officers, a.submits('R1', ['fate'], 'A').under('officer-1').named('draft'))
      .when(a.releases('draft').under('head-1'))
      .thenExpect(voided('addresses-itself'), draft('draft', 'held'))
    given(
      officers,
      a.submits('R1', ['fate'], 'B'),
      b.replies('R1', { fate: 'given' }).under('officer-1').named('draft'),
      b.replies('R1', { fate: 'none-found' }).named('reply'),
    )
      .when(b.releases('draft').under('head-1'))
      .thenExpect(voided('already-answered', { by: 'reply', question: 'fate' }), draft('draft', 'held'))
    given(
      begin('A', 'B'),
      a.delegates('draft', 'officer-1'),
      a.submits('R1', ['fate'], 'B').under('officer-1').named('draft'),
    )
      .when(a.releases('draft'))
      .thenExpect(voided('mechanism-not-in-force'), draft('draft', 'held'))
  })

  it('may be tried again when what stood in its way is gone', () =>
    given(
      begin('A', 'B'),
      a.delegates('draft', 'officer-1'),
      a.submits('R1', ['fate'], 'B').under('officer-1').named('draft'),
      a.proposes('MECH', { A: 'commission', B: 'commission' }),
    )
      .when(a.releases('draft'), b.accepts('MECH'), a.releases('draft').named('release'))
      .thenExpect(effective(), draft('draft', { releasedBy: 'release' }), duties({ B: ['acknowledge', 'reply fate'] })))

  it('releases a draft once', () =>
    given(drafted, a.releases('draft').under('head-1').named('release'))
      .when(a.releases('draft'))
      .thenExpect(voided('already-released', { by: 'release' }), duties({ B: ['acknowledge', 'reply fate'] })))

  it('names a draft of its stream', () => {
    given(officers, a.submits('R1', ['fate'], 'B').named('spoken'))
      .when(a.releases('spoken'))
      .thenExpect(voided('no-such-draft'))
    given(drafted)
      .when(a.releases('draft').with({ about: thing('R2') }))
      .thenExpect(voided('no-such-draft'))
  })

  it('stays in the mechanism of the draft, if it names one', () => {
    given(drafted, mechanismOf(['A', 'B'], 'MECH2'))
      .when(a.releases('draft').with({ mechanism: thing('MECH2') }))
      .thenExpect(voided('other-mechanism'), draft('draft', 'held'))
    given(drafted)
      .when(a.releases('draft').with({ mechanism: undefined }))
      .thenExpect(effective())
  })

  it("is for a party's own drafts", () =>
    given(drafted)
      .when(b.releases('draft').under('head-1'))
      .thenExpect(voided('not-own-draft'), draft('draft', 'held')))

  it('counts when the officer who drafted is gone: it is the release that speaks', () =>
    given(drafted, a.endsDelegation('officer-1')).when(a.releases('draft').under('head-1')).thenExpect(effective()))

  it('is void under a key that was revoked before it', () =>
    given(drafted, a.revokes('head-1').named('revocation'))
      .when(a.releases('draft').under('head-1'))
      .thenExpect(voided('key-revoked', { by: 'revocation' }), draft('draft', 'held')))

  it('lets the first released of two drafts count', () =>
    given(
      drafted,
      a.submits('R1', ['remains'], 'B').under('officer-2').named('other draft'),
      a.releases('other draft').under('head-1').named('release'),
    )
      .when(a.releases('draft').under('head-1'))
      .thenExpect(voided('already-founded', { by: 'release' }), draft('draft', 'held'), open('R1', 'remains')))

  it('releases an answer, a mechanism, a register entry like a request', () => {
    given(
      officers,
      a.submits('R1', ['fate'], 'B'),
      b.replies('R1', { fate: 'given' }).under('officer-1').named('draft'),
    )
      .when(b.releases('draft').under('head-1'))
      .thenExpect(effective(), duties({ A: ['assess fate'] }))
    given(officers, a.proposes('MECH2', { A: 'commission', B: 'commission' }).under('officer-1').named('draft'))
      .when(a.releases('draft').under('head-1'), b.accepts('MECH2'))
      .thenExpect(effective(), participants('MECH2', 'A', 'B'))
    given(officers, a.describesCase('C1').under('officer-1').named('draft'))
      .when(a.releases('draft').under('head-1'))
      .thenExpect(effective(), begun('case', thing('C1')))
  })

  it('is the same statement when it or its draft is recorded again', () => {
    given(drafted)
      .when(again('draft'))
      .thenExpect(voided('repeated', { by: 'draft' }), draft('draft', 'held'))
    given(drafted, a.releases('draft').named('release'))
      .when(again('release'))
      .thenExpect(voided('repeated', { by: 'release' }))
  })
})

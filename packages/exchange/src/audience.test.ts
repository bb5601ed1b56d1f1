import { describe, it } from 'vitest'
import { begin, effective, given, mechanismOf, type PartyAct, party, usualRoles, voided } from './spec/index.ts'

const [a, b, c, g, x] = [party('A'), party('B'), party('C'), party('G'), party('X')]
const asked = [
  mechanismOf(['A', 'B', 'C', 'M', 'G', 'O']),
  begin('X'),
  a.submits('R1', ['fate'], 'B'),
  a.submits('R2', ['fate'], 'B'),
  b.replies('R2', { fate: 'given' }),
  a.discloses('D1', ['B']),
]

/** Each kind that is said under a mechanism, with its other side. */
const spoken: readonly {
  readonly kind: string
  readonly act: PartyAct
  readonly other: typeof a
  readonly to: boolean
}[] = [
  { kind: 'request.submit', act: a.submits('R3', ['fate'], 'B'), other: b, to: true },
  { kind: 'request.acknowledge', act: b.acknowledges('R1'), other: a, to: false },
  { kind: 'request.reply', act: b.replies('R1', { fate: 'given' }), other: a, to: true },
  { kind: 'request.assess', act: a.assesses('R2', { fate: 'accepted' }), other: b, to: false },
  { kind: 'request.withdraw', act: a.withdraws('R1'), other: b, to: false },
  { kind: 'disclosure.make', act: a.discloses('D2', ['B']), other: b, to: true },
  { kind: 'disclosure.acknowledge', act: b.acknowledges('D1'), other: a, to: false },
]

describe.each(spoken)('the audience of $kind', ({ act, other }) => {
  it('holds the other side and the central agency', () => given(asked).when(act).thenExpect(effective()))

  it('may hold further participants', () =>
    given(asked)
      .when(act.with({ aud: [other.id, g.id, c.id] }))
      .thenExpect(effective()))

  it('never leaves out the central agency where there is one', () =>
    given(asked)
      .when(act.with({ aud: [other.id] }))
      .thenExpect(voided('agency-left-out')))

  it('holds participants only', () =>
    given(asked)
      .when(act.with({ aud: [other.id, g.id, x.id] }))
      .thenExpect(voided('audience-not-in-mechanism')))
})

// Whoever stands in `to` must stand in `aud` already by the schema of the kind.
describe.each(spoken.filter(({ to }) => !to))('the audience of $kind', ({ act }) => {
  it('never leaves out the other side', () => {
    given(asked)
      .when(act.with({ aud: [g.id] }))
      .thenExpect(voided('other-side-left-out'))
    given(asked)
      .when(act.with({ aud: undefined }))
      .thenExpect(voided('other-side-left-out'))
  })
})

describe('the audience of a reply', () => {
  it('holds the asker, even when it is addressed to another', () =>
    given(asked)
      .when(b.replies('R1', { fate: 'given' }).with({ to: [c.id], aud: [c.id, g.id] }))
      .thenExpect(voided('other-side-left-out')))

  it('owes an answer to nobody but the asker, even where the asker hears it', () =>
    given(asked)
      .when((world) => {
        const act = b.replies('R1', { fate: 'given' })
        const asker = act.say(world).payload.to ?? []
        return act.with({ to: [c.id], aud: [...asker, c.id, g.id] })
      })
      .thenExpect(voided('other-side-left-out')))
})

describe('the copy of the central agency', () => {
  it('is not sent by the agency to itself, nor where there is none', () => {
    given(asked, c.discloses('D2', ['G']))
      .when(g.acknowledges('D2'))
      .thenExpect(effective())
    given(mechanismOf(['A', 'B']))
      .when(a.submits('R1', ['fate'], 'B'))
      .thenExpect(effective())
  })

  it('is owed from the leaf at which the agency comes in', () =>
    given(
      mechanismOf(['A', 'B']),
      begin('G'),
      a.submits('R1', ['fate'], 'B'),
      a.proposes('MECH', usualRoles(['A', 'B', 'G'])),
      b.accepts('MECH'),
      g.accepts('MECH'),
    )
      .when(b.replies('R1', { fate: 'given' }).with({ aud: [a.id] }))
      .thenExpect(voided('agency-left-out')))
})

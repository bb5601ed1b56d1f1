import { describe, expect, it } from 'vitest'
import { listed } from './shared-list.ts'
import {
  again,
  begin,
  discharged,
  duties,
  effective,
  given,
  held,
  mechanismOf,
  owed,
  participants,
  party,
  rulesInForce,
  rulesOf,
  thing,
  usualRoles,
  voided,
} from './spec/index.ts'

const [a, b, c, m] = [party('A'), party('B'), party('C'), party('M')]
const [g, o, x] = [party('G'), party('O'), party('X')]
const parties = mechanismOf(['A', 'B', 'M', 'G', 'O'])
const proposed = [parties, a.proposesRules('MECH').named('rules')]

describe('mechanism.propose-rules', () => {
  it('opens accept-rules on every other commission and the mediator, towards the proposer: proposing is accepting', () =>
    given(parties)
      .when(a.proposesRules('MECH').named('rules'))
      .thenExpect(
        effective(),
        duties({ B: ['accept-rules'], M: ['accept-rules'] }),
        owed('accept-rules', 'B', 'A', 'rules'),
        rulesInForce('MECH'),
      ))

  it('puts them in force at once where nobody else must accept', () =>
    given(mechanismOf(['A', 'O']))
      .when(a.proposesRules('MECH'))
      .thenExpect(effective(), duties({}), rulesInForce('MECH', 1)))

  it('is made by a commission or the mediator', () => {
    given(parties)
      .when(m.proposesRules('MECH'))
      .thenExpect(effective(), duties({ A: ['accept-rules'], B: ['accept-rules'] }))
    for (const who of [g, o]) given(parties).when(who.proposesRules('MECH')).thenExpect(voided('role-may-not-say-this'))
    given(parties, begin('X')).when(x.proposesRules('MECH')).thenExpect(voided('not-a-participant'))
  })

  it('needs a mechanism that is in force', () => {
    given(begin('A')).when(a.proposesRules('MECH')).thenExpect(voided('not-founded'))
    given(begin('A', 'B'), a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(a.proposesRules('MECH'))
      .thenExpect(voided('mechanism-not-in-force'))
  })

  it('is of the version that comes next, in body and document alike', () => {
    for (const version of [2, 3])
      given(parties).when(a.proposesRules('MECH', { version })).thenExpect(voided('not-the-next-version'))
    given(parties)
      .when(a.proposesRules('MECH', { version: 1 }, { version: 2 }))
      .thenExpect(voided('not-the-next-version'))
    const first = [parties, a.proposesRules('MECH'), b.acceptsRules('MECH'), m.acceptsRules('MECH').named('agreed')]
    for (const version of [1, 3])
      given(first)
        .when(b.proposesRules('MECH', { version }))
        .thenExpect(voided('not-the-next-version', { by: 'agreed' }))
    given(first)
      .when(b.proposesRules('MECH', { version: 2 }))
      .thenExpect(effective())
  })

  it('under a draft key is held with its document, and speaks when it is released', () => {
    const drafted = [
      parties,
      a.delegates('draft', 'officer-1'),
      a.proposesRules('MECH').under('officer-1').named('draft'),
    ]
    given(parties, a.delegates('draft', 'officer-1'))
      .when(a.proposesRules('MECH').under('officer-1'))
      .thenExpect(held(), duties({}))
    given(drafted)
      .when(a.releases('draft'), b.acceptsRules('MECH'), m.acceptsRules('MECH'))
      .thenExpect(effective(), rulesInForce('MECH', 1), (world) =>
        expect(world.thing('mechanism', thing('MECH'))?.rules?.[0]?.rules.zone).toBe('UTC'),
      )
  })
})

describe('mechanism.accept-rules', () => {
  it('discharges accept-rules; when every commission and the mediator have accepted, the rules are in force', () => {
    given(proposed)
      .when(b.acceptsRules('MECH').named('acceptance'))
      .thenExpect(
        effective(),
        duties({ M: ['accept-rules'] }),
        discharged('accept-rules', 'acceptance'),
        rulesInForce('MECH'),
      )
    given(proposed)
      .when(b.acceptsRules('MECH'), m.acceptsRules('MECH'))
      .thenExpect(effective(), duties({}), rulesInForce('MECH', 1))
  })

  it('puts them in force for the statements after it, never for what stands before', () =>
    given(proposed, b.acceptsRules('MECH'), a.submits('R1', ['fate'], 'B'))
      .when(m.acceptsRules('MECH'), a.submits('R2', ['fate'], 'B'))
      .thenExpect(effective(), (world) => {
        const versions = (name: string) => world.thing('request', thing(name))?.owed.map((duty) => duty.rulesVersion)
        expect(versions('R1')).toEqual([undefined, undefined])
        expect(versions('R2')).toEqual([1, 1])
      }))

  it('is for commissions and the mediator', () => {
    for (const who of [g, o]) given(proposed).when(who.acceptsRules('MECH')).thenExpect(voided('role-may-not-say-this'))
    given(proposed, begin('X')).when(x.acceptsRules('MECH')).thenExpect(voided('not-a-participant'))
  })

  it('names a proposal of rules of this mechanism', () => {
    given(parties).when(b.acceptsRules('MECH')).thenExpect(voided('unknown-proposal'))
    given(parties, mechanismOf(['A', 'B'], 'MECH2'), a.proposesRules('MECH2').named('other'))
      .when(b.acceptsRules('MECH', 'other'))
      .thenExpect(voided('unknown-proposal'))
    given(begin('A', 'B'), a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(b.acceptsRules('MECH'))
      .thenExpect(voided('mechanism-not-in-force'))
  })

  it('is said once, proposing included', () => {
    given(proposed)
      .when(a.acceptsRules('MECH'))
      .thenExpect(voided('already-accepted', { by: 'rules' }))
    given(proposed, b.acceptsRules('MECH').named('acceptance'))
      .when(b.acceptsRules('MECH'))
      .thenExpect(voided('already-accepted', { by: 'acceptance' }))
    given(proposed, b.acceptsRules('MECH').named('acceptance'))
      .when(again('acceptance'))
      .thenExpect(voided('repeated', { by: 'acceptance' }))
  })
})

describe('rival proposals of rules', () => {
  const rivals = [proposed, b.proposesRules('MECH').named('rival')]

  it('are owed an acceptance each', () =>
    given(rivals).thenExpect(duties({ A: ['accept-rules'], B: ['accept-rules'], M: ['accept-rules', 'accept-rules'] })))

  it('lapse when one comes into force, and what was owed of them ends', () =>
    given(rivals, m.acceptsRules('MECH', 'rival'), a.acceptsRules('MECH', 'rival').named('decision'))
      .when(b.acceptsRules('MECH', 'rules'))
      .thenExpect(voided('lapsed', { by: 'decision' }), rulesInForce('MECH', 1), duties({}), (world) => {
        const ended = listed(world.thing('mechanism', thing('MECH'))?.over).filter(({ how }) => how === 'ended')
        expect(ended.map(({ owner, dischargedBy }) => [owner, dischargedBy])).toEqual(
          [b, m].map(({ id }) => [id, world.named('decision').placed.id]),
        )
      }))

  it('cannot be accepted when their version has been followed', () =>
    given(
      parties,
      rulesOf(),
      a.proposesRules('MECH').named('second'),
      b.acceptsRules('MECH'),
      m.acceptsRules('MECH').named('decision'),
    )
      .when((world) =>
        b.acceptsRules('MECH').with({ re: [world.thing('mechanism', thing('MECH'))?.rules?.[0]?.statement ?? ''] }),
      )
      .thenExpect(
        (_, verdicts) => expect(verdicts.at(-1)).toMatchObject({ reason: 'already-accepted' }),
        rulesInForce('MECH', 2),
      ))
})

describe('newcomers', () => {
  const admitted = [
    a.proposes('MECH', usualRoles(['A', 'B', 'C', 'M', 'G', 'O'])),
    b.accepts('MECH'),
    m.accepts('MECH'),
    g.accepts('MECH'),
    o.accepts('MECH'),
  ]

  it('accept the rules in force with the mechanism', () =>
    given(parties, begin('C'), rulesOf(), admitted, c.accepts('MECH'))
      .when(c.acceptsRules('MECH'))
      .thenExpect((_, verdicts) => expect(verdicts.at(-1)).toMatchObject({ reason: 'already-accepted' }), duties({})))

  it('must accept what is proposed when they come', () => {
    const coming = [proposed, begin('C'), b.acceptsRules('MECH'), admitted, c.accepts('MECH').named('coming')]
    given(coming).thenExpect(
      duties({ M: ['accept-rules'], C: ['accept-rules'] }),
      owed('accept-rules', 'C', 'A', 'coming'),
    )
    given(coming).when(m.acceptsRules('MECH')).thenExpect(effective(), rulesInForce('MECH'))
    given(coming)
      .when(m.acceptsRules('MECH'), c.acceptsRules('MECH'))
      .thenExpect(effective(), rulesInForce('MECH', 1), duties({}))
  })

  it('accept nothing that others have followed', () =>
    given(
      parties,
      begin('C'),
      a.proposesRules('MECH').named('first'),
      b.acceptsRules('MECH'),
      m.acceptsRules('MECH'),
      b.proposesRules('MECH'),
      a.acceptsRules('MECH'),
      m.acceptsRules('MECH').named('decision'),
      admitted,
      c.accepts('MECH'),
    )
      .when(c.acceptsRules('MECH', 'first'))
      .thenExpect(voided('lapsed', { by: 'decision' })))
})

describe('mechanism.suspend', () => {
  const asked = [parties, a.submits('R1', ['fate'], 'B'), a.discloses('D1', ['B'])]
  const suspended = [asked, b.suspends().named('suspension')]

  it('is said by any commission or the mediator, unless the rules name others', () => {
    for (const who of [a, b, m]) given(parties).when(who.suspends()).thenExpect(effective())
    for (const who of [g, o]) given(parties).when(who.suspends()).thenExpect(voided('role-may-not-say-this'))
    given(parties, begin('X')).when(x.suspends()).thenExpect(voided('not-a-participant'))
    const byMediator = [parties, rulesOf({ suspension: { by: ['mediator'] } })]
    given(byMediator).when(a.suspends()).thenExpect(voided('role-may-not-say-this'))
    given(byMediator).when(m.suspends()).thenExpect(effective())
  })

  it('needs a mechanism that is in force', () =>
    given(begin('A', 'B'), a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(a.suspends())
      .thenExpect(voided('mechanism-not-in-force')))

  it('makes void what is asked, answered and disclosed meanwhile, and discharges nothing', () => {
    const still = duties({ B: ['acknowledge', 'reply fate', 'acknowledge'] })
    for (const said of [
      a.submits('R2', ['fate'], 'B'),
      b.acknowledges('R1'),
      b.replies('R1', { fate: 'given' }),
      a.discloses('D2', ['B']),
      b.acknowledges('D1'),
    ])
      given(suspended)
        .when(said)
        .thenExpect(voided('mechanism-suspended', { by: 'suspension' }), still)
  })

  it('makes void what was drafted before and is released meanwhile', () =>
    given(
      asked,
      b.delegates('draft', 'officer-1'),
      b.replies('R1', { fate: 'given' }).under('officer-1').named('draft'),
      a.suspends().named('suspension'),
    )
      .when(b.releases('draft'))
      .thenExpect(voided('mechanism-suspended', { by: 'suspension' })))

  it('leaves a withdrawal possible, and whatever the rules allow instead', () => {
    given(suspended).when(a.withdraws('R1')).thenExpect(effective())
    const agreed = [
      asked,
      rulesOf({ suspension: { allows: ['request.acknowledge'] } }),
      a.suspends().named('suspension'),
    ]
    given(agreed).when(b.acknowledges('R1')).thenExpect(effective())
    given(agreed)
      .when(a.withdraws('R1'))
      .thenExpect(voided('mechanism-suspended', { by: 'suspension' }))
  })

  it('leaves other mechanisms, parties and registers as they are', () => {
    given(suspended, mechanismOf(['A', 'B'], 'MECH2'))
      .when(a.submits('R2', ['fate'], 'B', 'MECH2'))
      .thenExpect(effective())
    for (const said of [a.describesItself(), a.describesCase('C1'), a.publishesList('L1'), a.proposesRules('MECH')])
      given(suspended).when(said).thenExpect(effective())
  })

  it('is said by a party once at a time', () => {
    given(suspended)
      .when(b.suspends())
      .thenExpect(voided('already-suspended', { by: 'suspension' }))
    given(suspended, b.resumes()).when(b.suspends()).thenExpect(effective())
  })
})

describe('mechanism.resume', () => {
  const asked = [parties, a.submits('R1', ['fate'], 'B')]
  const suspended = [asked, b.suspends().named('suspension')]

  it("ends its author's own suspension", () => {
    given(suspended)
      .when(b.resumes(), b.replies('R1', { fate: 'given' }))
      .thenExpect(effective())
    given(suspended).when(a.resumes('MECH', 'suspension')).thenExpect(voided('unknown-suspension'))
    given(asked).when(a.resumes()).thenExpect(voided('unknown-suspension'))
  })

  it('ends it once', () =>
    given(suspended, b.resumes().named('resumption'))
      .when(b.resumes())
      .thenExpect(voided('already-resumed', { by: 'resumption' })))

  it('leaves the mechanism suspended while any other stands', () => {
    const both = [suspended, m.suspends().named('second')]
    given(both, b.resumes())
      .when(b.acknowledges('R1'))
      .thenExpect(voided('mechanism-suspended', { by: 'second' }))
    given(both, m.resumes())
      .when(b.acknowledges('R1'))
      .thenExpect(voided('mechanism-suspended', { by: 'suspension' }))
    given(both, m.resumes(), b.resumes()).when(b.acknowledges('R1')).thenExpect(effective())
  })

  it('is open to a party that has left: otherwise nobody could', () =>
    given(suspended, b.leaves()).when(b.resumes()).thenExpect(effective()))
})

describe('mechanism.leave', () => {
  const three = [
    mechanismOf(['A', 'B', 'C', 'M']),
    a.submits('R1', ['fate'], 'C').named('request'),
    a.submits('R2', ['fate'], 'B'),
  ]
  const left = [three, c.leaves().named('leaving')]

  it('takes the party out and discharges nothing: its duties stand still', () =>
    given(three)
      .when(c.leaves().named('leaving'))
      .thenExpect(
        effective(),
        participants('MECH', 'A', 'B', 'M'),
        duties({ B: ['acknowledge', 'reply fate'], C: ['acknowledge', 'reply fate'] }),
        (world) => {
          const { id: statement, leaf: since } = world.named('leaving').placed
          expect(world.thing('mechanism', thing('MECH'))?.absences).toEqual([{ statement, by: c.id, since }])
        },
      ))

  it('lets it speak no more under the mechanism, nor be asked', () => {
    given(left).when(c.acknowledges('R1')).thenExpect(voided('not-a-participant'))
    given(left).when(c.leaves()).thenExpect(voided('not-a-participant'))
    given(left)
      .when(a.submits('R3', ['fate'], 'C'))
      .thenExpect(voided('addressee-not-a-commission'))
  })

  it('lets the other side go on with what it has begun', () => {
    given(left)
      .when(a.withdraws('R1'))
      .thenExpect(effective(), duties({ B: ['acknowledge', 'reply fate'] }))
  })

  it('is for those who take part, in a mechanism that is in force', () => {
    given(three, begin('X')).when(x.leaves()).thenExpect(voided('not-a-participant'))
    given(begin('A', 'B'), a.proposes('MECH', usualRoles(['A', 'B'])))
      .when(a.leaves())
      .thenExpect(voided('mechanism-not-in-force'))
  })

  it('ends when the party rejoins by a later proposal', () => {
    const back = [left, a.proposes('MECH', usualRoles(['A', 'B', 'C', 'M'])), b.accepts('MECH'), m.accepts('MECH')]
    given(back).when(c.acknowledges('R1')).thenExpect(voided('not-a-participant'))
    given(back)
      .when(c.accepts('MECH').named('return'), c.acknowledges('R1'))
      .thenExpect(effective(), participants('MECH', 'A', 'B', 'C', 'M'), (world) =>
        expect(world.thing('mechanism', thing('MECH'))?.absences?.[0]?.until).toBe(world.named('return').placed.leaf),
      )
  })

  it('is not undone by what the party had accepted before it left', () => {
    const pending = [
      three,
      begin('D'),
      a.proposes('MECH', usualRoles(['A', 'B', 'C', 'D', 'M'])).named('with D'),
      c.accepts('MECH'),
    ]
    given(pending, c.leaves().named('leaving'))
      .when(b.accepts('MECH', 'with D'))
      .thenExpect(voided('lapsed', { by: 'leaving' }))
  })

  it('is no more in the way of what the others have agreed', () => {
    given(
      three,
      begin('D'),
      a.proposes('MECH', usualRoles(['A', 'B', 'D', 'M'])),
      b.accepts('MECH'),
      m.accepts('MECH'),
      party('D').accepts('MECH'),
    )
      .when(c.leaves())
      .thenExpect(effective(), participants('MECH', 'A', 'B', 'D', 'M'))
    given(three, a.proposesRules('MECH'), b.acceptsRules('MECH'), m.acceptsRules('MECH'))
      .when(c.leaves())
      .thenExpect(effective(), rulesInForce('MECH', 1))
  })

  it('of everyone leaves a mechanism that those once named may propose anew', () => {
    const empty = [mechanismOf(['A', 'B']), begin('X'), a.leaves(), b.leaves()]
    given(empty).thenExpect(participants('MECH'))
    given(empty)
      .when(x.proposes('MECH', usualRoles(['A', 'X'])))
      .thenExpect(voided('not-named'))
    given(empty)
      .when(a.proposes('MECH', usualRoles(['A', 'B'])), b.accepts('MECH'))
      .thenExpect(effective(), participants('MECH', 'A', 'B'))
  })
})

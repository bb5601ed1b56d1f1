import { describe, expect, it } from 'vitest'
import { judge } from './fold.ts'
import { createExchange } from './in-memory.ts'
import { given, mechanismOf, party, thing } from './spec/index.ts'
import { emptyStream } from './state.ts'

describe('createExchange', () => {
  it('knows nothing at first', () => {
    const exchange = createExchange()
    expect(exchange.stateOf(`request-${thing('R1')}`)).toEqual(emptyStream(`request-${thing('R1')}`))
    expect(exchange.standing.party(party('A').id)).toBeUndefined()
    expect(exchange.standing.mechanism(thing('MECH'))).toBeUndefined()
  })

  it('continues from a snapshot as from the statements themselves', () =>
    given(mechanismOf(['A', 'B']), party('A').submits('R1', ['fate'], 'B')).thenExpect(({ happened }) => {
      const whole = createExchange()
      for (const { placed } of happened) whole.place(placed)
      const streams = [`party-${party('A').id}`, `party-${party('B').id}`, `mechanism-${thing('MECH')}`] as const
      const snapshot = JSON.stringify(streams.map((stream) => whole.stateOf(stream)))
      const continued = createExchange(JSON.parse(snapshot))
      const last = happened.at(-1)
      expect(last && continued.place(last.placed).verdict).toEqual({ verdict: 'effective' })
      expect(continued.stateOf(`request-${thing('R1')}`)).toEqual(whole.stateOf(`request-${thing('R1')}`))
      expect(continued.standing.mechanism(thing('MECH'))).toEqual(whole.standing.mechanism(thing('MECH')))
    }))

  it('is asked beforehand by the same rules: what `judge` advises is what `place` finds', () =>
    given(mechanismOf(['A', 'B']), party('A').submits('R1', ['fate'], 'B')).thenExpect((world) => {
      const { exchange, leaf } = world
      const { payload, kid } = party('B').replies('R1', { fate: 'given' }).say(world)
      for (const [id, verdict] of [
        ['first', { verdict: 'effective' }],
        ['second', { verdict: 'void', reason: 'already-answered', leaf, question: 'fate' }],
      ] as const) {
        const placed = { leaf: id === 'first' ? leaf : leaf + 1, id, kid, payload }
        expect(judge(exchange.standing, exchange.stateOf(`request-${thing('R1')}`), placed)).toEqual(verdict)
        expect(exchange.place(placed).verdict).toEqual(verdict)
      }
    }))
})

import { describe, it } from 'vitest'
import { begin, duties, effective, given, mechanismOf, party, stands, voided } from './spec/index.ts'

const [a, b] = [party('A'), party('B')]
const entries = [
  ['case.describe', 'case', (who: typeof a) => who.describesCase('X1')],
  ['site.describe', 'site', (who: typeof a) => who.describesSite('X1')],
  ['list.publish', 'list', (who: typeof a) => who.publishesList('X1')],
] as const

describe.each(entries)('%s', (_, prefix, describes) => {
  it("is a party's own: it needs no mechanism and opens nothing", () =>
    given(begin('A'))
      .when(describes(a).named('first'))
      .thenExpect(effective(), stands(prefix, 'X1', 'A', 1, 'first'), duties({})))

  it('may be said again; the latest stands', () =>
    given(begin('A'), describes(a))
      .when(describes(a).named('second'))
      .thenExpect(effective(), stands(prefix, 'X1', 'A', 2, 'second')))

  it('is said by whoever began it', () =>
    given(begin('A', 'B'), describes(a).named('first'))
      .when(describes(b))
      .thenExpect(voided('not-the-founder'), stands(prefix, 'X1', 'A', 1, 'first')))

  it('may be said by an officer who speaks, not by one who reads', () => {
    const officers = given(begin('A'), a.delegates('release', 'head-1'), a.delegates('read', 'service-1'))
    officers.when(describes(a).under('head-1')).thenExpect(effective())
    officers.when(describes(a).under('service-1')).thenExpect(voided('key-may-not-say-this'))
    officers.when(describes(a).under('seal')).thenExpect(voided('key-may-not-say-this'))
    officers.when(describes(a).under('recover')).thenExpect(voided('key-may-not-say-this'))
  })
})

describe('list.publish under a mechanism', () => {
  it('is said by a party that takes part', () => {
    const inForce = given(begin('X'), mechanismOf(['A', 'B']))
    const under = (world: Parameters<ReturnType<typeof mechanismOf>>[0]) =>
      a.publishesList('L1').with({ mechanism: a.submits('R1', ['fate'], 'B').say(world).payload.mechanism })
    inForce.when(under).thenExpect(effective())
    inForce
      .when((world) =>
        party('X')
          .publishesList('L2')
          .with({ mechanism: under(world).say(world).payload.mechanism }),
      )
      .thenExpect(voided('not-a-participant'))
  })

  it('is published to those in it', () => {
    const inForce = given(begin('X'), mechanismOf(['A', 'B', 'M']))
    const to =
      (...names: string[]) =>
      (world: Parameters<ReturnType<typeof mechanismOf>>[0]) =>
        a.publishesList('L1').with({
          mechanism: a.submits('R1', ['fate'], 'B').say(world).payload.mechanism,
          aud: names.map((name) => party(name).id),
        })
    inForce.when(to('B', 'M')).thenExpect(effective())
    inForce.when(to('B', 'X')).thenExpect(voided('audience-not-in-mechanism'))
  })
})

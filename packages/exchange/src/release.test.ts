import { describe, it } from 'vitest'
import { draft, duties, effective, given, held, mechanismOf, party, rulesOf, voided } from './spec/index.ts'

const [a, b] = [party('A'), party('B')]
const officers = [
  mechanismOf(['A', 'B', 'M']),
  a.delegates('draft', 'officer-1'),
  a.delegates('release', 'officer-1', 'officer-1-release'),
  a.delegates('release', 'head-1'),
]
const agreed = (release: 'one' | 'two' | 'sealed') => [officers, rulesOf({ release: { 'request.submit': release } })]
const asking = a.submits('R1', ['fate'], 'B')
const drafted = asking.under('officer-1').named('draft')
const opened = duties({ B: ['acknowledge', 'reply fate'] })

describe('release of a kind by one officer, as it is unless agreed otherwise', () => {
  it('takes a direct statement and a released draft alike', () => {
    given(agreed('one')).when(asking).thenExpect(effective(), opened)
    given(agreed('one'), drafted).when(a.releases('draft').under('officer-1-release')).thenExpect(effective(), opened)
  })
})

describe('release of a kind by two officers', () => {
  it('makes a direct statement void, whoever speaks', () => {
    for (const key of ['sign', 'head-1', 'officer-1-release'])
      given(agreed('two')).when(asking.under(key)).thenExpect(voided('needs-release'), duties({}))
  })

  it('takes a draft that another officer releases, or the commission itself', () => {
    for (const key of ['head-1', 'sign'])
      given(agreed('two'), drafted).when(a.releases('draft').under(key)).thenExpect(effective(), opened)
  })

  it('is of two who differ: not of one officer with two keys', () =>
    given(agreed('two'), drafted)
      .when(a.releases('draft').under('officer-1-release'))
      .thenExpect(voided('same-officer'), draft('draft', 'held'), duties({})))

  it('asks nothing of other kinds', () =>
    given(agreed('two'), drafted, a.releases('draft')).when(b.acknowledges('R1')).thenExpect(effective()))
})

describe('release of a kind under seal', () => {
  it("takes a draft that the commission's own key releases: its seal over the officer's signature", () =>
    given(agreed('sealed'), drafted).when(a.releases('draft')).thenExpect(effective(), opened))

  it("is not made by an officer's key, nor by a direct statement, not even under the commission's", () => {
    given(agreed('sealed'), drafted).when(a.releases('draft').under('head-1')).thenExpect(voided('needs-seal'))
    given(agreed('sealed')).when(asking).thenExpect(voided('needs-release'))
  })
})

describe('what the rules ask of a release', () => {
  it('is asked by those in force at its leaf, whenever it was drafted', () => {
    given(officers, drafted, rulesOf({ release: { 'request.submit': 'two' } }))
      .when(a.releases('draft').under('officer-1-release'))
      .thenExpect(voided('same-officer'))
    given(agreed('two'), rulesOf({}), drafted)
      .when(a.releases('draft').under('officer-1-release'))
      .thenExpect(effective())
  })

  it('is asked when something is spoken: a draft is held as ever', () =>
    given(agreed('sealed')).when(drafted).thenExpect(held()))
})

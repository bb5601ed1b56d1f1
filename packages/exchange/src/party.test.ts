import { describe, it } from 'vitest'
import { begin, effective, given, keys, mechanismOf, party, voided, when } from './spec/index.ts'

const [a, b] = [party('A'), party('B')]
const own = { sign: 'sign', seal: 'seal', recover: 'recover' }

describe('party.inception', () => {
  it('begins a party with the keys that it states: nobody admits it', () =>
    when(a.begins()).thenExpect(effective(), keys('A', own)))

  it('is signed by one of its own sign keys', () => {
    when(a.begins().under('recover')).thenExpect(voided('key-may-not-say-this'))
    when(a.begins().under('sign-2')).thenExpect(voided('unknown-key'))
    when(a.begins().under('sign', 'B')).thenExpect(voided('unknown-key'))
  })

  it('is stated once: the same body with another time or log seen is another statement, and void', () =>
    given(a.begins()).when(a.begins()).thenExpect(voided('already-founded'), keys('A', own)))
})

describe('who may say what in the stream of a party', () => {
  it('is the party alone', () =>
    given(begin('A', 'B'))
      .when(b.describesItself().with({ about: a.id }))
      .thenExpect(voided('not-the-founder')))

  it('is nobody before the party has begun', () => {
    when(a.describesItself()).thenExpect(voided('unknown-party'))
    given(a.begins())
      .when(a.describesItself().with({ about: b.id }))
      .thenExpect(voided('not-founded'))
  })

  it('is its sign keys: officers act in the exchange, not on the party', () => {
    const officers = given(
      a.begins(),
      a.delegates('draft', 'officer-1'),
      a.delegates('release', 'head-1'),
      a.delegates('read', 'service-1'),
    )
    for (const key of ['officer-1', 'head-1', 'service-1', 'seal', 'recover']) {
      officers.when(a.describesItself().under(key)).thenExpect(voided('key-may-not-say-this'))
      officers.when(a.delegates('read', 'service-2').under(key)).thenExpect(voided('key-may-not-say-this'))
    }
  })
})

describe('party.describe', () => {
  it('gives the party its description; the latest stands', () =>
    given(a.begins(), a.describesItself()).when(a.describesItself()).thenExpect(effective()))
})

describe('party.rotate-keys', () => {
  it('adds a key from the next leaf on', () =>
    given(a.begins())
      .when(a.rotates({ add: ['sign-2-hw'] }), a.describesItself().under('sign-2-hw'))
      .thenExpect(effective(), keys('A', { ...own, 'sign-2-hw': 'sign' })))

  it('ends a key: what it signs from the next leaf on is void, and names the leaf that ended it', () =>
    given(a.begins(), a.rotates({ add: ['sign-2', 'seal-2'], end: ['sign', 'seal'] }).named('rotation'))
      .when(a.describesItself())
      .thenExpect(
        voided('key-ended', { by: 'rotation' }),
        keys('A', { 'sign-2': 'sign', 'seal-2': 'seal', recover: 'recover' }),
      ))

  it('changes recover keys under a recover key only, and only to the key that was committed to', () => {
    const begun = given(a.begins())
    begun
      .when(a.rotates({ add: ['recover-2'], end: ['recover'], next: 'recover-3' }))
      .thenExpect(voided('needs-recover-key'), keys('A', own))
    begun.when(a.rotates({ end: ['recover'] })).thenExpect(voided('needs-recover-key'))
    begun
      .when(a.rotates({ add: ['recover-9'], next: 'recover-3' }).under('recover'))
      .thenExpect(voided('not-the-committed-key'), keys('A', own))
    begun
      .when(a.rotates({ add: ['recover-2'], end: ['recover'], next: 'recover-3' }).under('recover'))
      .thenExpect(effective(), keys('A', { sign: 'sign', seal: 'seal', 'recover-2': 'recover' }))
  })

  it('moves the commitment on: the next recovery needs the key that this one committed to', () => {
    const recovered = given(
      a.begins(),
      a.rotates({ add: ['recover-2'], end: ['recover'], next: 'recover-3' }).under('recover'),
    )
    recovered.when(a.rotates({ add: ['recover-3'], next: 'recover-4' }).under('recover-2')).thenExpect(effective())
    recovered
      .when(a.rotates({ add: ['recover-4'], next: 'recover-5' }).under('recover-2'))
      .thenExpect(voided('not-the-committed-key'))
  })

  it('gives a party its voice back: a recover key replaces a sign key that was lost', () =>
    given(a.begins(), a.revokes('sign'))
      .when(a.rotates({ add: ['sign-2'] }).under('recover'))
      .thenExpect(effective(), keys('A', { 'sign-2': 'sign', seal: 'seal', recover: 'recover' })))

  it('leaves the party a sign key and a recover key', () => {
    given(a.begins())
      .when(a.rotates({ end: ['sign'] }))
      .thenExpect(voided('last-key'), keys('A', own))
    given(a.begins())
      .when(a.rotates({ end: ['recover'] }).under('recover'))
      .thenExpect(voided('last-key'))
  })

  it('ends current own keys only: not an officer, not what has ended, not what never was', () => {
    const state = given(a.begins(), a.delegates('draft', 'officer-1'), a.rotates({ add: ['sign-2'], end: ['seal'] }))
    for (const key of ['officer-1', 'seal', 'sign-9']) {
      state.when(a.rotates({ end: [key] })).thenExpect(voided('unknown-target-key'))
    }
  })

  it('never takes a key twice, not even one that has ended', () => {
    const state = given(a.begins(), a.rotates({ add: ['sign-2'], end: ['seal'] }), a.revokes('sign-2'))
    for (const key of ['sign', 'seal', 'sign-2']) {
      state.when(a.rotates({ add: [key] })).thenExpect(voided('key-reused'))
    }
  })
})

describe('party.revoke-key', () => {
  it('ends a key from the next leaf on: what stood before stands', () =>
    given(mechanismOf(['A', 'B']), a.rotates({ add: ['sign-2'] }), a.submits('R1', ['fate'], 'B').under('sign-2'))
      .when(a.revokes('sign-2').named('revocation'), a.withdraws('R1').under('sign-2'))
      .thenExpect(voided('key-revoked', { by: 'revocation' }), keys('A', own)))

  it('ends an officer, a sign key of its own, even itself', () => {
    given(a.begins(), a.delegates('release', 'head-1'))
      .when(a.revokes('head-1'))
      .thenExpect(effective(), keys('A', own))
    given(a.begins())
      .when(a.revokes('sign'))
      .thenExpect(effective(), keys('A', { seal: 'seal', recover: 'recover' }))
  })

  it('ends a recover key under a recover key only, and never the last one', () => {
    const two = given(a.begins(), a.rotates({ add: ['recover-2'], next: 'recover-3' }).under('recover'))
    two.when(a.revokes('recover')).thenExpect(voided('needs-recover-key'))
    two
      .when(a.revokes('recover').under('recover-2'))
      .thenExpect(effective(), keys('A', { sign: 'sign', seal: 'seal', 'recover-2': 'recover' }))
    given(a.begins()).when(a.revokes('recover').under('recover')).thenExpect(voided('last-key'))
  })

  it('ends a key once, and only a key of the party', () => {
    given(a.begins(), a.rotates({ add: ['sign-2'] }), a.revokes('sign-2').named('revocation'))
      .when(a.revokes('sign-2'))
      .thenExpect(voided('key-revoked', { by: 'revocation' }))
    given(a.begins(), a.rotates({ add: ['sign-2'], end: ['seal'] }).named('rotation'))
      .when(a.revokes('seal'))
      .thenExpect(voided('key-ended', { by: 'rotation' }))
    given(a.begins()).when(a.revokes('sign-9')).thenExpect(voided('unknown-target-key'))
  })
})

describe('party.delegate', () => {
  it('lets an officer act from the next leaf on, under a pseudonym', () =>
    given(a.begins())
      .when(a.delegates('draft', 'officer-1'), a.delegates('release', 'head-1'), a.delegates('read', 'service-1'))
      .thenExpect(effective(), keys('A', { ...own, 'officer-1': 'draft', 'head-1': 'release', 'service-1': 'read' })))

  it('takes no key that the party has or had', () => {
    given(a.begins())
      .when(a.delegates('draft', 'officer-1', 'sign'))
      .thenExpect(voided('key-reused'))
    given(a.begins(), a.delegates('draft', 'officer-1'), a.endsDelegation('officer-1'))
      .when(a.delegates('release', 'officer-1'))
      .thenExpect(voided('key-reused'))
  })
})

describe('party.end-delegation', () => {
  it('ends an officer: what the key signs from the next leaf on is void', () =>
    given(a.begins(), a.delegates('release', 'head-1'), a.endsDelegation('head-1').named('end'))
      .when(a.describesCase('C1').under('head-1'))
      .thenExpect(voided('key-ended', { by: 'end' }), keys('A', own)))

  it('ends officers only, and only while they act', () => {
    const state = given(a.begins(), a.delegates('draft', 'officer-1'), a.endsDelegation('officer-1'))
    for (const key of ['sign', 'officer-1', 'officer-9']) {
      state.when(a.endsDelegation(key)).thenExpect(voided('unknown-target-key'))
    }
  })
})

describe('a key that races its revocation', () => {
  const given2 = () => given(mechanismOf(['A', 'B']), b.rotates({ add: ['sign-2'] }), a.submits('R1', ['fate'], 'B'))

  it('counts when its statement comes first', () =>
    given2()
      .when(b.replies('R1', { fate: 'given' }).under('sign-2'), b.revokes('sign-2'))
      .thenExpect(effective()))

  it('is void when the revocation comes first, and the author can prove having made it', () =>
    given2()
      .when(b.revokes('sign-2').named('revocation'), b.replies('R1', { fate: 'given' }).under('sign-2'))
      .thenExpect(voided('key-revoked', { by: 'revocation' })))
})

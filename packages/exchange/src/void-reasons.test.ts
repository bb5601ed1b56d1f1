import { describe, expect, it } from 'vitest'
import {
  again,
  begin,
  given,
  invented,
  mechanismOf,
  party,
  rulesOf,
  type Said,
  thing,
  usualRoles,
  voided,
} from './spec/index.ts'
import { type VoidReason, voidReasons } from './verdict.ts'

const [a, b, c, g, m, x] = [party('A'), party('B'), party('C'), party('G'), party('M'), party('X')]
const parties = mechanismOf(['A', 'B', 'C', 'M', 'G'])
const asked = [parties, a.submits('R1', ['fate'], 'B').named('request')]
const answered = [asked, b.replies('R1', { fate: 'given' }).named('reply')]
const drafted = [
  parties,
  a.delegates('draft', 'officer-1'),
  a.submits('R1', ['fate'], 'B').under('officer-1').named('draft'),
]
const rivals = [
  begin('A', 'B', 'C'),
  a.proposes('MECH', usualRoles(['A', 'B'])).named('first'),
  b.proposes('MECH', usualRoles(['B', 'C'])).named('second'),
]

const twoOfficers = { 'request.submit': 'two' } as const

interface Example {
  readonly given: Said
  readonly when: Said
  /** The act whose leaf decided it, where one did. */
  readonly by?: string
  readonly question?: 'fate' | 'remains'
}

/** Every reason for which a statement can be void, by an example. */
const examples: Readonly<Record<VoidReason, Example>> = {
  repeated: { given: asked, when: again('request'), by: 'request' },
  'unknown-party': { given: [], when: a.describesCase('C1') },
  'unknown-key': { given: begin('A'), when: a.describesCase('C1').under('sign-2') },
  'key-revoked': {
    given: [begin('A'), a.delegates('release', 'head-1'), a.revokes('head-1').named('revocation')],
    when: a.describesCase('C1').under('head-1'),
    by: 'revocation',
  },
  'key-ended': {
    given: [begin('A'), a.delegates('release', 'head-1'), a.endsDelegation('head-1').named('end')],
    when: a.describesCase('C1').under('head-1'),
    by: 'end',
  },
  'key-may-not-say-this': {
    given: [begin('A'), a.delegates('read', 'service-1')],
    when: a.describesCase('C1').under('service-1'),
  },
  'already-founded': { given: asked, when: a.submits('R1', ['fate'], 'C'), by: 'request' },
  'not-founded': { given: parties, when: b.acknowledges('R1') },
  'not-the-founder': { given: [begin('A', 'B'), a.describesSite('S1')], when: b.describesSite('S1') },
  'answers-another': {
    given: answered,
    when: a.assesses('R1', { fate: 'accepted' }).with({ re: [invented('no such reply')] }),
  },

  'mechanism-not-in-force': { given: begin('A', 'B'), when: a.submits('R1', ['fate'], 'B') },
  'not-a-participant': { given: [parties, begin('X')], when: x.submits('R1', ['fate'], 'B') },
  'mechanism-suspended': {
    given: [asked, b.suspends().named('suspension')],
    when: b.replies('R1', { fate: 'given' }),
    by: 'suspension',
  },
  'not-a-commission': { given: parties, when: g.submits('R1', ['fate'], 'B') },
  'role-may-not-say-this': { given: parties, when: g.suspends() },
  'other-mechanism': {
    given: [asked, mechanismOf(['A', 'B'], 'MECH2')],
    when: b.acknowledges('R1').with({ mechanism: thing('MECH2') }),
  },
  'addresses-itself': { given: parties, when: a.discloses('D1', ['A', 'B']) },
  'addressee-not-a-commission': { given: parties, when: a.submits('R1', ['fate'], 'G') },
  'addressee-not-a-participant': { given: [parties, begin('X')], when: a.discloses('D1', ['X']) },
  'audience-not-in-mechanism': {
    given: [parties, begin('X')],
    when: a.submits('R1', ['fate'], 'B').with({ aud: [b.id, g.id, x.id] }),
  },
  'other-side-left-out': { given: asked, when: b.acknowledges('R1').with({ aud: [g.id] }) },
  'agency-left-out': { given: asked, when: b.acknowledges('R1').with({ aud: [a.id] }) },

  'needs-recover-key': { given: begin('A'), when: a.revokes('recover') },
  'not-the-committed-key': {
    given: begin('A'),
    when: a.rotates({ add: ['recover-9'], next: 'recover-3' }).under('recover'),
  },
  'unknown-target-key': { given: begin('A'), when: a.revokes('sign-9') },
  'key-reused': { given: begin('A'), when: a.delegates('draft', 'officer-1', 'sign') },
  'last-key': { given: begin('A'), when: a.rotates({ end: ['sign'] }) },

  'not-named': { given: rivals, when: a.accepts('MECH', 'second') },
  'unknown-proposal': { given: rivals, when: a.accepts('MECH').with({ re: [invented('no such proposal')] }) },
  'already-accepted': { given: rivals, when: a.accepts('MECH', 'first'), by: 'first' },
  lapsed: {
    given: [rivals, c.accepts('MECH', 'second').named('rival')],
    when: b.accepts('MECH', 'first'),
    by: 'rival',
  },

  'not-the-next-version': { given: parties, when: a.proposesRules('MECH', { version: 2 }) },
  'already-suspended': { given: [parties, a.suspends().named('suspension')], when: a.suspends(), by: 'suspension' },
  'unknown-suspension': {
    given: [parties, a.suspends().named('suspension')],
    when: b.resumes('MECH', 'suspension'),
  },
  'already-resumed': {
    given: [parties, a.suspends(), a.resumes().named('resumption')],
    when: a.resumes(),
    by: 'resumption',
  },

  'not-the-asker': { given: asked, when: c.withdraws('R1') },
  'not-an-addressee': { given: asked, when: c.acknowledges('R1') },
  withdrawn: {
    given: [asked, a.withdraws('R1').named('withdrawal')],
    when: b.replies('R1', { fate: 'given' }),
    by: 'withdrawal',
  },
  'already-acknowledged': { given: answered, when: b.acknowledges('R1'), by: 'reply' },
  'not-asked': { given: asked, when: b.replies('R1', { remains: 'given' }), question: 'remains' },
  'question-closed': {
    given: [answered, a.assesses('R1', { fate: 'accepted' }).named('assessment')],
    when: b.replies('R1', { fate: 'given' }),
    by: 'assessment',
    question: 'fate',
  },
  'already-answered': { given: answered, when: b.replies('R1', { fate: 'none-found' }), by: 'reply', question: 'fate' },
  'nothing-to-assess': {
    given: [asked, b.replies('R1', { fate: 'not-now' })],
    when: a.assesses('R1', { fate: 'insufficient' }),
    question: 'fate',
  },

  returned: { given: [asked, m.returns('R1').named('return')], when: b.acknowledges('R1'), by: 'return' },
  'clarification-pending': {
    given: [asked, b.asksBack('R1', ['fate']).named('question back')],
    when: b.asksBack('R1', ['fate']),
    by: 'question back',
    question: 'fate',
  },
  'too-many-clarifications': {
    given: [asked, ...[1, 2].map(() => [b.asksBack('R1', ['fate']), a.clarifies('R1')])],
    when: b.asksBack('R1', ['fate']),
    question: 'fate',
  },
  'nothing-to-clarify': {
    given: [asked, b.asksBack('R1', ['fate']), a.clarifies('R1').named('clarification')],
    when: a.clarifies('R1'),
    by: 'clarification',
  },
  'extension-pending': {
    given: [asked, b.asksMoreTime('R1', ['fate']).named('asking')],
    when: b.asksMoreTime('R1', ['fate']),
    by: 'asking',
    question: 'fate',
  },
  'too-many-extensions': {
    given: [asked, b.asksMoreTime('R1', ['fate']), a.decidesExtension('R1', 'granted')],
    when: b.asksMoreTime('R1', ['fate']),
    question: 'fate',
  },
  'extension-too-long': {
    given: [parties, rulesOf({ extension: { longest: 5 } }), a.submits('R1', ['fate'], 'B')],
    when: b.asksMoreTime('R1', ['fate'], 6),
    question: 'fate',
  },
  'not-the-decider': {
    given: [asked, a.refers('R1', ['fate'])],
    when: b.decides('R1', { fate: 'to-meeting' }),
    question: 'fate',
  },
  'nothing-to-decide': {
    given: [asked, b.asksMoreTime('R1', ['fate']), a.decidesExtension('R1', 'refused').named('decision')],
    when: a.decidesExtension('R1', 'granted'),
    by: 'decision',
  },
  'referral-pending': {
    given: [asked, a.refers('R1', ['fate']).named('referral')],
    when: a.refers('R1', ['fate']),
    by: 'referral',
    question: 'fate',
  },
  'outcome-does-not-fit': {
    given: [asked, a.refers('R1', ['fate'])],
    when: m.decides('R1', { fate: 'answer-stands' }),
    question: 'fate',
  },
  'nothing-to-remind': { given: asked, when: a.reminds('R1', 'review') },
  'too-many-reminders': {
    given: [asked, ...[1, 2, 3].map(() => a.reminds('R1', 'reply'))],
    when: a.reminds('R1', 'reply'),
    question: 'fate',
  },
  'question-open': { given: asked, when: a.reopens('R1', ['fate']), question: 'fate' },

  'not-the-latest': {
    given: [answered, b.correctsReply('R1', { fate: 'none-found' }).named('correction')],
    when: b.correctsReply('R1', { fate: 'given' }, 'reply'),
    by: 'correction',
  },
  'not-the-author': { given: answered, when: a.retracts('R1', 'request.reply') },
  'content-only': {
    given: asked,
    when: a.corrects('R1', 'request.submit', { matter: { type: 'records' }, questions: ['documents'] }),
  },
  'not-retractable': { given: asked, when: a.retracts('R1', 'request.submit') },
  'already-met': {
    given: [answered, a.assesses('R1', { fate: 'insufficient' }), b.replies('R1', { fate: 'given' }).named('met')],
    when: a.retracts('R1', 'request.assess'),
    by: 'met',
    question: 'fate',
  },
  retracted: {
    given: [answered, b.retracts('R1', 'request.reply').named('retraction')],
    when: b.retracts('R1', 'request.reply'),
    by: 'retraction',
  },

  'no-such-draft': { given: asked, when: a.releases('request') },
  'already-released': {
    given: [drafted, a.releases('draft').named('release')],
    when: a.releases('draft'),
    by: 'release',
  },
  'not-own-draft': { given: drafted, when: b.releases('draft') },
  'needs-release': { given: [parties, rulesOf({ release: twoOfficers })], when: a.submits('R1', ['fate'], 'B') },
  'needs-seal': {
    given: [drafted, a.delegates('release', 'head-1'), rulesOf({ release: { 'request.submit': 'sealed' } })],
    when: a.releases('draft').under('head-1'),
  },
  'same-officer': {
    given: [drafted, a.delegates('release', 'officer-1', 'other-key'), rulesOf({ release: twoOfficers })],
    when: a.releases('draft').under('other-key'),
  },
}

describe('a statement is void', () => {
  it('for one of these reasons, each of which can be reached', () =>
    expect(Object.keys(examples)).toEqual([...voidReasons]))

  it.each(voidReasons)('%s', (reason) => {
    const { given: before, when, by, question } = examples[reason]
    given(before)
      .when(when)
      .thenExpect(voided(reason, { ...(by !== undefined && { by }), ...(question && { question }) }))
  })
})

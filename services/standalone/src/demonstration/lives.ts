import type { Assessment, Disposition, PayloadOf, Question, ReferralOutcome } from '@tidings/statement'

/** One act in the life of a request, so many days after the one before it: the next day on which both sides work, when it is none. */
export type Step = { readonly gap: number } & Does

type Does =
  | { readonly does: 'acknowledge' | 'clarify' | 'withdraw' | 'correct-request' | 'retract-reply' | 'release' }
  /** Reviews and estimates are stated as so many days from then on. */
  | { readonly does: 'reply'; readonly answers: Answers; readonly until?: number; readonly drafted?: true }
  | { readonly does: 'correct-reply'; readonly answers: Answers }
  | { readonly does: 'assess'; readonly assessments: { readonly [Q in Question]?: Assessment } }
  | { readonly does: 'ask-clarification'; readonly questions: readonly Question[] }
  | { readonly does: 'ask-extension'; readonly questions: readonly Question[]; readonly n: number }
  | { readonly does: 'decide-extension'; readonly decision: 'granted' | 'refused' }
  | { readonly does: 'return'; readonly missing: PayloadOf<'request.return'>['body']['missing'] }
  | { readonly does: 'refer'; readonly questions: readonly Question[] }
  | { readonly does: 'decide-referral'; readonly outcome: ReferralOutcome; readonly until?: number }
  | { readonly does: 'remind'; readonly by: 'asker' | 'mediator'; readonly questions: readonly Question[] }
  | { readonly does: 'reopen'; readonly questions: readonly Question[] }

type Answers = { readonly [Q in Question]?: Disposition }

/** A state of life that requests are in, how many of each side's are, and how they came there. */
export interface Life {
  readonly state: string
  readonly count: number
  /** Days of the demonstration between which they were asked. */
  readonly asked: readonly [from: number, until: number]
  readonly matter: 'case' | 'burial-place' | 'records' | 'group'
  readonly questions: readonly Question[]
  /** Asked under an officer's draft key, and held. */
  readonly drafted?: true
  readonly steps: readonly Step[]
}

const acknowledge = (gap: number): Step => ({ gap, does: 'acknowledge' })
const reply = (gap: number, answers: Answers, until?: number): Step => ({
  gap,
  does: 'reply',
  answers,
  ...(until !== undefined && { until }),
})
const draftedReply = (gap: number, answers: Answers): Step => ({ gap, does: 'reply', answers, drafted: true })
const assess = (gap: number, assessments: { readonly [Q in Question]?: Assessment }): Step => ({
  gap,
  does: 'assess',
  assessments,
})

const two: readonly Question[] = ['fate', 'whereabouts']
const three: readonly Question[] = ['fate', 'whereabouts', 'remains']
const given: Answers = { fate: 'given', whereabouts: 'given' }
const accepted = { fate: 'accepted', whereabouts: 'accepted' } as const

const life = (
  state: string,
  count: number,
  asked: Life['asked'],
  questions: readonly Question[],
  steps: readonly Step[],
  more: Partial<Pick<Life, 'matter' | 'drafted'>> = {},
): Life => ({ state, count, asked, matter: 'case', questions, steps, ...more })

/**
 * Every state of life, for either side alike. Requests are asked from day 12 on; the mechanism stands still for a week about the 60th day.
 */
export const lives: readonly Life[] = [
  life('just asked', 18, [117, 119], three, []),
  life('acknowledged', 46, [92, 108], three, [acknowledge(2)]),
  life('not acknowledged within the period', 10, [96, 106], two, []),
  life('open beyond the period', 34, [30, 54], three, [acknowledge(3)]),
  life('reminded', 14, [20, 40], two, [acknowledge(3), { gap: 52, does: 'remind', by: 'asker', questions: ['fate'] }]),
  life('reminded three times', 4, [12, 20], two, [
    acknowledge(2),
    { gap: 50, does: 'remind', by: 'asker', questions: ['fate'] },
    { gap: 12, does: 'remind', by: 'mediator', questions: ['fate'] },
    { gap: 12, does: 'remind', by: 'asker', questions: ['fate'] },
  ]),
  life('answered, to be assessed', 40, [58, 82], two, [acknowledge(3), reply(18, given)]),
  life('closed', 48, [12, 46], two, [acknowledge(3), reply(18, given), assess(9, accepted)]),
  life('closed, met after the period', 14, [12, 24], two, [
    acknowledge(4),
    reply(54, given),
    assess(7, { fate: 'accepted-with-reservation', whereabouts: 'accepted' }),
  ]),
  life('fate known, remains to be reviewed', 20, [20, 56], three, [
    acknowledge(2),
    reply(16, { ...given, remains: 'not-now' }, 120),
    assess(8, accepted),
  ]),
  life('review met', 6, [12, 26], three, [
    acknowledge(2),
    reply(15, { ...given, remains: 'not-now' }, 45),
    assess(6, accepted),
    reply(26, { remains: 'given' }),
    assess(8, { remains: 'accepted' }),
  ]),
  life('review open beyond its date', 5, [14, 30], three, [
    acknowledge(2),
    reply(15, { ...given, remains: 'not-now' }, 30),
    assess(6, accepted),
  ]),
  life('answer promised', 8, [72, 90], two, [
    acknowledge(2),
    reply(10, { fate: 'interim', whereabouts: 'interim' }, 60),
  ]),
  life('nothing found, accepted', 12, [16, 50], two, [
    acknowledge(3),
    reply(20, { fate: 'none-found', whereabouts: 'none-found' }),
    assess(10, { fate: 'accepted-with-reservation', whereabouts: 'accepted-with-reservation' }),
  ]),
  life('answer disputed, referred', 5, [30, 64], two, [
    acknowledge(3),
    reply(18, { fate: 'none-found', whereabouts: 'none-found' }),
    assess(8, { fate: 'disputed' }),
  ]),
  life('insufficient, to be answered again', 10, [40, 64], two, [
    acknowledge(2),
    reply(18, given),
    assess(8, { fate: 'accepted', whereabouts: 'insufficient' }),
  ]),
  life('insufficient twice, referred', 4, [14, 24], two, [
    acknowledge(2),
    reply(14, given),
    assess(5, { fate: 'accepted', whereabouts: 'insufficient' }),
    reply(20, { whereabouts: 'given' }),
    assess(6, { whereabouts: 'insufficient' }),
  ]),
  ...(['reply-again', 'answer-stands', 'review-by', 'to-meeting'] as const).map((outcome) =>
    life(`referred and decided: ${outcome}`, outcome === 'reply-again' ? 4 : 2, [12, 16], two, [
      acknowledge(2),
      reply(10, given),
      assess(4, { fate: 'accepted', whereabouts: 'insufficient' }),
      reply(12, { whereabouts: 'given-in-part' }, 90),
      assess(4, { whereabouts: 'insufficient' }),
      { gap: 12, does: 'decide-referral', outcome, ...(outcome === 'review-by' && { until: 60 }) },
      ...(outcome === 'reply-again'
        ? [reply(10, { whereabouts: 'given' }), assess(5, { whereabouts: 'accepted' })]
        : []),
    ]),
  ),
  life('paused: clarification awaited', 9, [90, 106], two, [
    { gap: 5, does: 'ask-clarification', questions: ['fate', 'whereabouts'] },
  ]),
  life('clarified', 8, [66, 84], two, [
    { gap: 6, does: 'ask-clarification', questions: ['fate'] },
    { gap: 9, does: 'clarify' },
  ]),
  life('extension asked for', 4, [84, 98], two, [
    acknowledge(2),
    { gap: 10, does: 'ask-extension', questions: ['fate', 'whereabouts'], n: 10 },
  ]),
  life('extension granted', 10, [66, 80], two, [
    acknowledge(2),
    { gap: 14, does: 'ask-extension', questions: ['fate', 'whereabouts'], n: 10 },
    { gap: 4, does: 'decide-extension', decision: 'granted' },
  ]),
  life('extension refused', 4, [66, 80], two, [
    acknowledge(2),
    { gap: 14, does: 'ask-extension', questions: ['fate', 'whereabouts'], n: 5 },
    { gap: 4, does: 'decide-extension', decision: 'refused' },
  ]),
  life('extension asked for after the due date', 2, [20, 26], two, [
    acknowledge(2),
    { gap: 60, does: 'ask-extension', questions: ['fate'], n: 10 },
    { gap: 5, does: 'decide-extension', decision: 'granted' },
  ]),
  life('returned as incomplete', 6, [84, 104], two, [{ gap: 4, does: 'return', missing: ['identity', 'date'] }]),
  life('returned, clarified, owed afresh', 6, [66, 84], two, [
    { gap: 4, does: 'return', missing: ['last-contact'] },
    { gap: 10, does: 'clarify' },
    acknowledge(4),
  ]),
  life('withdrawn', 8, [20, 88], two, [acknowledge(2), { gap: 12, does: 'withdraw' }]),
  life('reopened', 4, [12, 28], two, [
    acknowledge(2),
    reply(14, given),
    assess(6, accepted),
    { gap: 44, does: 'reopen', questions: ['whereabouts'] },
  ]),
  life('reply corrected', 5, [28, 56], two, [
    acknowledge(2),
    reply(16, given),
    { gap: 6, does: 'correct-reply', answers: { fate: 'given', whereabouts: 'none-found' } },
    assess(8, { fate: 'accepted' }),
  ]),
  life('reply retracted, owed again', 3, [40, 60], two, [
    acknowledge(2),
    reply(16, given),
    { gap: 5, does: 'retract-reply' },
  ]),
  life('request corrected', 3, [66, 90], two, [{ gap: 2, does: 'correct-request' }, acknowledge(3)]),
  life('not answered, referred', 3, [18, 30], two, [acknowledge(3), { gap: 60, does: 'refer', questions: ['fate'] }]),
  life('reply drafted, to be released', 3, [70, 84], two, [acknowledge(2), draftedReply(18, given)]),
  life('reply drafted, released and accepted', 5, [30, 54], two, [
    acknowledge(2),
    draftedReply(14, given),
    { gap: 3, does: 'release' },
    assess(8, accepted),
  ]),
  life('request drafted, to be released', 4, [108, 116], two, [], { drafted: true }),
  life(
    'burial place shown, remains in part',
    8,
    [66, 80],
    ['burial-place', 'remains'],
    [
      acknowledge(2),
      reply(18, { 'burial-place': 'given', remains: 'given-in-part' }, 90),
      assess(8, { 'burial-place': 'accepted' }),
    ],
    { matter: 'burial-place' },
  ),
  life(
    'records found in part',
    5,
    [50, 80],
    ['documents'],
    [acknowledge(3), reply(16, { documents: 'given-in-part' }, 90)],
    { matter: 'records' },
  ),
  life('asked of a group', 4, [80, 100], two, [acknowledge(3)], { matter: 'group' }),
]

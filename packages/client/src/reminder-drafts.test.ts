import { newThingId } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import type { MechanismView, ReminderView } from './contract/index.ts'
import { draftReminders, reminderLetter } from './reminder-drafts.ts'

const [a, b, m] = ['a'.repeat(43), 'b'.repeat(43), 'm'.repeat(43)] as const
const request = newThingId()
const mechanism = newThingId()

const due = (more: Partial<ReminderView> = {}): ReminderView => ({
  id: `${request}.1`,
  owner: b,
  towards: a,
  kind: 'reply',
  mechanism,
  about: request,
  stream: 'request',
  reference: 'A-B-2031-00012',
  question: 'fate',
  openedAt: 9,
  openedBy: 's'.repeat(43),
  openedOn: '2031-03-03T08:00:00Z',
  state: 'open-beyond',
  due: '2031-04-02',
  daysBeyond: 15,
  rulesVersion: 2,
  reminder: { number: 1, since: '2031-04-16', every: 14, afterThird: 'nothing' },
  ...more,
})

const agreed = {
  participants: [
    { party: a, role: 'commission', code: 'A' },
    { party: b, role: 'commission', code: 'B' },
    { party: m, role: 'mediator', code: 'M' },
  ],
  rules: [
    {
      version: 2,
      place: { statement: 'p'.repeat(43), leaf: 3, time: '2031-01-02T00:00:00Z' },
      by: a,
      accepted: [],
      waitsFor: [],
      inForceSince: 6,
      rules: { version: 2, zone: 'UTC', periods: { reply: { n: 30, unit: 'calendar-days' } } },
    },
  ],
} satisfies Pick<MechanismView, 'participants' | 'rules'>

describe('reminders are drafted', () => {
  it('one for each request and kind of duty, naming the questions that are meant', () => {
    const other = newThingId()
    const drafts = draftReminders([
      due({ question: 'remains' }),
      due({ kind: 'assess' }),
      due({ about: other }),
      due(),
      due({ about: other, kind: 'acknowledge', question: undefined as never }),
    ])
    expect(
      drafts.map(({ request: about, kind, questions, duties }) => [about, kind, questions, duties.length]),
    ).toEqual([
      [request, 'reply', ['fate', 'remains'], 2],
      [request, 'assess', ['fate'], 1],
      [other, 'reply', ['fate'], 1],
      [other, 'acknowledge', undefined, 1],
    ])
  })

  it('in neutral words: what is outstanding, since when, by which rules, and what follows by them', () => {
    const second = due({ question: 'burial-place', reminder: { ...due().reminder, number: 2, since: '2031-04-30' } })
    const [draft] = draftReminders([due(), second])
    if (!draft) throw new Error('nothing is drafted')
    expect(reminderLetter(draft, { mechanism: agreed, by: m, on: '2031-05-01' })).toBe(
      [
        'Reminder: A-B-2031-00012',
        '',
        'Party M reminds Party B of what is outstanding towards Party A in request A-B-2031-00012.',
        '',
        '- A reply on fate: owed since 2031-03-03, due on 2031-04-02, outstanding 15 days beyond the agreed period. First reminder of three, due since 2031-04-16.',
        '- A reply on burial place: owed since 2031-03-03, due on 2031-04-02, outstanding 15 days beyond the agreed period. Second reminder of three, due since 2031-04-30.',
        '',
        'Agreed in version 2 of the rules (in force since leaf 6), 30 calendar days for this, and a reminder every 14 days past due, three at most.',
        'By these rules nothing follows a third reminder.',
        'A reminder moves no date. How each date was counted: tidings why A-B-2031-00012 --kind reply',
        '',
        'Written on 2031-05-01.',
      ].join('\n'),
    )
  })

  it('the same for either party, and blaming nobody', () => {
    const swapped = due({ owner: a, towards: b })
    const [[of], [to]] = [draftReminders([due()]), draftReminders([swapped])]
    if (!of || !to) throw new Error('nothing is drafted')
    const ours = reminderLetter(of, { mechanism: agreed, by: a, on: '2031-05-01' })
    const theirs = reminderLetter(to, { mechanism: agreed, by: b, on: '2031-05-01' })
    const swap = (text: string) => text.replace(/Party ([AB])/g, (_, code) => `Party ${code === 'A' ? 'B' : 'A'}`)
    expect(theirs).toBe(swap(ours))
    expect(ours).not.toMatch(/violat|late|overdue|fail|breach|refus/i)
  })

  it('saying that the third is followed by a referral, where that was agreed', () => {
    const [draft] = draftReminders([
      due({ reminder: { number: 3, since: '2031-05-14', every: 14, afterThird: 'refer' } }),
    ])
    if (!draft) throw new Error('nothing is drafted')
    expect(reminderLetter(draft, { mechanism: agreed, by: a, on: '2031-05-15' })).toContain(
      'a question of which a third reminder is stated is referred to whoever decides referrals',
    )
  })
})

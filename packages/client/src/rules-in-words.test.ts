import type { Rules } from '@tidings/statement'
import { describe, expect, it } from 'vitest'
import { rulesDifferences, rulesInWords } from './rules-in-words.ts'

const [a, b] = ['a'.repeat(43), 'b'.repeat(43)] as const
const name = (party: string) => (party === a ? 'Party A' : 'Party B')
const bare: Rules = { version: 1, zone: 'Asia/Tbilisi', periods: { reply: { n: 30, unit: 'calendar-days' } } }
const weekend = { year: 2031, restDays: [7, 6] }

describe('rules in words', () => {
  it('tell what is agreed, and by their defaults what is not', () => {
    const told = Object.fromEntries(rulesInWords(bare, name))
    expect(told).toEqual({
      zone: 'Asia/Tbilisi',
      'period of reply': '30 calendar days',
      counting: 'by the calendar of whoever owes; a last day that does not count moves forward; a day ends at 24:00',
      suspension:
        'by any commission or any mediator; meanwhile may be said: request.withdraw, statement.correct, statement.retract',
      clarification: 'pauses the period; 2 at most',
      extension: '1 at most; the asker decides',
      review: 'by the date that is stated; another not-now after 3 is referred',
      referral: 'decided by the mediator; an answer that stands leaves the question open',
      reminders: 'every 14 days past due, three at most; nothing follows the third',
      'central agency': 'receives its copies',
      mediator: 'reads no content',
      figures: 'seen by the parties',
    })
  })

  it('tell minimum data, quotas, releases and calendars', () => {
    const told = rulesInWords(
      {
        ...bare,
        release: { 'request.reply': 'two', 'request.submit': 'sealed' },
        minimum: [
          { matter: 'case', question: 'fate', lastContact: ['captured'], fields: ['lastContact.date', 'person.names'] },
          { matter: 'group', fields: ['group'] },
        ],
        quotas: [{ party: b, perMeeting: 1 }],
        calendars: [{ party: a, ...weekend, nonWorking: [{ date: '2031-01-01' }], workingInstead: ['2031-01-04'] }],
      },
      name,
    )
    expect(told).toEqual(
      expect.arrayContaining([
        ['release of request.reply', 'by another officer than drafted it'],
        ['release of request.submit', "under the party's own key"],
        ['a request about a case, fate, last contact captured', 'should tell lastContact.date, person.names'],
        ['a request about a group', 'should tell group'],
        ['quota of Party B', '1 matter at a meeting'],
        ['calendar of Party A, 2031', 'rests on Saturday, Sunday; 1 day non-working, 1 day worked instead'],
      ]),
    )
  })

  it('tell what differs between two versions, and nothing else', () => {
    expect(rulesDifferences(bare, { ...bare, version: 2 }, name)).toEqual([])
    const next: Rules = {
      ...bare,
      version: 2,
      periods: { reply: { n: 20, unit: 'working-days' } },
      quotas: [{ party: a, perMeeting: 40 }],
      calendars: [{ party: a, ...weekend, nonWorking: [{ date: '2031-05-28' }, { date: '2031-01-01' }] }],
    }
    expect(rulesDifferences(bare, next, name)).toEqual([
      { about: 'period of reply', before: '30 calendar days', after: '20 working days' },
      { about: 'quota of Party A', after: '40 matters at a meeting' },
      {
        about: 'calendar of Party A, 2031',
        after: 'rests on Saturday, Sunday; non-working 2031-01-01, 2031-05-28; worked instead none',
      },
    ])
    expect(rulesDifferences(next, bare, name)).toContainEqual({
      about: 'quota of Party A',
      before: '40 matters at a meeting',
    })
    expect(rulesDifferences(undefined, bare, name).every(({ before }) => before === undefined)).toBe(true)
  })

  it('are the same with the parties swapped', () => {
    const rules = (one: string, other: string): Rules => ({
      ...bare,
      referral: { decides: one },
      quotas: [{ party: other, perMeeting: 3 }],
    })
    const swapped = rulesInWords(rules(b, a), (party) => name(party === a ? b : a))
    expect(swapped).toEqual(rulesInWords(rules(a, b), name))
  })
})

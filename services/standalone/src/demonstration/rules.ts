import { working2040 } from '@tidings/exchange'
import type { Rules } from '@tidings/statement'
import type { Cast } from './act.ts'
import { calendarsOf } from './calendars.ts'
import { type Days, zone } from './days.ts'

/**
 * What the invented parties agree on: the preset of twenty working days by both sides' calendars, with shorter periods, so that a demonstration of a few
 * months shows each state of life; and two officers for what is disclosed.
 */
export function rulesOfDemonstration(version: number, parties: Cast, days: Days): Rules {
  return {
    ...working2040({ version, zone, calendars: calendarsOf(parties, days) }),
    title: { en: `Rules of the Mirna working group, version ${version}` },
    periods: {
      acknowledge: { n: 5, unit: 'working-days' },
      // The second version, which waits for the mediator, gives five days more.
      reply: { n: version === 1 ? 20 : 25, unit: 'working-days' },
      review: { n: 60, unit: 'working-days' },
      clarify: { n: 10, unit: 'working-days' },
      'decide-extension': { n: 5, unit: 'working-days' },
      assess: { n: 20, unit: 'working-days' },
      'decide-referral': { n: 15, unit: 'working-days' },
      'accept-rules': { n: 10, unit: 'working-days' },
    },
    extension: { atMost: 1, longest: 10, decides: 'asker' },
    clarification: { effect: 'pause', atMost: 2 },
    release: { 'disclosure.make': 'two' },
    minimum: [
      { matter: 'case', fields: ['person.names', 'lastContact.category'] },
      {
        matter: 'case',
        lastContact: ['captured', 'remained-in-area'],
        fields: ['lastContact.date', 'lastContact.place'],
      },
    ],
  }
}

import { digest, partyId, statementId, thingId } from '@tidings/statement'
import { z } from 'zod'
import type { ProblemName } from './problems.ts'
import {
  anyQuery,
  calculationQuery,
  changesQuery,
  deadlinesQuery,
  disclosuresQuery,
  dutyId,
  dutyQuery,
  outstandingQuery,
  pageQuery,
  remindersQuery,
  requestName,
  requestsQuery,
} from './queries.ts'
import { receiptWithKeys } from './submission.ts'
import {
  calculationView,
  contentOpening,
  disclosureView,
  dutyDetail,
  mechanismView,
  outstanding,
  pageOf,
  partyView,
  registerView,
  reminderView,
  requestDetail,
  requestView,
  statementView,
  timeline,
} from './views.ts'

/** One thing that can be read: where, by what, and what is answered. Routes are made from it, and the client reads by it. */
export interface Operation<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  A extends z.ZodType = z.ZodType,
> {
  /** With its parameters as `:name`. */
  readonly path: `/v1/${string}`
  readonly summary: string
  readonly description: string
  readonly params: P
  readonly query: Q
  readonly answer: A
  /** Of the answer; JSON unless told. */
  readonly mediaType?: 'text/calendar' | 'text/event-stream'
  /** Refusals beside those that every reading may meet. */
  readonly problems: readonly ProblemName[]
}

/** Keeps the exact types of an operation. */
function operation<P extends z.ZodObject, Q extends z.ZodObject, A extends z.ZodType>(
  made: Operation<P, Q, A>,
): Operation<P, Q, A> {
  return made
}

const noParams = z.object({})
const thing = z.object({ id: thingId })
const party = z.object({ id: partyId })
const request = z.object({ id: requestName })
const duty = z.object({ id: dutyId })
const statement = z.object({ id: statementId })
const registers = 'of the reader’s own register, and those that others let it see, oldest first'

const register = (prefix: string, one: string) =>
  operation({
    path: `/v1/${prefix}s/:id`,
    summary: `${one}: the latest version that the reader may know of`,
    description:
      'For the party that keeps it, and for whoever stands in the audience of a version: the latest of those.',
    params: thing,
    query: anyQuery,
    answer: registerView,
    problems: ['not-found'],
  })

const registerList = (prefix: string, many: string) =>
  operation({
    path: `/v1/${prefix}s`,
    summary: `${many} ${registers}`,
    description: 'Each with the latest version that the reader may know of, in order of the first such.',
    params: noParams,
    query: pageQuery,
    answer: pageOf(registerView),
    problems: [],
  })

/** Everything that can be read with a token, by the id of its operation. */
export const operations = {
  changes: operation({
    path: '/v1/changes',
    summary: 'Every statement that the reader may know of, as it is recorded (Server-Sent Events)',
    description:
      'Events `change`, `position` and `end`, each with a leaf as its id: connect again with `Last-Event-ID` (or `after`) and nothing is missed or sent twice. Without either it begins with what comes next; with -1 at the beginning. `position` tells how far was looked where there was nothing to tell. Who may know of what is asked when it is sent. The stream ends, with `end`, when the token does.',
    params: noParams,
    query: changesQuery,
    answer: z.string(),
    mediaType: 'text/event-stream',
    problems: ['too-many-open'],
  }),
  party: operation({
    path: '/v1/parties/:id',
    summary: 'A party: its keys through time and its own description',
    description: 'For the party itself, and for those with whom it takes part in a mechanism that is in force.',
    params: party,
    query: anyQuery,
    answer: partyView,
    problems: ['not-found'],
  }),
  outstanding: operation({
    path: '/v1/parties/:id/outstanding',
    summary: 'What is outstanding: owed by a party beside owed to it',
    description:
      'Open duties, oldest first, with the totals of open duties and open questions on both sides. The party sees all of its own; a mediator what stands in the mechanisms that it mediates. The totals follow the mechanism asked for and nothing else.',
    params: party,
    query: outstandingQuery,
    answer: outstanding,
    problems: ['not-found', 'not-entitled'],
  }),
  mechanisms: operation({
    path: '/v1/mechanisms',
    summary: 'Mechanisms that the reader takes part in, or is named in',
    description:
      'Those that the reader takes part in now, and those in which a proposal has named it, in order of their making.',
    params: noParams,
    query: pageQuery,
    answer: pageOf(mechanismView),
    problems: [],
  }),
  mechanism: operation({
    path: '/v1/mechanisms/:id',
    summary: 'A mechanism: who takes part, and its proposals through time',
    description:
      'Participants and rules that are in force, every proposal and version with who has accepted it and whom it waits for, and when the mechanism stood still.',
    params: thing,
    query: anyQuery,
    answer: mechanismView,
    problems: ['not-found'],
  }),
  requests: operation({
    path: '/v1/requests',
    summary: 'Requests that the reader may see, oldest first',
    description: 'A request is open while one of its questions is.',
    params: noParams,
    query: requestsQuery,
    answer: pageOf(requestView),
    problems: [],
  }),
  request: operation({
    path: '/v1/requests/:id',
    summary: 'A request with its questions and duties',
    description:
      'For its sides, its mediators, and whoever stood in the audience of all that was said. A side sees the duties that it owes or is owed, whoever sees the whole sees all.',
    params: request,
    query: anyQuery,
    answer: requestDetail,
    problems: ['not-found', 'not-entitled'],
  }),
  requestTimeline: operation({
    path: '/v1/requests/:id/timeline',
    summary: 'What was stated about a request, and what followed from it, oldest first',
    description:
      'The statements that the reader may know of, each with its verdict and the duties that it has opened and discharged. What is held or void is there for its author alone.',
    params: request,
    query: anyQuery,
    answer: timeline,
    problems: ['not-found'],
  }),
  duty: operation({
    path: '/v1/duties/:id',
    summary: 'A duty, its clock and the steps that lead to its date',
    description:
      'Worked out from the record and the agreed rules when it is asked for. `atLeaf` shows the duty as it was known at a leaf, on the day of that leaf unless `on` names another; without either it is shown today.',
    params: duty,
    query: dutyQuery,
    answer: dutyDetail,
    problems: ['not-found'],
  }),
  calculation: operation({
    path: '/v1/duties/:id/calculation',
    summary: "What would become of a duty's dates, before anything is signed",
    description:
      'Nothing is stated by it. The answer holds the clock as it is, as it would be, and by how many calendar days the date would move.',
    params: duty,
    query: calculationQuery,
    answer: calculationView,
    problems: ['not-found'],
  }),
  deadlines: operation({
    path: '/v1/deadlines.ics',
    summary: "Due dates of the reader's party as a calendar; a mediator's with those of its mechanisms",
    description:
      'iCalendar (RFC 5545): one all-day event for each duty that has a date, without names. A duty that was discharged in the last 60 days is there as cancelled.',
    params: noParams,
    query: deadlinesQuery,
    answer: z.string(),
    mediaType: 'text/calendar',
    problems: [],
  }),
  reminders: operation({
    path: '/v1/reminders',
    summary: 'Duties of which the reader may remind and a reminder is due, oldest first',
    description:
      "For the party towards which a duty is owed, and for the mediator of its mechanism, of any duty but its own. A reminder is due when `reminders.every` days of the duty's rules have passed since its due date, three times at most; it touches no clock, and nothing is stated by listing it. A page may hold less than its limit, or nothing, and still have a next.",
    params: noParams,
    query: remindersQuery,
    answer: pageOf(reminderView),
    problems: [],
  }),
  disclosures: operation({
    path: '/v1/disclosures',
    summary: 'Disclosures that the reader may see, oldest first',
    description: 'A disclosure is open while an addressee has yet to acknowledge it.',
    params: noParams,
    query: disclosuresQuery,
    answer: pageOf(disclosureView),
    problems: [],
  }),
  disclosure: operation({
    path: '/v1/disclosures/:id',
    summary: 'A disclosure: what it is about, for whom, and how many duties are open',
    description:
      'For its author and addressees, its mediators, and whoever stood in the audience of all that was said.',
    params: thing,
    query: anyQuery,
    answer: disclosureView,
    problems: ['not-found', 'not-entitled'],
  }),
  disclosureTimeline: operation({
    path: '/v1/disclosures/:id/timeline',
    summary: 'What was stated about a disclosure, and what followed from it, oldest first',
    description:
      'The statements that the reader may know of, each with its verdict and the duties that it has opened and discharged.',
    params: thing,
    query: anyQuery,
    answer: timeline,
    problems: ['not-found'],
  }),
  cases: registerList('case', 'Case files'),
  case: register('case', 'A case file'),
  lists: registerList('list', 'Lists of case files'),
  list: register('list', 'A list of case files'),
  sites: registerList('site', 'Burial places'),
  site: register('site', 'A burial place'),
  statement: operation({
    path: '/v1/statements/:id',
    summary: 'A statement as it was signed, its verdict and its time',
    description: 'What is held or void is shown to its author alone.',
    params: statement,
    query: anyQuery,
    answer: statementView,
    problems: ['not-found'],
  }),
  receipt: operation({
    path: '/v1/statements/:id/receipt',
    summary: 'The receipt of a statement, with what it takes to verify it offline',
    description:
      "The inclusion proof under the latest checkpoint (C2SP tlog-proof), the public document, and the author's key statements before it with their receipts. It proves that the statement is recorded, not that it is effective.",
    params: statement,
    query: anyQuery,
    answer: receiptWithKeys,
    problems: ['not-found'],
  }),
  content: operation({
    path: '/v1/contents/:commitment',
    summary: 'A content with the salt that opens its commitment',
    description: 'For its author and whoever stands in the audience of the statement that brought it.',
    params: z.object({ commitment: digest }),
    query: anyQuery,
    answer: contentOpening,
    problems: ['not-found', 'not-entitled'],
  }),
} as const

/** Id of an operation. */
export type OperationName = keyof typeof operations

import type { z } from 'zod'
import {
  type CalculationView,
  type ContentOpeningView,
  calculationView,
  contentOpening,
  type DisclosureView,
  type DutyDetail,
  type DutyInTime,
  disclosureView,
  dutyDetail,
  type MechanismView,
  mechanismView,
  type Outstanding,
  outstanding,
  type PartyView,
  pageOf,
  partyView,
  type ReceiptWithKeys,
  type RegisterView,
  type RequestDetail,
  type RequestView,
  receiptWithKeys,
  registerView,
  requestDetail,
  requestView,
  type StatementView,
  statementView,
  type Timeline,
  timeline,
} from './contract/index.ts'
import { ClientError } from './errors.ts'
import { type ChangeSeen, type FollowChanges, followChanges } from './follow-changes.ts'
import { type ReadingOptions, sendReading } from './send-reading.ts'

/** Parameters of a reading, as the interface names them. `after` waits until the views know that leaf. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** What a party may read of the exchange, typed by the contract. Lists are read page by page, as they are iterated. */
export interface Reads {
  /** Totals of what is outstanding for a party, and the first page of its duties. */
  outstanding(party: string, query?: Query): Promise<Outstanding>
  duties(party: string, query?: Query): AsyncIterable<DutyInTime>
  /** A duty with its clock, by its id: today, or with `atLeaf` and `on` as it was known then and is seen on a day. */
  duty(id: string, query?: Query): Promise<DutyDetail>
  /** What would become of a duty's dates: `assume`, `from`, `until`, `n`. */
  calculation(id: string, query: Query): Promise<CalculationView>
  /** The due dates of the reader's party as an iCalendar file (RFC 5545); a mediator's with those of its mechanisms. */
  deadlines(query?: Query): Promise<string>
  requests(query?: Query): AsyncIterable<RequestView>
  /** A request by its id or its reference. */
  request(id: string, query?: Query): Promise<RequestDetail>
  timeline(id: string, query?: Query): Promise<Timeline>
  cases(query?: Query): AsyncIterable<RegisterView>
  case(id: string, query?: Query): Promise<RegisterView>
  sites(query?: Query): AsyncIterable<RegisterView>
  site(id: string, query?: Query): Promise<RegisterView>
  lists(query?: Query): AsyncIterable<RegisterView>
  list(id: string, query?: Query): Promise<RegisterView>
  disclosures(query?: Query): AsyncIterable<DisclosureView>
  party(id: string, query?: Query): Promise<PartyView>
  mechanism(id: string, query?: Query): Promise<MechanismView>
  statement(id: string, query?: Query): Promise<StatementView>
  /** The receipt of a statement, with the key statements on which its signature rests. */
  receipt(id: string, query?: Query): Promise<ReceiptWithKeys>
  content(commitment: string, query?: Query): Promise<ContentOpeningView>
  /** Every statement that the reader may know of, as it is recorded. Goes on until it is left; see {@link ChangeSeen}. */
  changes(following?: FollowChanges): AsyncGenerator<ChangeSeen, void>
}

/** How to reach the desk. */
export interface ReadOptions extends ReadingOptions {
  /** Address of the service, without a slash at its end. */
  readonly url: string
  /** Leaf that readings know, unless told otherwise; -1 for none. */
  readonly after: number
}

/** Makes the readings of a service. Each throws {@link ServiceError} when it is refused, {@link ClientError} when the answer is not of the contract. */
export function readsOf(options: ReadOptions): Reads {
  async function fetched(path: string, query: Query = {}): Promise<Response> {
    const after = options.after >= 0 ? { after: options.after } : {}
    const url = `${options.url}/v1/${path}${queryText({ ...after, ...query })}`
    return await sendReading(options, { url })
  }

  async function get<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T> {
    const response = await fetched(path, query)
    const result = schema.safeParse(await response.json().catch(() => undefined))
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw new ClientError(
      'client/not-tidings',
      `the service's answer does not fit the interface: /${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}. Do client and service have the same version?`,
    )
  }

  async function* list<T>(
    path: string,
    schema: z.ZodType<{ items: T[]; next?: string }>,
    query: Query = {},
  ): AsyncGenerator<T> {
    let cursor: string | undefined
    do {
      const page = await get(path, schema, { ...query, ...(cursor !== undefined && { cursor }) })
      yield* page.items
      cursor = page.next
    } while (cursor !== undefined)
  }

  const at = (...parts: readonly string[]) => parts.map(encodeURIComponent).join('/')
  const requestPage = pageOf(requestView)
  const registerPage = pageOf(registerView)
  const disclosurePage = pageOf(disclosureView)
  return {
    outstanding: (party, query) => get(at('parties', party, 'outstanding'), outstanding, query),
    duties: (party, query) => list(at('parties', party, 'outstanding'), outstanding, { limit: 500, ...query }),
    duty: (id, query) => get(at('duties', id), dutyDetail, query),
    calculation: (id, query) => get(at('duties', id, 'calculation'), calculationView, query),
    deadlines: async (query) => await (await fetched('deadlines.ics', query)).text(),
    requests: (query) => list('requests', requestPage, { limit: 500, ...query }),
    request: (id, query) => get(at('requests', id), requestDetail, query),
    timeline: (id, query) => get(at('requests', id, 'timeline'), timeline, query),
    cases: (query) => list('cases', registerPage, { limit: 500, ...query }),
    case: (id, query) => get(at('cases', id), registerView, query),
    sites: (query) => list('sites', registerPage, { limit: 500, ...query }),
    site: (id, query) => get(at('sites', id), registerView, query),
    lists: (query) => list('lists', registerPage, { limit: 500, ...query }),
    list: (id, query) => get(at('lists', id), registerView, query),
    disclosures: (query) => list('disclosures', disclosurePage, { limit: 500, ...query }),
    party: (id, query) => get(at('parties', id), partyView, query),
    mechanism: (id, query) => get(at('mechanisms', id), mechanismView, query),
    statement: (id, query) => get(at('statements', id), statementView, query),
    receipt: (id, query) => get(at('statements', id, 'receipt'), receiptWithKeys, query),
    content: (commitment, query) => get(at('contents', commitment), contentOpening, query),
    changes: (following) => followChanges(options, following),
  }
}

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

import type { z } from 'zod'
import {
  type CalculationView,
  type ContentOpeningView,
  type DisclosureView,
  type DutyDetail,
  type DutyInTime,
  type MechanismView,
  type Operation,
  type OperationName,
  type Outstanding,
  operations,
  type PartyView,
  type ReceiptWithKeys,
  type RegisterView,
  type ReminderView,
  type RequestDetail,
  type RequestView,
  type StatementView,
  type Timeline,
} from './contract/index.ts'
import { ClientError } from './errors.ts'
import { type ChangeSeen, type FollowChanges, followChanges } from './follow-changes.ts'
import { type ReadingOptions, sendReading } from './send-reading.ts'

/**
 * Parameters of a reading, by the names that its operation knows. `after` waits until the views know that leaf. What does not fit is refused by the
 * service in words.
 */
export type QueryOf<N extends OperationName> = {
  readonly [K in keyof z.input<(typeof operations)[N]['query']>]?: string | number | boolean | undefined
}

/** What can be read conditionally: every operation but the stream of changes. */
export type ConditionalName = Exclude<OperationName, 'changes'>

/** What an operation answers. */
export type AnswerOf<N extends OperationName> = z.output<(typeof operations)[N]['answer']>

/** What a reading is of: the parameters in its path, and its query. */
export interface Asked<N extends ConditionalName> {
  readonly params: Readonly<Record<keyof z.input<(typeof operations)[N]['params']>, string>>
  readonly query?: QueryOf<N>
}

/** An answer with its entity tag, to be handed back when the same is read again. Plain data: it may be stored. */
export interface Kept<N extends ConditionalName> {
  /** Which reading it answered: a tag says nothing of another. */
  readonly of: string
  readonly etag: string
  readonly answer: AnswerOf<N>
}

/** What came of a conditional reading. */
export interface ReadAgain<N extends ConditionalName> {
  /** False when what was kept is still so; `asOf` apart, which rises with each statement anywhere. */
  readonly changed: boolean
  /** The answer as it is now: what was kept, unless it has changed. */
  readonly kept: Kept<N>
  /** Whether the service has waited as it was asked to. Where it has not and nothing has changed, too many wait already: read again after a while, not at once. */
  readonly waited: boolean
}

/** What a party may read of the exchange, typed by the contract. Lists are read page by page, as they are iterated. */
export interface Reads {
  /** Totals of what is outstanding for a party, and the first page of its duties. */
  outstanding(party: string, query?: QueryOf<'outstanding'>): Promise<Outstanding>
  duties(party: string, query?: QueryOf<'outstanding'>): AsyncIterable<DutyInTime>
  /** A duty with its clock, by its id: today, or with `atLeaf` and `on` as it was known then and is seen on a day. */
  duty(id: string, query?: QueryOf<'duty'>): Promise<DutyDetail>
  /** What would become of a duty's dates: `assume`, `from`, `until`, `n`. */
  calculation(id: string, query: QueryOf<'calculation'>): Promise<CalculationView>
  /** The due dates of the reader's party as an iCalendar file (RFC 5545); a mediator's with those of its mechanisms. */
  deadlines(query?: QueryOf<'deadlines'>): Promise<string>
  /** The duties of which this party may remind and a reminder is due, today or `on` a day. */
  reminders(query?: QueryOf<'reminders'>): AsyncIterable<ReminderView>
  requests(query?: QueryOf<'requests'>): AsyncIterable<RequestView>
  /** A request by its id or its reference. */
  request(id: string, query?: QueryOf<'request'>): Promise<RequestDetail>
  timeline(id: string, query?: QueryOf<'requestTimeline'>): Promise<Timeline>
  cases(query?: QueryOf<'cases'>): AsyncIterable<RegisterView>
  case(id: string, query?: QueryOf<'case'>): Promise<RegisterView>
  sites(query?: QueryOf<'sites'>): AsyncIterable<RegisterView>
  site(id: string, query?: QueryOf<'site'>): Promise<RegisterView>
  lists(query?: QueryOf<'lists'>): AsyncIterable<RegisterView>
  list(id: string, query?: QueryOf<'list'>): Promise<RegisterView>
  disclosures(query?: QueryOf<'disclosures'>): AsyncIterable<DisclosureView>
  disclosure(id: string, query?: QueryOf<'disclosure'>): Promise<DisclosureView>
  disclosureTimeline(id: string, query?: QueryOf<'disclosureTimeline'>): Promise<Timeline>
  party(id: string, query?: QueryOf<'party'>): Promise<PartyView>
  mechanisms(query?: QueryOf<'mechanisms'>): AsyncIterable<MechanismView>
  mechanism(id: string, query?: QueryOf<'mechanism'>): Promise<MechanismView>
  statement(id: string, query?: QueryOf<'statement'>): Promise<StatementView>
  /** The receipt of a statement, with the key statements on which its signature rests. */
  receipt(id: string, query?: QueryOf<'receipt'>): Promise<ReceiptWithKeys>
  content(commitment: string, query?: QueryOf<'content'>): Promise<ContentOpeningView>
  /**
   * Reads what has changed since it was kept (`If-None-Match`), by the name of an operation. With `waitSeconds` the service waits so long for a change before
   * it says that there is none (`Prefer: wait`), as long as it grants: 30 seconds unless its operator has set another limit. Without anything kept, or with what was
   * kept of another reading, it reads at once. A list is read page by page: each has a tag of its own.
   *
   * @throws {ServiceError} as every reading
   *
   * @example
   * let { kept } = await read.ifChanged('outstanding', { params: { id: party } })
   * for (;;) {
   *   const again = await read.ifChanged('outstanding', { params: { id: party } }, kept, { waitSeconds: 30 })
   *   if (again.changed) show(again.kept.answer)
   *   else if (!again.waited) await pause(10_000)
   *   kept = again.kept
   * }
   */
  ifChanged<N extends ConditionalName>(
    name: N,
    asked: Asked<N>,
    kept?: Kept<N>,
    options?: { readonly waitSeconds?: number },
  ): Promise<ReadAgain<N>>
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
  function addressOf({ path }: Operation, params: Params, query: Query): string {
    return `${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}${queryText(query)}`
  }

  async function fetched(operation: Operation, params: Params, query: Query = {}, more: Conditions = {}) {
    const after = options.after >= 0 ? { after: options.after } : {}
    const url = `${options.url}${addressOf(operation, params, { ...after, ...query })}`
    return await sendReading(options, { url, ...more })
  }

  /** The answer in a response, checked against its operation's schema. */
  async function answerIn<A extends z.ZodType>(
    { answer, mediaType }: Pick<Operation<z.ZodObject, z.ZodObject, A>, 'answer' | 'mediaType'>,
    response: Response,
  ): Promise<z.output<A>> {
    const body = mediaType === undefined ? await response.json().catch(() => undefined) : await response.text()
    const result = answer.safeParse(body)
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw new ClientError(
      'client/not-tidings',
      `the service's answer does not fit the interface: /${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}. Do client and service have the same version?`,
    )
  }

  async function get<P extends z.ZodObject, Q extends z.ZodObject, A extends z.ZodType>(
    operation: Operation<P, Q, A>,
    params: Readonly<Record<keyof z.input<P>, string>>,
    query?: Query,
  ): Promise<z.output<A>> {
    return await answerIn(operation, await fetched(operation, params, query))
  }

  async function ifChanged<N extends ConditionalName>(
    name: N,
    { params, query = {} }: Asked<N>,
    kept?: Kept<N>,
    { waitSeconds }: { readonly waitSeconds?: number } = {},
  ): Promise<ReadAgain<N>> {
    const operation: Operation = operations[name]
    const of = addressOf(operation, params, query as Query)
    const had = kept?.of === of ? kept : undefined
    const wait = had && waitSeconds !== undefined && waitSeconds > 0 ? Math.floor(waitSeconds) : undefined
    const response = await fetched(operation, params, query as Query, {
      headers: {
        ...(had && { 'if-none-match': had.etag }),
        ...(wait !== undefined && { prefer: `wait=${wait}` }),
      },
      ...(wait !== undefined && { waitMs: wait * 1000 }),
    })
    const waited = response.headers.has('preference-applied')
    if (had && response.status === 304) return { changed: false, kept: had, waited }
    const answer = (await answerIn(operation, response)) as AnswerOf<N>
    return { changed: true, kept: { of, etag: response.headers.get('etag') ?? '', answer }, waited }
  }

  async function* list<P extends z.ZodObject, Q extends z.ZodObject, T>(
    operation: Operation<P, Q, z.ZodType<{ items: T[]; next?: string }>>,
    params: Readonly<Record<keyof z.input<P>, string>>,
    query: Query = {},
  ): AsyncGenerator<T> {
    let cursor: string | undefined
    do {
      const page = await get(operation, params, { limit: 500, ...query, ...(cursor !== undefined && { cursor }) })
      yield* page.items
      cursor = page.next
    } while (cursor !== undefined)
  }

  return {
    outstanding: (id, query) => get(operations.outstanding, { id }, query),
    duties: (id, query) => list(operations.outstanding, { id }, query),
    duty: (id, query) => get(operations.duty, { id }, query),
    calculation: (id, query) => get(operations.calculation, { id }, query),
    deadlines: (query) => get(operations.deadlines, {}, query),
    reminders: (query) => list(operations.reminders, {}, query),
    requests: (query) => list(operations.requests, {}, query),
    request: (id, query) => get(operations.request, { id }, query),
    timeline: (id, query) => get(operations.requestTimeline, { id }, query),
    cases: (query) => list(operations.cases, {}, query),
    case: (id, query) => get(operations.case, { id }, query),
    sites: (query) => list(operations.sites, {}, query),
    site: (id, query) => get(operations.site, { id }, query),
    lists: (query) => list(operations.lists, {}, query),
    list: (id, query) => get(operations.list, { id }, query),
    disclosures: (query) => list(operations.disclosures, {}, query),
    disclosure: (id, query) => get(operations.disclosure, { id }, query),
    disclosureTimeline: (id, query) => get(operations.disclosureTimeline, { id }, query),
    party: (id, query) => get(operations.party, { id }, query),
    mechanisms: (query) => list(operations.mechanisms, {}, query),
    mechanism: (id, query) => get(operations.mechanism, { id }, query),
    statement: (id, query) => get(operations.statement, { id }, query),
    receipt: (id, query) => get(operations.receipt, { id }, query),
    content: (commitment, query) => get(operations.content, { commitment }, query),
    ifChanged,
    changes: (following) => followChanges(options, following),
  }
}

/** What a reading is sent with besides its address. */
type Conditions = Pick<Parameters<typeof sendReading>[1], 'headers' | 'waitMs'>
type Params = Readonly<Record<string, string>>
type Query = Readonly<Record<string, string | number | boolean | undefined>>

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

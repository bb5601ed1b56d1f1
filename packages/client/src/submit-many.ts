import type { Connection } from './connect.ts'
import { largestBatch, type Receipt } from './contract/index.ts'
import { ServiceError } from './errors.ts'
import { submissionOf } from './prepare.ts'
import type { KeptStatement, Repeat } from './send-many.ts'
import type { Unsigned } from './statements/unsigned.ts'
import { subjectOf } from './subject-of.ts'

/** A statement that is to be made once, however often the work is started again. */
export interface Planned {
  /** Says what it is to the author, e.g. a row of a file. Work done under a key is not done again. */
  readonly key: string
  /** Makes the statement. Asked only if nothing is kept under the key. */
  make(): Unsigned | Promise<Unsigned>
}

/** A signed statement as it is kept under its key. */
export interface KeptSubmission extends KeptStatement {
  readonly key: string
  /** Leaf of its receipt, once there is one. */
  readonly leaf?: number
}

/** What is written before anything is sent, so that a second run sends the same and nothing twice. */
export interface SubmissionLedger {
  /** What is kept under these keys. */
  find(keys: readonly string[]): ReadonlyMap<string, KeptSubmission> | Promise<ReadonlyMap<string, KeptSubmission>>
  /** Keeps signed statements, in this order; durable when it resolves. */
  add(entries: readonly KeptSubmission[]): void | Promise<void>
  /** Notes receipts. */
  recorded(entries: readonly { readonly key: string; readonly receipt: Receipt }[]): void | Promise<void>
  /** Notes refusals: another statement may be made under the key. */
  refused(entries: readonly { readonly key: string; readonly problem: string }[]): void | Promise<void>
}

/** What came of a planned statement. */
export type SubmitOutcome =
  | { readonly outcome: 'recorded'; readonly key: string; readonly receipt: Receipt }
  /** An earlier run has its receipt. */
  | { readonly outcome: 'already-recorded'; readonly key: string; readonly id: string; readonly leaf: number }
  | { readonly outcome: 'refused'; readonly key: string; readonly id: string; readonly error: ServiceError }

/** How far the work has come. */
export interface SubmitProgress {
  readonly recorded: number
  readonly alreadyRecorded: number
  readonly refused: number
}

/** How to submit many statements. */
export interface SubmitManyOptions {
  /** Without one nothing is kept, and a run that is stopped cannot be resumed. */
  readonly ledger?: SubmissionLedger
  /** Requests under way at once; 4 unless told. With 1 all statements are recorded in the order in which they are planned. */
  readonly inFlight?: number
  /** Statements that share a request, at most 1,000; as many unless told. */
  readonly perRequest?: number
  readonly onProgress?: (progress: SubmitProgress) => void
  readonly onOutcome?: (outcome: SubmitOutcome) => void
  /** Told before statements are sent again that the service could not take just now, or did not answer. */
  readonly onRepeat?: (repeat: Repeat) => void
  /** Stops the work cleanly: what is under way is finished, nothing new is begun. */
  readonly stop?: AbortSignal
}

/** What came of the whole work. */
export interface SubmitSummary extends SubmitProgress {
  /** Whether it was stopped before its end. */
  readonly stopped: boolean
  /** The largest leaf of a receipt: readings after it see everything that was recorded. */
  readonly lastLeaf?: number
}

// Bytes of statements that share a request, about.
const requestBytes = 4 * 1024 * 1024
// Signing happens beside this thread.
const signedAtOnce = 16
// How long receipts may wait for their checkpoints to be compared with the one tree.
const settleAfter = 2_000

/**
 * Submits many statements: each is signed, kept, sent and its receipt verified; in memory is only what is under way. A refusal of one stops none of the
 * others, anything else (a service out of reach for too long, a receipt that does not hold) stops the work.
 *
 * What is said of one thing is recorded in the order in which it is planned: a request waits for those under way that speak of the same things. Of different things, what
 * shares no request may be recorded in another order, unless `inFlight` is 1: say so where one follows from another (a delegation and what is said under its key), or where order
 * numbers them (requests and their references).
 *
 * @throws what {@link Connection.send} throws, but for refusals
 */
export async function submitMany(
  connection: Connection,
  planned: AsyncIterable<Planned> | Iterable<Planned>,
  options: SubmitManyOptions = {},
): Promise<SubmitSummary> {
  const { ledger, stop, inFlight = 4, perRequest = largestBatch } = options
  const counts = { recorded: 0, alreadyRecorded: 0, refused: 0 }
  let lastLeaf: number | undefined
  let failure: { readonly error: unknown } | undefined
  let underWay = 0
  const thingsUnderWay = new Set<string>()
  let wake = Promise.withResolvers<void>()
  const oneIsFinished = () => wake.promise
  const isOver = () => failure !== undefined || stop?.aborted === true

  function finished(outcome: SubmitOutcome): void {
    if (outcome.outcome === 'recorded') counts.recorded++
    else if (outcome.outcome === 'refused') counts.refused++
    else counts.alreadyRecorded++
    const leaf =
      outcome.outcome === 'recorded' ? outcome.receipt.leaf : outcome.outcome === 'refused' ? -1 : outcome.leaf
    if (leaf > (lastLeaf ?? -1)) lastLeaf = leaf
    options.onOutcome?.(outcome)
    options.onProgress?.(counts)
  }

  /** Sends what shares a request. What came of it is noted in the ledger before it is told. */
  async function sendTogether(entries: readonly KeptSubmission[], things: ReadonlySet<string>): Promise<void> {
    underWay++
    for (const thing of things) thingsUnderWay.add(thing)
    const outcomes: SubmitOutcome[] = []
    try {
      const settled: Settled = ({ key, id }, outcome) => {
        if (!(outcome instanceof ServiceError)) outcomes.push({ outcome: 'recorded', key, receipt: outcome })
        else if (isAboutThisStatement(outcome)) outcomes.push({ outcome: 'refused', key, id, error: outcome })
        else failure ??= { error: outcome }
      }
      await sendSplit(connection, entries, settled, options.onRepeat)
    } catch (error) {
      failure ??= { error }
    }
    try {
      await note(outcomes)
      for (const outcome of outcomes) finished(outcome)
    } catch (error) {
      failure ??= { error }
    }
    underWay--
    for (const thing of things) thingsUnderWay.delete(thing)
    wake.resolve()
    wake = Promise.withResolvers()
  }

  async function note(outcomes: readonly SubmitOutcome[]): Promise<void> {
    const receipts = outcomes.filter((one) => one.outcome === 'recorded')
    const refusals = outcomes
      .filter((one) => one.outcome === 'refused')
      .map(({ key, error }) => ({ key, problem: error.problem.type }))
    if (receipts.length > 0) await ledger?.recorded(receipts)
    if (refusals.length > 0) await ledger?.refused(refusals)
  }

  /** What is kept of a batch, signing what is not kept yet. In order, as the ledger keeps it. */
  async function kept(batch: readonly Planned[]): Promise<KeptSubmission[]> {
    const known = (await ledger?.find(batch.map(({ key }) => key))) ?? new Map<string, KeptSubmission>()
    const made: KeptSubmission[] = []
    const all: KeptSubmission[] = []
    for (let at = 0; at < batch.length; at += signedAtOnce) {
      const entries = await Promise.all(
        batch.slice(at, at + signedAtOnce).map(async (item) => {
          const there = known.get(item.key)
          if (there) return there
          const prepared = await connection.prepare(await item.make())
          return { key: item.key, id: prepared.statement.id, submission: submissionOf(prepared) }
        }),
      )
      all.push(...entries)
      made.push(...entries.filter(({ key }) => !known.has(key)))
    }
    if (made.length > 0) await ledger?.add(made)
    return all
  }

  async function sendAll(entries: readonly KeptSubmission[]): Promise<void> {
    const unsent: KeptSubmission[] = []
    for (const entry of entries) {
      if (entry.leaf === undefined) unsent.push(entry)
      else finished({ outcome: 'already-recorded', key: entry.key, id: entry.id, leaf: entry.leaf })
    }
    for (const together of bySize(unsent)) {
      const things = new Set(together.map(({ submission }) => subjectOf(submission.statement).about))
      while (underWay >= inFlight || !things.isDisjointFrom(thingsUnderWay)) await oneIsFinished()
      if (isOver()) return
      void sendTogether(together, things)
    }
  }

  const batches = inBatches(planned, Math.min(perRequest, largestBatch), isOver)
  const nextBatch = async () => {
    const { value, done } = await batches.next()
    return done ? undefined : await kept(value)
  }
  // While one batch is being sent, the next is signed and kept: neither waits for the other.
  let next = nextBatch()
  try {
    for (let entries = await next; entries !== undefined && !isOver(); entries = await next) {
      next = nextBatch()
      // Its failure is met when it is this batch's turn.
      next.catch(() => {})
      await sendAll(entries)
      if (Date.now() - (connection.log.unsettledSince ?? Date.now()) > settleAfter) await connection.log.settle()
    }
  } finally {
    while (underWay > 0) await oneIsFinished()
    await next.catch(() => {})
    await batches.return(undefined)
  }
  if (failure) throw failure.error
  await connection.log.settle()
  return { ...counts, stopped: stop?.aborted === true, ...(lastLeaf !== undefined && { lastLeaf }) }
}

/** A refusal that another statement need not meet: not one of the service as a whole, nor of the author's key. */
function isAboutThisStatement({ problem, problemName }: ServiceError): boolean {
  if (problem.status >= 500 || problem.status === 429) return false
  const ofAuthor = ['unknown-party', 'unknown-key', 'key-revoked', 'key-ended', 'signature', 'seen-not-a-prefix']
  return problemName === undefined || !ofAuthor.includes(problemName)
}

/** Told what came of a statement. */
type Settled = (entry: KeptSubmission, outcome: Receipt | ServiceError) => void

/** Sends statements in one request, or in several if the service takes smaller ones only. */
async function sendSplit(
  connection: Connection,
  entries: readonly KeptSubmission[],
  settled: Settled,
  onRepeat: SubmitManyOptions['onRepeat'],
): Promise<void> {
  try {
    const one = (number: number, outcome: Receipt | ServiceError) => settled(entries[number] as KeptSubmission, outcome)
    await connection.sendMany(entries, one, onRepeat)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.problemName !== 'too-large') throw error
    const [only, ...others] = entries
    // What is too large alone is itself refused.
    if (only && others.length === 0) return settled(only, error)
    const half = Math.ceil(entries.length / 2)
    await sendSplit(connection, entries.slice(0, half), settled, onRepeat)
    await sendSplit(connection, entries.slice(half), settled, onRepeat)
  }
}

/** In parts of bounded size. */
function* bySize(entries: readonly KeptSubmission[]): Generator<KeptSubmission[]> {
  let together: KeptSubmission[] = []
  let bytes = 0
  for (const entry of entries) {
    const { statement, document = '', contents = [] } = entry.submission
    const more = contents.reduce((sum, { data }) => sum + data.length, statement.length + document.length)
    if (together.length > 0 && bytes + more > requestBytes) {
      yield together
      together = []
      bytes = 0
    }
    together.push(entry)
    bytes += more
  }
  if (together.length > 0) yield together
}

async function* inBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
  isOver: () => boolean,
): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length === size) {
      yield batch
      batch = []
    }
    if (isOver()) return
  }
  if (batch.length > 0) yield batch
}

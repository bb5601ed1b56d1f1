import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type Change, type ChangesEnd, type ChangesPosition, changesEvents, operations } from './contract/index.ts'
import { ClientError, ServiceError } from './errors.ts'
import { sleepFor } from './send.ts'
import { type ReadingOptions, sendReading } from './send-reading.ts'

/**
 * How far the stream has come. Everything up to `leaf` that the reader may know of has been yielded: keep it, and follow from there after a stop.
 */
export interface ChangeSeen {
  readonly leaf: number
  /** The statement at this leaf; none where there was nothing that the reader may know of. */
  readonly change?: Change
}

/** From where, and until when, changes are followed. */
export interface FollowChanges {
  /** The leaf that was seen last; -1 for the beginning; what comes next unless told. */
  readonly after?: number
  /** Ends it: the iteration is then over, without an error. */
  readonly signal?: AbortSignal
}

/** Where changes are followed. */
export interface ChangesOptions extends ReadingOptions {
  /** Address of the service, without a slash at its end. */
  readonly url: string
}

/** The service sends something every 15 seconds: a line that is silent for three times as long is dead. */
const deadAfterMs = 45_000
const firstWait = 200
const longestWait = 15_000

/**
 * Follows the changes of a service. A line that breaks is connected again, a token that expires renewed, and it goes on after the leaf that was seen
 * last: no statement is missed, none comes twice.
 *
 * @throws {ServiceError} the service has refused it
 * @throws {ClientError} `client/unreachable`: at the first connection; later it goes on trying. `client/not-tidings`
 *
 * @example
 * for await (const { leaf, change } of tidings.read.changes({ after: kept })) {
 *   if (change) await take(change)
 *   await keep(leaf)
 * }
 */
export async function* followChanges(
  options: ChangesOptions,
  following: FollowChanges = {},
): AsyncGenerator<ChangeSeen, void> {
  const ending = [following.signal, options.patience.signal].filter((signal) => signal !== undefined)
  let leaf = following.after
  let { patienceMs } = options.patience
  for (let failures = 0; !ending.some((signal) => signal.aborted); ) {
    const leaving = new AbortController()
    const signal = AbortSignal.any([...ending, leaving.signal])
    const patience = { ...options.patience, patienceMs, signal }
    try {
      const response = await sendReading({ ...options, patience }, readingAfter(options, leaf))
      // Once it was there it is worth waiting for, however long that takes.
      patienceMs = Number.POSITIVE_INFINITY
      for await (const told of eventsOf(response, signal, () => leaving.abort())) {
        failures = 0
        const isNew = leaf === undefined || told.leaf > leaf
        if (isNew) leaf = told.leaf
        if ('reason' in told) {
          if (told.reason !== 'closing') options.tokens.forget()
          break
        }
        if (isNew) yield 'statement' in told ? { leaf: told.leaf, change: told } : { leaf: told.leaf }
      }
    } catch (error) {
      if (ending.some(({ aborted }) => aborted)) return
      if (error instanceof ServiceError || error instanceof ClientError) throw error
      failures++
    } finally {
      leaving.abort()
    }
    const wait = Math.min(longestWait, firstWait * 2 ** failures)
    // Jittered, so that many readers do not come back at once.
    await sleepFor(Math.random() * wait, AbortSignal.any(ending)).catch(() => undefined)
  }
}

function readingAfter({ url }: ChangesOptions, leaf: number | undefined) {
  const headers = leaf === undefined ? {} : { 'last-event-id': String(leaf) }
  return { url: `${url}${operations.changes.path}`, headers, stream: true } as const
}

/** The events of one connection, until it ends. A line that is silent for too long is left. */
async function* eventsOf(
  response: Response,
  signal: AbortSignal,
  leave: () => void,
): AsyncGenerator<Change | ChangesPosition | ChangesEnd, void> {
  let timer = setTimeout(leave, deadAfterMs)
  const watched = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(bytes, controller) {
      clearTimeout(timer)
      timer = setTimeout(leave, deadAfterMs)
      controller.enqueue(bytes)
    },
  })
  try {
    const texts = response.body?.pipeThrough(watched, { signal }).pipeThrough(new TextDecoderStream())
    for await (const { event = '', data } of texts?.pipeThrough(new EventSourceParserStream()) ?? []) {
      // A later version may tell more.
      if (!Object.hasOwn(changesEvents, event)) continue
      const told = changesEvents[event as keyof typeof changesEvents].safeParse(JSON.parse(data))
      if (!told.success) {
        throw new ClientError(
          'client/not-tidings',
          `the service's ${event} does not fit the interface: ${told.error.message}`,
        )
      }
      yield told.data
    }
  } finally {
    clearTimeout(timer)
  }
}

import { problem } from './contract/index.ts'
import { ClientError, ServiceError } from './errors.ts'

/** What `fetch` is to a client. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** One request, such that it may be sent again. */
export interface Sending {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Asked anew before each attempt: a proof of possession is for one request only. */
  readonly headers?: () => Promise<Record<string, string>>
  /** Text in JSON, or text made anew before each attempt. */
  readonly body?: string | (() => Promise<string>)
  /** Media type of the body; JSON unless told. */
  readonly contentType?: string
  /** The answer is a stream that goes on for as long as it is read: only its beginning is waited for. */
  readonly stream?: true
  /** How long the service may wait before it answers, in milliseconds, as it was asked to. */
  readonly waitMs?: number
}

/** A wait before the same is sent again. */
export interface Wait {
  /** What the attempt before it came to. */
  readonly because: ServiceError | ClientError
  readonly seconds: number
}

/** How long to try, and what to wait by. */
export interface Patience {
  /** Milliseconds after which no further attempt is made, unless one came to something meanwhile. */
  readonly patienceMs: number
  readonly signal?: AbortSignal
  readonly onWait?: (wait: Wait) => void
  /** For tests. */
  readonly random?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

const firstWait = 200
const longestWait = 15_000
const requestTimeout = 60_000

/**
 * Sends a request, and again with growing, jittered waits while the service cannot be reached, is busy (503, and what proxies say in its place) or asks
 * to slow down (429). Only for requests that may be repeated: everything here may, since a statement sent again is the same statement.
 *
 * @returns the response, with status 200 to 299, or 304 where an entity tag was sent
 * @throws {ServiceError} the service has refused it, or was still busy when the time was up
 * @throws {ClientError} `client/unreachable`
 */
export async function send(fetch: Fetch, sending: Sending, patience: Patience): Promise<Response> {
  return await persist(patience, () => once(fetch, sending, patience.signal))
}

/** An attempt that came to something, and leaves the rest to the next one. */
export class InPart {
  readonly because: ServiceError | ClientError
  constructor(because: ServiceError | ClientError) {
    this.because = because
  }
}

/**
 * Attempts something until it is there, with the waits of {@link send}. An attempt in part begins the time anew: whoever gets on is not given up.
 *
 * @throws what the last attempt came to, when it may not be repeated or the time was up
 */
export async function persist<T>(
  patience: Patience,
  attempt: () => Promise<T | InPart | ServiceError | ClientError>,
): Promise<T> {
  const { sleep = sleepFor, random = Math.random, signal } = patience
  let started = performance.now()
  let fruitless = 0
  for (;;) {
    signal?.throwIfAborted()
    const result = await attempt()
    if (result instanceof InPart) {
      started = performance.now()
      fruitless = 0
    } else if (!(result instanceof ServiceError || result instanceof ClientError)) return result
    const because = result instanceof InPart ? result.because : result
    const exponential = Math.min(longestWait, firstWait * 2 ** fruitless++)
    // Full jitter, so that many clients do not come back at once; never sooner than the service asked.
    const asked = because instanceof ServiceError ? (because.retryAfter ?? 0) * 1000 : 0
    const wait = asked + random() * exponential
    if (!mayRepeat(because) || performance.now() - started + wait > patience.patienceMs) throw because
    patience.onWait?.({ because, seconds: wait / 1000 })
    await sleep(wait, signal)
  }
}

/** Whether sending the same again may come to something else. */
export function mayRepeat(error: ServiceError | ClientError): boolean {
  if (error instanceof ClientError) return error.code === 'client/unreachable'
  return [429, 502, 503, 504].includes(error.problem.status)
}

/** Sends a request once. */
export async function once(
  fetch: Fetch,
  { method, url, headers, body, stream, waitMs = 0, contentType = 'application/json' }: Sending,
  signal: AbortSignal | undefined,
): Promise<Response | ServiceError | ClientError> {
  const own = await headers?.()
  const text = typeof body === 'function' ? await body() : body
  const limit = stream && liftable(requestTimeout)
  let response: Response
  try {
    const timeout = limit?.signal ?? AbortSignal.timeout(requestTimeout + waitMs)
    response = await fetch(url, {
      method,
      headers: {
        accept: stream ? 'text/event-stream' : contentType,
        ...(text !== undefined && { 'content-type': contentType }),
        ...own,
      },
      ...(text !== undefined && { body: text }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  } catch (cause) {
    signal?.throwIfAborted()
    const { origin } = new URL(url)
    return new ClientError(
      'client/unreachable',
      `the service at ${origin} cannot be reached: check the address and the line`,
      { cause },
    )
  } finally {
    limit?.lift()
  }
  // Not modified: whoever sends a tag has what it stands for.
  if (response.ok || response.status === 304) return response
  return await refusalOf(response, new URL(url).origin)
}

/** A limit of time that can be lifted. */
function liftable(ms: number): { readonly signal: AbortSignal; lift(): void } {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(new DOMException('the time is up', 'TimeoutError')), ms)
  return { signal: ending.signal, lift: () => clearTimeout(timer) }
}

/** What an answer refuses. */
export async function refusalOf(response: Response, origin: string): Promise<ServiceError | ClientError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const text = await response.text().catch(() => '')
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined
  try {
    return new ServiceError(problem.parse(JSON.parse(text)), seconds)
  } catch {
    if (response.status < 500 && response.status !== 429) {
      return new ClientError(
        'client/not-tidings',
        `${origin} answered with status ${response.status} and no problem details: is this a Tidings service?`,
      )
    }
    return new ServiceError(
      { type: 'about:blank', title: `The service answered with status ${response.status}`, status: response.status },
      seconds,
    )
  }
}

/** Waits; an abort ends it with the signal's reason. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const aborted = () => {
    clearTimeout(timer)
    reject(signal?.reason)
  }
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', aborted)
    resolve()
  }, ms)
  signal?.addEventListener('abort', aborted, { once: true })
  return promise
}

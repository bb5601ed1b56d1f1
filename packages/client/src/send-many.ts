import { type BatchAnswer, batchAnswer, ndjson, type Receipt, type Submission } from './contract/index.ts'
import { ClientError, ServiceError } from './errors.ts'
import { type Fetch, InPart, mayRepeat, once, type Patience, persist, type Wait } from './send.ts'

/** A signed statement as it is kept and sent. */
export interface KeptStatement {
  /** Identity of the statement. */
  readonly id: string
  readonly submission: Submission
}

/** A wait before statements are sent again that the service could not take, or did not answer. */
export interface Repeat extends Wait {
  /** How many of those that share the request. */
  readonly statements: number
}

/** How to send many, and whom to tell. */
export interface SendManyOptions {
  readonly fetch: Fetch
  readonly url: string
  readonly patience: Patience
  /** Verifies the receipt of a statement. */
  verify(receipt: Receipt, entry: KeptStatement): Promise<Receipt>
  /** Told of each entry by its number what came of it: once, as soon as it is known for good. */
  settled(entry: number, outcome: Receipt | ServiceError): void
  readonly onRepeat?: ((repeat: Repeat) => void) | undefined
}

/**
 * Sends statements in one request, in their order. Those that the service could not take just now are sent again by themselves, no sooner than it asks; so are
 * all of them when the request was not answered: a statement sent twice is recorded once. The service takes none after one that it could not take: however often
 * they are sent, they are recorded in their order.
 *
 * @throws {ServiceError} the service has refused the request as a whole, or has taken none of them for as long as there was patience
 * @throws {ClientError} `client/unreachable`, `client/not-tidings`, `client/receipt-invalid`
 */
export async function sendMany(entries: readonly KeptStatement[], options: SendManyOptions): Promise<void> {
  const { fetch, url, patience, verify, settled, onRepeat } = options
  let left = [...entries.entries()]

  async function attempt(): Promise<'done' | InPart | ServiceError | ClientError> {
    const body = left.map(([, { submission }]) => `${JSON.stringify(submission)}\n`).join('')
    const sending = { method: 'POST', url: `${url}/v1/statements/batch`, body, contentType: ndjson } as const
    const response = await once(fetch, sending, patience.signal)
    if (!(response instanceof Response)) return response
    const text = await response.text().catch(() => undefined)
    if (text === undefined) return new ClientError('client/unreachable', `the answer of ${url} has broken off`)
    const answers = answersOf(text)
    if (answers?.length !== left.length) {
      const message = `${url} did not answer each statement: is this a Tidings service?`
      throw new ClientError('client/not-tidings', message)
    }
    const again: typeof left = []
    let because: ServiceError | undefined
    for (const [i, [number, entry]] of left.entries()) {
      const answer = answers[i] as BatchAnswer
      const outcome = 'receipt' in answer ? await verify(answer.receipt, entry) : new ServiceError(answer.problem)
      if (outcome instanceof ServiceError && mayRepeat(outcome)) {
        again.push([number, entry])
        because = later(because, outcome)
      } else settled(number, outcome)
    }
    const isPart = again.length < left.length
    left = again
    if (because === undefined) return 'done'
    return isPart ? new InPart(because) : because
  }

  await persist({ ...patience, onWait: (wait) => onRepeat?.({ ...wait, statements: left.length }) }, attempt)
}

/** Which of two asks to wait for longer; the first if neither does. */
function later(one: ServiceError | undefined, other: ServiceError): ServiceError {
  return one !== undefined && (one.retryAfter ?? 0) >= (other.retryAfter ?? 0) ? one : other
}

/** The answers, one a line; undefined if that is not what the text holds. */
function answersOf(text: string): BatchAnswer[] | undefined {
  const lines = text.split('\n')
  if (lines.pop() !== '') return undefined
  try {
    return lines.map((line) => batchAnswer.parse(JSON.parse(line)))
  } catch {
    return undefined
  }
}

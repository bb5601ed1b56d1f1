import type { Signer } from '@tidings/statement'
import { type LogReader, openHttpLog, parseVkey, TransparencyError } from '@tidings/transparency'
import { accessTokens } from './access-token.ts'
import { receiptChecker } from './check-receipt.ts'
import { type Receipt, receipt as receiptSchema, type Submission } from './contract/index.ts'
import { ClientError, ServiceError } from './errors.ts'
import { type FollowedLog, type FollowOptions, followLog } from './follow-log.ts'
import { logFetch } from './log-fetch.ts'
import { type Prepared, prepare, submissionOf } from './prepare.ts'
import { type Reads, readsOf } from './reads.ts'
import { type Fetch, type Patience, send, type Wait } from './send.ts'
import { type KeptStatement, type Repeat, sendMany } from './send-many.ts'
import type { Unsigned } from './statements/unsigned.ts'

/** Who connects, and to what. */
export interface ConnectOptions extends FollowOptions {
  /** Address of the service, e.g. `https://tidings.example`. */
  readonly url: string
  /** The party that speaks and reads. */
  readonly party: string
  readonly signer: Signer
  /** The log's verifier key, pinned. See {@link discoverVkey} for the first time. */
  readonly vkey: string
  /** In place of the platform's own. */
  readonly fetch?: Fetch
  /** How to read the log, in place of tiles below `url`. */
  readonly log?: LogReader
  /** How long to go on trying a service that is busy or out of reach, in milliseconds; 60 000 unless told. */
  readonly patienceMs?: number
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal
  /** Told before a statement or a reading is sent again because the service is busy or out of reach; what is sent with many tells `onRepeat` instead. */
  readonly onWait?: (wait: Wait) => void
  /** Time of day in milliseconds, as statements say when they were made; the machine's unless told. */
  readonly now?: () => number
}

/** A party's connection to a service. Everything the service says of the record was verified under the pinned key before it is returned. */
export interface Connection extends AsyncDisposable {
  readonly url: string
  readonly party: string
  readonly signer: Signer
  readonly log: FollowedLog
  /** Readings of the desk. */
  readonly read: Reads
  /**
   * Signs a statement, naming the checkpoint last verified. Nothing is sent.
   *
   * @throws {StatementError}
   */
  prepare(unsigned: Unsigned): Promise<Prepared>
  /**
   * Sends a statement and verifies its receipt; sends the same again while the service is busy or out of reach. A statement sent twice is recorded once.
   *
   * @throws {ServiceError} the service has refused it
   * @throws {ClientError} `client/unreachable`, `client/receipt-invalid`
   * @throws {SplitViewError}
   */
  submit(prepared: Prepared): Promise<Receipt>
  /** {@link prepare} and {@link submit}. */
  state(unsigned: Unsigned): Promise<Receipt>
  /** Sends a submission as it was kept and verifies its receipt; the checkpoint is compared with the others later, by `log.settle`. */
  send(submission: Submission, statement: { readonly id: string; readonly jws: string }): Promise<Receipt>
  /**
   * {@link send} of up to 1,000 in one request, recorded in their order; `settled` is told of each by its number, once, as soon as it is known for good what
   * came of it, `onRepeat` before some are sent again.
   */
  sendMany(
    entries: readonly KeptStatement[],
    settled: (entry: number, outcome: Receipt | ServiceError) => void,
    onRepeat?: (repeat: Repeat) => void,
  ): Promise<void>
}

/**
 * Connects a party to a service under a pinned log key. Follows the log from the checkpoint of an earlier run, if there is one.
 *
 * @throws {ClientError} `client/unreachable`, `client/other-log`
 * @throws {ServiceError} the service was busy all the time
 * @throws {SplitViewError} the log does not continue what was seen before
 *
 * @example
 * await using tidings = await connect({ url, party, signer, vkey })
 * const receipt = await tidings.state(requests.submit({ … }))
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const url = options.url.replace(/\/+$/, '')
  const fetch: Fetch = options.fetch ?? ((address, init) => globalThis.fetch(address, init))
  const { party, signer, vkey } = options
  const patience: Patience = {
    patienceMs: options.patienceMs ?? 60_000,
    ...(options.signal && { signal: options.signal }),
    ...(options.onWait && { onWait: options.onWait }),
  }
  const resources = options.log ?? openHttpLog(url, vkey, { fetch: logFetch(fetch, patience) })
  const log = await followLog(resources, options).catch((error: unknown) => {
    if (error instanceof TransparencyError) throw logFailure(url, error)
    throw error
  })
  const check = receiptChecker(vkey)
  const tokens = accessTokens({ url, audience: parseVkey(vkey).name, party, signer, fetch, patience })

  const connection: Connection = {
    url,
    party,
    signer,
    log,
    // Whatever was published when this connection was opened is known to all that it reads, the party's own latest statements first.
    read: readsOf({ url, fetch, tokens, patience, after: log.checkpoint.size - 1 }),
    prepare: (unsigned) =>
      prepare(unsigned, { party, signer, seen: log.seen(), ...(options.now && { now: options.now }) }),
    async send(submission, statement) {
      const response = await send(
        fetch,
        { method: 'POST', url: `${url}/v1/statements`, body: JSON.stringify(submission) },
        patience,
      )
      const answer = receiptSchema.safeParse(await response.json().catch(() => undefined))
      if (!answer.success) {
        throw new ClientError('client/not-tidings', `${url} did not answer with a receipt: is this a Tidings service?`)
      }
      const { receipt, checkpoint } = await check(answer.data, statement)
      log.note(checkpoint)
      return receipt
    },
    async sendMany(entries, settled, onRepeat) {
      const verify = async (answer: Receipt, { id, submission }: KeptStatement) => {
        const { receipt, checkpoint } = await check(answer, { id, jws: submission.statement })
        log.note(checkpoint)
        return receipt
      }
      await sendMany(entries, { fetch, url, patience, verify, settled, onRepeat })
    },
    async submit(prepared) {
      const receipt = await connection.send(submissionOf(prepared), prepared.statement)
      await log.settle()
      return receipt
    },
    state: async (unsigned) => await connection.submit(await connection.prepare(unsigned)),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  }
  return connection
}

/**
 * Asks a service for its log's verifier key, for the first time. Whoever pins it should compare it with what the other parties have: from then on nothing
 * is believed that this key has not signed.
 *
 * @throws {ClientError} `client/unreachable`, `client/not-tidings`
 */
export async function discoverVkey(
  address: string,
  options: Pick<ConnectOptions, 'fetch' | 'patienceMs' | 'onWait'> = {},
): Promise<string> {
  const url = address.replace(/\/+$/, '')
  const fetch: Fetch = options.fetch ?? ((target, init) => globalThis.fetch(target, init))
  const patience: Patience = {
    patienceMs: options.patienceMs ?? 5_000,
    ...(options.onWait && { onWait: options.onWait }),
  }
  const response = await send(fetch, { method: 'GET', url: `${url}/vkey` }, patience)
  const vkey = (await response.text()).trim()
  try {
    parseVkey(vkey)
    return vkey
  } catch (cause) {
    throw new ClientError('client/not-tidings', `${url}/vkey is not the key of a log: is this a Tidings service?`, {
      cause,
    })
  }
}

function logFailure(url: string, cause: TransparencyError): ClientError | ServiceError {
  if (cause.cause instanceof ServiceError) return cause.cause
  if (cause.code === 'transparency/unreachable') {
    return new ClientError(
      'client/unreachable',
      `the service at ${url} cannot be reached: check the address and the line`,
      { cause },
    )
  }
  if (cause.code === 'transparency/signature-missing' || cause.code === 'transparency/malformed-checkpoint') {
    return new ClientError(
      'client/other-log',
      `the log at ${url} is not the one that is pinned: ${cause.message}. Was the service set up anew, or is this another one?`,
      { cause },
    )
  }
  return new ClientError('client/not-tidings', `the log at ${url} cannot be read: ${cause.message}`, { cause })
}

import { z } from 'zod'

const kib = 1024
const mib = 1024 * kib

const wholeUpTo = (most: number, what: string, unit: string, usual: number, least: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .default(usual)
    .meta({ description: what, unit })

const whole = (what: string, unit: string, usual: number, least = 1) =>
  wholeUpTo(Number.MAX_SAFE_INTEGER, what, unit, usual, least)

// A timer keeps 32 bits of milliseconds: one that is set for longer goes off at once.
const longest = Math.floor((2 ** 31 - 1) / 1000)

const time = (what: string, usual: number, least = 1) => wholeUpTo(longest, what, 'seconds', usual, least)

/**
 * Everything that a service bounds, with what it is unless told. Each is set by its name: `--limit body-bytes=65536` or
 * `TIDINGS_LIMIT_BODY_BYTES=65536`; `docs/operating.md` holds them as a table.
 */
const limits = z.strictObject({
  // what comes in
  targetBytes: whole('longest address of a request, query included', 'bytes', 4 * kib, 256),
  headerBytes: whole('all header fields of a request together', 'bytes', 16 * kib, kib),
  headerCount: whole('header fields of a request', 'fields', 100, 10),
  bodyBytes: whole('body of a request, unless its route says otherwise', 'bytes', 64 * kib),
  submissionBytes: whole('body of `POST /v1/statements`, and a line of a batch', 'bytes', 2 * mib),
  batchBytes: whole('body of `POST /v1/statements/batch`', 'bytes', 16 * mib),
  // how much
  addressRequests: whole('requests from one address that no key answers for', 'requests', 2000),
  addressSeconds: time('the window of `address-requests`', 10),
  addressParties: whole('parties begun from one address', 'parties', 200),
  addressPartiesSeconds: time('the window of `address-parties`', 600),
  addressNewcomerStatements: whole(
    'new statements from one address by parties that take part in no mechanism yet',
    'statements',
    100_000,
  ),
  addressNewcomerSeconds: time('the window of `address-newcomer-statements`', 3600),
  keyStatements: whole('new statements under one key', 'statements', 600_000),
  keySeconds: time('the window of `key-statements`', 60),
  readerRequests: whole('readings under one key', 'requests', 60_000),
  readerSeconds: time('the window of `reader-requests`', 60),
  underWayBytes: whole('statements that are being taken, by the bodies in which they come', 'bytes', 64 * mib),
  underWayStatements: whole('statements that are being taken', 'statements', 16_000),
  // connections
  connections: whole('open connections', 'connections', 16_000),
  connectionsPerAddress: whole('open connections from one address', 'connections', 256),
  pipelined: whole('requests that wait on one connection for the answer before theirs', 'requests', 16, 0),
  heldBytes: whole('bodies that are still coming and answers that are not yet read, together', 'bytes', 256 * mib),
  heldBytesPerAddress: whole('the same, of one address', 'bytes', 64 * mib),
  streams: whole('streams of changes, and readings that wait, open at once', 'requests', 2000),
  streamsPerReader: whole('the same, of one party', 'requests', 32),
  // time
  headerSeconds: time('until the header of a request is there', 15),
  requestSeconds: time('until the whole of a request is there', 300),
  answerSeconds: time('until an answer has been read, unless it is a stream', 300),
  idleSeconds: time('that a connection may stand still while its client is to send or to read', 60),
  stalledSeconds: time('that a reader of a stream of changes may take nothing of it', 30),
  receiptSeconds: time('that a statement waits for its receipt once it is recorded', 30),
  waitSeconds: time('longest wait that a reading is granted with `Prefer: wait`', 30, 0),
  leafSeconds: time('that a reading waits for the leaf in `after`', 10, 0),
  keepAliveSeconds: time('that a connection is kept for the next request', 65),
})

/** What a service bounds. */
export type Limits = Readonly<z.output<typeof limits>>

/** One of the limits, as it is told to people. */
export interface LimitRow {
  /** As in `--limit <name>=<value>`. */
  readonly name: string
  readonly usual: number
  readonly unit: string
  readonly what: string
}

/** The limits that hold unless told. */
export const defaultLimits: Limits = limits.parse({})

/** Every limit by its name. */
export const limitRows: readonly LimitRow[] = Object.entries(limits.shape).map(([member, schema]) => {
  const { description = '', unit } = schema.meta() ?? {}
  return { name: nameOf(member), usual: defaultLimits[member as keyof Limits], unit: String(unit), what: description }
})

/** A limit cannot be set so; `limit` is its name as it was given. */
export class LimitError extends Error {
  override name = 'LimitError'
  readonly limit: string
  constructor(limit: string, rule: string) {
    super(rule)
    this.limit = limit
  }
}

/**
 * Reads limits that are given by name, over the ones that hold unless told.
 *
 * @throws {LimitError} there is no such limit, or its value does not fit
 */
export function readLimits(given: Iterable<readonly [name: string, value: string]>): Limits {
  const members: Record<string, string> = {}
  for (const [name, value] of given) {
    const member = Object.keys(limits.shape).find((candidate) => nameOf(candidate) === name)
    if (member === undefined) throw new LimitError(name, 'there is no such limit; docs/operating.md lists them')
    members[member] = value
  }
  const result = limits.safeParse(members)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new LimitError(nameOf(String(issue?.path[0] ?? '')), issue?.message ?? 'does not fit')
}

function nameOf(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limits } from '../limits.ts'
import { ProblemError } from '../problem-error.ts'

/** Whom an allowance belongs to. */
export type Policy = 'address' | 'parties' | 'newcomers' | 'key' | 'reader'

/** What is left of an allowance. */
interface Left {
  readonly remaining: number
  /** Seconds until all of it is there again. */
  readonly seconds: number
}

const what: Readonly<Record<Policy, string>> = {
  address: 'requests from this address',
  parties: 'parties begun from this address',
  newcomers: 'statements from this address by parties that take part in no mechanism yet',
  key: 'statements under this key',
  reader: 'readings under this key',
}

/** The allowances of all who use a service. */
export interface Allowances {
  /** Begins to count one request from an address. */
  of(address: string): RequestAllowance
  /** The refusal of an address that has nothing left, told without counting: what a flood is answered with has to cost little. */
  refusalOf(address: string): ProblemError | undefined
  /** The value of `RateLimit-Policy` for some of the policies (draft-ietf-httpapi-ratelimit-headers-10). */
  policyField(policies: Iterable<Policy>): string
}

/** Addresses that have nothing left, and until when, in milliseconds. Forgetting one costs no more than counting its next request. */
type Exhausted = LRUCache<string, number>
const mostExhausted = 100_000

/**
 * What one request takes from whose allowance. It takes from its address at first; as soon as a key has shown that it answers for the request,
 * the key pays and the address gets back what it gave: an address shared by many is used up only by what nobody answers for.
 */
export class RequestAllowance {
  readonly #limiters: Readonly<Record<Policy, RateLimiterMemory>>
  readonly #exhausted: Exhausted
  readonly #address: string
  readonly #left = new Map<Policy, Left>()
  #addressPaid = false

  constructor(limiters: Readonly<Record<Policy, RateLimiterMemory>>, exhausted: Exhausted, address: string) {
    this.#limiters = limiters
    this.#exhausted = exhausted
    this.#address = address
  }

  /**
   * Counts the request to its address.
   *
   * @throws {ProblemError} `too-many-requests`
   */
  async begin(): Promise<void> {
    await this.#take('address', this.#address, 1)
    this.#addressPaid = true
  }

  /**
   * Counts a reading to the key of its reader, whose proof has been checked.
   *
   * @throws {ProblemError} `too-many-requests`
   */
  async reading(kid: string): Promise<void> {
    await this.#giveBack()
    await this.#take('reader', kid, 1)
  }

  /**
   * Counts new statements to the key that signed them: ones whose signature was checked and which the record is about to take. Not repeats: whoever
   * holds a copy of a statement could otherwise use up the allowance of its author. All of them are counted at once if there is room for all, else the first.
   *
   * @returns how many were counted
   * @throws {ProblemError} `too-many-requests`: there is not even room for one
   */
  async statements(kid: string, count = 1): Promise<number> {
    await this.#giveBack()
    const left = count > 1 ? await this.#limiters.key.get(kid) : null
    const together = count <= (left ? left.remainingPoints : this.#limiters.key.points) ? count : 1
    await this.#take('key', kid, together)
    return together
  }

  /**
   * Counts a party that is about to begin, whose key nobody has seen before: the address goes on paying.
   *
   * @throws {ProblemError} `too-many-requests`
   */
  async party(): Promise<void> {
    await this.#take('parties', this.#address, 1)
  }

  /**
   * Counts a new statement of a party that has never taken part in a mechanism: such a party costs nothing to make, and so do keys that it delegates. The
   * address goes on paying.
   *
   * @throws {ProblemError} `too-many-requests`
   */
  async newcomer(): Promise<void> {
    await this.#take('newcomers', this.#address, 1)
  }

  /** Counts to the address what a request held besides new statements: faulty ones and repeats. They have been answered; the next request is refused. */
  async besides(count: number): Promise<void> {
    if (count === 0) return
    const { consumedPoints, msBeforeNext } = await this.#limiters.address.penalty(this.#address, count)
    if (consumedPoints > this.#limiters.address.points) this.#exhausted.set(this.#address, Date.now() + msBeforeNext)
  }

  /** What is left of each allowance that the request took from. */
  get left(): ReadonlyMap<Policy, Left> {
    return this.#left
  }

  async #take(policy: Policy, whom: string, count: number): Promise<void> {
    const result = await this.#limiters[policy].consume(whom, count).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused
      throw refused
    })
    const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000))
    this.#left.set(policy, { remaining: Math.max(0, result.remainingPoints), seconds })
    if (result.consumedPoints <= this.#limiters[policy].points) return
    if (policy === 'address') this.#exhausted.set(whom, Date.now() + result.msBeforeNext)
    throw refusal(policy, seconds)
  }

  async #giveBack(): Promise<void> {
    if (!this.#addressPaid) return
    this.#addressPaid = false
    this.#left.delete('address')
    this.#exhausted.delete(this.#address)
    await this.#limiters.address.reward(this.#address, 1)
  }
}

function refusal(policy: Policy, seconds: number): ProblemError {
  return new ProblemError(
    'too-many-requests',
    { detail: `There were too many ${what[policy]}. Go on in ${seconds} s.` },
    { retryAfter: seconds },
  )
}

/** Makes the allowances that the limits grant. */
export function allowances(limits: Limits): Allowances {
  const limiter = (points: number, duration: number) => new RateLimiterMemory({ points, duration })
  const limiters = {
    address: limiter(limits.addressRequests, limits.addressSeconds),
    parties: limiter(limits.addressParties, limits.addressPartiesSeconds),
    newcomers: limiter(limits.addressNewcomerStatements, limits.addressNewcomerSeconds),
    key: limiter(limits.keyStatements, limits.keySeconds),
    reader: limiter(limits.readerRequests, limits.readerSeconds),
  }
  const exhausted: Exhausted = new LRUCache({ max: mostExhausted })
  return {
    of: (address) => new RequestAllowance(limiters, exhausted, address),
    refusalOf(address) {
      const until = exhausted.get(address)
      if (until === undefined) return undefined
      const seconds = Math.ceil((until - Date.now()) / 1000)
      if (seconds > 0) return refusal('address', seconds)
      exhausted.delete(address)
      return undefined
    },
    policyField: (policies) =>
      Array.from(policies, (policy) => `"${policy}";q=${limiters[policy].points};w=${limiters[policy].duration}`).join(
        ', ',
      ),
  }
}

/** The value of `RateLimit` for what a request took from. */
export function rateLimitField(left: ReadonlyMap<Policy, Left>): string {
  return Array.from(left, ([policy, { remaining, seconds }]) => `"${policy}";r=${remaining};t=${seconds}`).join(', ')
}

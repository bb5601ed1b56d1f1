import type { ProblemError } from '@tidings/service-kit'
import type { Kind } from '@tidings/statement'
import type { ReadySubmission } from './checking/unpack.ts'
import { LineOrder } from './line-order.ts'

/** What is asked of statements before they are taken: each is sound, and the rules would let it stand. */
export type Asked = Pick<ReadySubmission, 'kid' | 'payload'>

/** How many statements of some are admitted, in order, and why the next one is not; none of those after it has been asked then. */
export interface Admitted {
  readonly count: number
  readonly refusal?: unknown
}

/** Asked once of each new statement before anything of it is kept; of those in one request that come together, together. */
export type Admit = (statements: readonly Asked[]) => Promise<Admitted>

/** The contents of a group of statements on their way to be live. */
export interface GoingLive {
  /** Settles once all are live, or have failed to be. */
  readonly over: Promise<void>
  /** By the id of its statement, why contents are not known to be live. */
  readonly faults: ReadonlyMap<string, ProblemError>
}

/** A statement in the record: what is needed of it to answer, and no more, since many wait for their answers at once. */
export interface Recorded {
  readonly id: string
  readonly kind: Kind
  readonly stream: string
  readonly position: number
  /** True if it stood there before. */
  readonly repeated: boolean
  /** Bytes of the event that was handed in. A repeat may come under another signature than the one that was recorded. */
  readonly event: Uint8Array
  /** Its contents, if it has any: of a repeat too, whose first sending may not have seen them live. */
  readonly live?: GoingLive
}

/** The lines of one request on their way, and what becomes of each. */
export class UnderWay {
  readonly order = new LineOrder()
  readonly admit: Admit
  readonly #outcomes: (Recorded | ProblemError | undefined)[] = []
  #open = 0
  #waiting: PromiseWithResolvers<void> | undefined

  constructor(admit: Admit) {
    this.admit = admit
  }

  /** Begins the next line; gives its number. */
  begin(): number {
    this.#open++
    return this.#outcomes.push(undefined) - 1
  }

  /** Whether something has become of a line. */
  isSettled(line: number): boolean {
    return this.#outcomes[line] !== undefined
  }

  /** Takes note of what becomes of a line. What it has become it stays. */
  settle(line: number, outcome: Recorded | ProblemError): void {
    if (this.isSettled(line)) return
    this.#outcomes[line] = outcome
    this.#open--
    if (this.#open === 0) this.#waiting?.resolve()
  }

  /** What has become of the lines that have begun, once that is known of all. */
  async outcomes(): Promise<readonly (Recorded | ProblemError)[]> {
    if (this.#open > 0) this.#waiting ??= Promise.withResolvers()
    await this.#waiting?.promise
    this.#waiting = undefined
    return this.#outcomes as (Recorded | ProblemError)[]
  }
}

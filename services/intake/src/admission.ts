import { ProblemError } from '@tidings/service-kit'

/** How much may be under way at once. */
export interface AdmissionLimits {
  /** Bytes of request bodies. */
  readonly bytes: number
  readonly statements: number
}

/** A request's share of what may be under way: given back when the answer has left and the work is done. */
export interface Share {
  /**
   * Does the work of a request.
   *
   * @param statements how many its body turned out to hold
   * @throws {ProblemError} `busy`: they are too many just now
   */
  during<T>(statements: number, work: () => Promise<T>): Promise<T>
  /** The connection is done with it. */
  leave(): void
}

/** Lets in as much as fits: whoever comes when the house is full is told so at once and waits outside, so that load never becomes memory. */
export class Admission {
  readonly #mostBytes: number
  readonly #mostStatements: number
  #bytes = 0
  #statements = 0

  constructor({ bytes, statements }: AdmissionLimits) {
    this.#mostBytes = bytes
    this.#mostStatements = statements
  }

  /**
   * Whether a request would be let in; asked before its body is read. Nothing is set aside for it: whoever sends slowly, or never, would keep others out.
   *
   * @param bytes length of its body, or the most that it may have; one alone is let in however long it is
   * @throws {ProblemError} `busy`
   */
  ask(bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes) throw full()
  }

  /**
   * Lets a request in whose body is there.
   *
   * @param bytes length of its body; one alone is let in however long it is
   * @throws {ProblemError} `busy`
   */
  enter(bytes: number): Share {
    this.ask(bytes)
    this.#bytes += bytes
    let held = 0
    let holders = 1
    const release = () => {
      holders--
      if (holders > 0) return
      this.#bytes -= bytes
      this.#statements -= held
    }
    return {
      during: async (statements, work) => {
        if (this.#statements > 0 && this.#statements + statements > this.#mostStatements) throw full()
        this.#statements += statements
        held += statements
        holders++
        try {
          return await work()
        } finally {
          release()
        }
      },
      leave: release,
    }
  }
}

function full(): ProblemError {
  return new ProblemError(
    'busy',
    { detail: 'As much is under way as this service takes at once; nothing was kept. Try again a little later.' },
    { retryAfter: 1 },
  )
}

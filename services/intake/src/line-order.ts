import { ProblemError } from '@tidings/service-kit'

/**
 * The order of the lines of one request. Once a line is answered with a problem that says when to come back, no line after it is taken: all of them
 * come again in the order in which their author gave them, and whatever follows from that order (what founds a thing before what speaks in it,
 * requests as they are numbered) comes out as if nothing had happened.
 */
export class LineOrder {
  #stopped: { readonly line: number; readonly by: ProblemError } | undefined

  /** Notes what a line is refused with. Told at once, before a line after it is looked at. */
  refused(line: number, problem: unknown): void {
    if (!(problem instanceof ProblemError) || problem.retryAfter === undefined) return
    if (this.#stopped === undefined || line < this.#stopped.line) this.#stopped = { line, by: problem }
  }

  /** Why a line may not be taken now: one before it is to come again. Undefined as long as none is. */
  heldUp(line: number): ProblemError | undefined {
    return this.#stopped && line > this.#stopped.line ? heldUpBy(this.#stopped.by) : undefined
  }
}

function heldUpBy({ problem, retryAfter }: ProblemError): ProblemError {
  const detail = 'A line before it was not taken; nothing of this one was kept. Send it again after that one.'
  // Of that one nobody may know; of this one it is certain.
  const name = problem === 'outcome-unknown' ? 'busy' : problem
  return new ProblemError(name, { detail }, { ...(retryAfter !== undefined && { retryAfter }) })
}

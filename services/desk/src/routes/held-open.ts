import { ProblemError } from '@tidings/service-kit'
import type { FastifyReply } from 'fastify'

/** How many requests may be held open at once: streams of changes, and readings that wait for one. */
interface HeldOpenLimits {
  /** By one party, whichever of its keys reads. */
  readonly perReader: number
  readonly inAll: number
}

/** Counts the requests that are held open. */
export interface HeldOpen {
  /**
   * Holds one more open, until what is returned is disposed of.
   *
   * @throws {ProblemError} `too-many-open`: the reader holds as many as it may; `busy`: the service does
   */
  hold(reader: string): Disposable
  /** How many are held open. */
  count(): number
}

/** Makes the count. */
export function countHeldOpen({ perReader, inAll }: HeldOpenLimits): HeldOpen {
  const held = new Map<string, number>()
  let all = 0
  return {
    count: () => all,
    hold(reader) {
      const own = held.get(reader) ?? 0
      if (own >= perReader) {
        const detail = `This party holds ${own} streams or waits open: end one of them, or read one stream for all who follow it.`
        throw new ProblemError('too-many-open', { detail }, { retryAfter: 10 })
      }
      if (all >= inAll) {
        const detail = 'As many streams and waits are open as this service takes. Try again, or read without waiting.'
        throw new ProblemError('busy', { detail }, { retryAfter: 10 })
      }
      held.set(reader, own + 1)
      all++
      let open = true
      return {
        [Symbol.dispose]() {
          if (!open) return
          open = false
          all--
          const left = (held.get(reader) ?? 1) - 1
          if (left > 0) held.set(reader, left)
          else held.delete(reader)
        },
      }
    },
  }
}

/** Calls once nobody waits for an answer any more: it has been sent, or the reader has left. That may be so already, as who reads is found out after the request has come. */
export function onceGone({ raw }: Pick<FastifyReply, 'raw'>, call: () => void): void {
  if (raw.closed || raw.destroyed) call()
  else raw.once('close', call)
}

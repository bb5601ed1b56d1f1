import type { KeptViews } from '../keeping/kept-views.ts'

/** Wakes whoever waits for the views to know more. One wait of the views serves them all. */
export interface Advances extends AsyncDisposable {
  /**
   * Resolves when the views know more than they do at the call, or the time is up.
   *
   * @returns whether they know more
   * @throws the signal's reason when it is aborted
   */
  next(ms: number, signal: AbortSignal): Promise<boolean>
  /** Aborted once no more is to be waited for: the service is being closed. */
  readonly closing: AbortSignal
}

/** Follows the views until it is disposed, or they are closed. */
export function openAdvances(views: Pick<KeptViews, 'size' | 'waitForLeaf'>): Advances {
  const sleepers = new Set<(more: boolean) => void>()
  const closing = new AbortController()
  const following = follow()

  async function follow() {
    try {
      for (;;) {
        await views.waitForLeaf(views.size(), closing.signal)
        for (const wake of [...sleepers]) wake(true)
      }
    } catch {
      // Closed: by us, or the views before us. Whoever still waits is told so.
      closing.abort(new Error('the desk is being closed'))
    }
  }

  return {
    closing: closing.signal,
    async next(ms, signal) {
      signal.throwIfAborted()
      closing.signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<boolean>()
      const ended = () => reject(signal.aborted ? signal.reason : closing.signal.reason)
      const timer = setTimeout(resolve, ms, false)
      sleepers.add(resolve)
      signal.addEventListener('abort', ended, { once: true })
      closing.signal.addEventListener('abort', ended, { once: true })
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        sleepers.delete(resolve)
        signal.removeEventListener('abort', ended)
        closing.signal.removeEventListener('abort', ended)
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the desk is being closed'))
      await following
    },
  }
}

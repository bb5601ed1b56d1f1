import type { EventStore } from '@tidings/event-store'

/**
 * Waits until the record holds more than so many events, and looks by itself now and then: a record that fails to tell, as one over a network may, holds up
 * receipts for a moment and not until the next statement.
 *
 * @param lookMs how often to look, in milliseconds
 * @returns false if it was found by looking: nobody had told
 * @throws the signal's reason when it is aborted
 */
export async function untilMore(
  record: EventStore,
  size: number,
  lookMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const looking = new AbortController()
    const stop = () => looking.abort(signal.reason)
    signal.throwIfAborted()
    signal.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(() => looking.abort(), lookMs)
    try {
      await record.waitForMore(size, looking.signal)
      return true
    } catch (error) {
      if (signal.aborted || !looking.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    if ((await record.size()) > size) return false
  }
}

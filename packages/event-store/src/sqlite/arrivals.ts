import type { DatabaseSync } from 'node:sqlite'
import type { EventStore } from '../event-store.ts'

/** Those who wait for the record to grow. */
export interface Arrivals {
  readonly waitForMore: EventStore['waitForMore']
  /** Wakes those whose wait is over. */
  announce(): void
  /** Ends every wait with this error. */
  end(error: unknown): void
}

interface Waiter {
  readonly size: number
  resolve(size: number): void
  reject(error: unknown): void
}

/** Lets callers wait until the size, as `sizeNow` tells it, exceeds theirs; somebody has to `announce` that it may have changed. */
export function startArrivals(sizeNow: () => number): Arrivals {
  // An array, as few wait at once: a Map or Set of what comes and goes has all of it outlive its time (docs/decisions/0066).
  const waiters: Waiter[] = []

  function announce() {
    if (waiters.length === 0) return
    try {
      const size = sizeNow()
      for (const waiter of waiters) if (size > waiter.size) waiter.resolve(size)
    } catch (error) {
      for (const waiter of waiters) waiter.reject(error)
    }
  }

  return {
    announce,
    async waitForMore(size, signal) {
      signal.throwIfAborted()
      const now = sizeNow()
      if (now > size) return now
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const waiter = { size, resolve, reject }
      const abort = () => reject(signal.reason)
      waiters.push(waiter)
      signal.addEventListener('abort', abort, { once: true })
      try {
        return await promise
      } finally {
        waiters.splice(waiters.indexOf(waiter), 1)
        signal.removeEventListener('abort', abort)
      }
    },
    end(error) {
      for (const waiter of waiters) waiter.reject(error)
    },
  }
}

const FASTEST_MS = 2
const SLOWEST_MS = 20

/**
 * Like `startArrivals`, for a process that only reads: while anybody waits, it asks SQLite whether another process has committed
 * (`PRAGMA data_version`, some microseconds), every 2 ms, and less often, down to every 20 ms, while nothing happens.
 */
export function startPolledArrivals(db: DatabaseSync, sizeNow: () => number): Arrivals {
  const arrivals = startArrivals(sizeNow)
  const selectVersion = db.prepare('PRAGMA data_version')
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let seen: unknown

  function poll(delay: number) {
    timer = setTimeout(() => {
      try {
        const version = selectVersion.get()?.data_version
        const changed = version !== seen
        seen = version
        if (changed) arrivals.announce()
        poll(changed ? FASTEST_MS : Math.min(delay * 1.1, SLOWEST_MS))
      } catch (error) {
        arrivals.end(error)
      }
    }, delay)
  }

  return {
    announce: arrivals.announce,
    async waitForMore(size, signal) {
      if (waiting++ === 0) poll(FASTEST_MS)
      try {
        return await arrivals.waitForMore(size, signal)
      } finally {
        if (--waiting === 0) clearTimeout(timer)
      }
    },
    end(error) {
      clearTimeout(timer)
      arrivals.end(error)
    },
  }
}

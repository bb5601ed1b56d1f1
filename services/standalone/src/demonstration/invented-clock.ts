/**
 * A clock that stands at an invented time until it is released: it is the machine's from then on, for ever. Held in shared memory, so that the thread
 * that tells a demonstration can set the clock by which the log signs it.
 */
export interface InventedClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Lets it stand at another time. */
  set(ms: number): void
  /** Lets it be the machine's. Setting it afterwards changes nothing. */
  release(): void
  /** For {@link inventedClockIn} in another thread. */
  readonly memory: SharedArrayBuffer
}

/** A clock that stands at a time. */
export function inventedClock(from: number): InventedClock {
  const clock = inventedClockIn(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT))
  clock.set(from)
  return clock
}

// No time that is ever set: a fresh memory holds zero, and the machine's clock is stood for by a value before it.
const released = -1n

/** The clock that a memory holds. */
export function inventedClockIn(memory: SharedArrayBuffer): InventedClock {
  const standing = new BigInt64Array(memory)
  return {
    memory,
    now() {
      const at = Atomics.load(standing, 0)
      return at === released ? Date.now() : Number(at)
    },
    set(ms) {
      const to = BigInt(Math.floor(ms))
      const before = Atomics.load(standing, 0)
      if (before !== released) Atomics.compareExchange(standing, 0, before, to)
    },
    release: () => void Atomics.store(standing, 0, released),
  }
}

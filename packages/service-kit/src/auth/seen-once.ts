/** Remembers identifiers for a time, to refuse the second use. */
export interface SeenOnce {
  /**
   * Whether an identifier is new; it is remembered from now on.
   *
   * @returns `full` when no more can be remembered within the window: whoever asks must then be refused, since a repeat could no longer be told
   */
  use(id: string): 'new' | 'seen' | 'full'
}

/** How long identifiers are remembered, and how many. */
export interface SeenOnceOptions {
  /** In milliseconds; an identifier is remembered for at least this long and at most twice as long. */
  readonly window: number
  /** Most identifiers of one window. */
  readonly most: number
  /** Time of day in milliseconds. */
  readonly now: () => number
}

/**
 * Remembers identifiers in two windows, the present one and the one before it: forgetting costs nothing, and memory is bounded by the number,
 * whoever sends. Nothing is ever forgotten early to make room, or a flood would open the door to repeats.
 */
export function seenOnce({ window, most, now }: SeenOnceOptions): SeenOnce {
  let present = new Set<string>()
  let before = new Set<string>()
  let since = now()
  return {
    use(id) {
      const age = now() - since
      if (age >= window) {
        before = age < 2 * window ? present : new Set()
        present = new Set()
        since = now()
      }
      if (present.has(id) || before.has(id)) return 'seen'
      if (present.size >= most) return 'full'
      present.add(id)
      return 'new'
    },
  }
}

/** So often at most does a group begin while statements come one by one, in milliseconds. */
const groupEvery = 20
/** So many that wait are company enough: what a group costs by itself is shared well by then. */
const enough = 32

/** Tells how long the next group waits for company. */
export interface Pace {
  /**
   * Takes note of a group that begins.
   *
   * @param size how many statements it has
   * @param left how many had to be left for the next
   * @param now in milliseconds, on a clock that nobody sets
   */
  begins(size: number, left: number, now: number): void
  /** Takes note that the last group leaves something to be looked at again. */
  leaves(): void
  /** For how many milliseconds the next group does well to wait, unless company enough comes before. */
  pause(waiting: number, now: number): number
  /** Whether so many statements that wait need wait for no others. */
  isEnough(waiting: number): boolean
}

/**
 * Paces the groups that share commits and a checkpoint. When many post single statements, whoever begins with what has come in the last millisecond pays
 * for two flushes and a publication with two or three statements, and everyone waits behind that. Nobody waits who posts alone, one after the other: a
 * group of one is followed at once; nor does a group that is there already, as the lines of a batch are.
 */
export function openPace(): Pace {
  let next = 0
  return {
    begins(size, left, now) {
      next = size > 1 && left === 0 ? now + groupEvery : now
    },
    leaves() {
      next = 0
    },
    pause: (waiting, now) => (waiting >= enough ? 0 : Math.max(0, next - now)),
    isEnough: (waiting) => waiting >= enough,
  }
}

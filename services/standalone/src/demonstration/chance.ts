import { sha256, utf8 } from '@tidings/statement'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Chance that is the same each time: what it decides follows from its name alone, in whatever order things are made. */
export interface Chance {
  /** A whole number, both ends included. */
  int(from: number, to: number): number
  /** One of them. */
  pick<T>(items: readonly T[]): T
  /** True so many times in a hundred. */
  in100(times: number): boolean
  /** One of them, each so many times in the sum of all. */
  weighted<T>(items: readonly (readonly [times: number, item: T])[]): T
  /** All of them, in another order. */
  shuffled<T>(items: readonly T[]): T[]
}

/** Chance by a name. */
export function chanceOf(name: string): Chance {
  const hash = sha256(utf8(`tidings demonstration/${name}`))
  const seed = new DataView(hash.buffer, hash.byteOffset).getInt32(0)
  const generator = xoroshiro128plus(seed)
  const int = (from: number, to: number) => uniformInt(generator, from, to)
  const at = <T>(items: readonly T[], i: number): T => {
    if (items.length === 0) throw new TypeError('internal error: there is nothing to choose from')
    return items[i] as T
  }
  return {
    int,
    pick: (items) => at(items, int(0, items.length - 1)),
    in100: (times) => int(1, 100) <= times,
    weighted(items) {
      const sum = items.reduce((all, [times]) => all + times, 0)
      let left = int(1, sum)
      for (const [times, item] of items) {
        left -= times
        if (left <= 0) return item
      }
      throw new TypeError('internal error: there is nothing to choose from')
    },
    shuffled(items) {
      const order = [...items]
      for (let i = order.length - 1; i > 0; i--) {
        const j = int(0, i)
        const [one, other] = [at(order, i), at(order, j)]
        order[i] = other
        order[j] = one
      }
      return order
    },
  }
}

/**
 * A list that successive states share and that is only ever added to, so that a step costs the same after a thousand entries as after ten. A state counts the
 * first `length` of `entries`: what has been added since is not its own, and whoever adds to a state that is not the latest gets entries of its own. Seen
 * from outside nothing ever changes. Plain data: a snapshot as JSON goes on where it was taken.
 */
export interface SharedList<T> {
  readonly entries: readonly T[]
  readonly length: number
}

/** The list with more at its end. */
export function added<T>(list: SharedList<T> | undefined, ...more: readonly T[]): SharedList<T> {
  const { entries, length } = list ?? { entries: [], length: 0 }
  // Nobody who holds an earlier state looks beyond its own length: the latest list grows where it is.
  const grown = (entries.length === length ? entries : entries.slice(0, length)) as T[]
  grown.push(...more)
  return { entries: grown, length: grown.length }
}

/** All entries that a list counts, oldest first. */
export function listed<T>(list: SharedList<T> | undefined): readonly T[] {
  return list ? list.entries.slice(0, list.length) : []
}

/** As many entries are as quickly gone through as looked up, and need no index in memory. */
const few = 16

interface Index {
  /** Under a key the place of its entry, or the places of all. */
  readonly places: Map<string, number | number[]>
  covers: number
}

/**
 * Finds the last entry of a list under a key. An index beside the entries, made when a long list is first asked and followed since, is no part of any state.
 *
 * @param keyOf the key under which an entry is found, if it is: the same for the same entry, always
 */
export function lastUnder<T>(
  keyOf: (entry: T) => string | undefined,
): (list: SharedList<T> | undefined, key: string) => T | undefined {
  const indexes = new WeakMap<readonly T[], Index>()
  function indexOf(entries: readonly T[]): Index {
    let index = indexes.get(entries)
    if (!index) {
      index = { places: new Map(), covers: 0 }
      indexes.set(entries, index)
    }
    for (; index.covers < entries.length; index.covers++) {
      const key = keyOf(entries[index.covers] as T)
      if (key === undefined) continue
      const places = index.places.get(key)
      if (places === undefined) index.places.set(key, index.covers)
      else if (typeof places === 'number') index.places.set(key, [places, index.covers])
      else places.push(index.covers)
    }
    return index
  }
  return (list, key) => {
    if (!list) return undefined
    const { entries, length } = list
    if (length <= few) {
      for (let i = length - 1; i >= 0; i--) if (keyOf(entries[i] as T) === key) return entries[i]
      return undefined
    }
    const places = indexOf(entries).places.get(key)
    const place = typeof places === 'number' ? places : places?.findLast((one) => one < length)
    return place === undefined || place >= length ? undefined : entries[place]
  }
}

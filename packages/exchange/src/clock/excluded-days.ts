import type { Standstill } from '../state.ts'

/** Days on which a clock stands: from the day of the statement that stopped it through the day of the one that ended it. */
export interface Stretch {
  readonly why: 'pause' | 'suspension' | 'absence'
  readonly from: number
  /** Infinite while it has not been ended. */
  readonly to: number
  readonly since: number
  readonly until?: number
  readonly statement?: string
  readonly party?: string
}

/** A time between two leaves, as the state keeps it. */
type Between = Pick<Standstill, 'since' | 'until'> & Partial<Pick<Standstill, 'statement' | 'by'>>

/** The days of a time between two leaves as known at a leaf; none if it began later. */
export function stretch(
  why: Stretch['why'],
  { since, until, statement, by }: Between,
  at: { readonly leaf: number; readonly dayOf: (leaf: number) => number },
): readonly Stretch[] {
  if (since > at.leaf) return []
  const from = at.dayOf(since)
  const told = {
    why,
    from,
    since,
    ...(statement === undefined ? {} : { statement }),
    ...(by === undefined ? {} : { party: by }),
  }
  if (until === undefined || until > at.leaf) return [{ ...told, to: Infinity }]
  return [{ ...told, until, to: Math.max(from, at.dayOf(until)) }]
}

/** The same days in ascending order, each once: what overlaps or touches is one. */
export function union(stretches: readonly Stretch[]): readonly (readonly [from: number, to: number])[] {
  const merged: [number, number][] = []
  for (const { from, to } of stretches.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

import type { PayloadOf, StreamPrefix } from '@tidings/statement'
import type { Present } from './present.ts'
import { type ExchangeThing, type Snapshot, sidesOf } from './snapshot.ts'

/**
 * Since when parties have been shown what they are shown. What it says may be too late, never too early: everything that has changed what a party
 * is shown stands at that leaf or before it.
 */
export interface Touched {
  /** Of one party: the last leaf that may have changed anything that it is shown. */
  since(party: string): number
  /** Of all: the last leaf of a party or a mechanism, on which depends who may see what. */
  sinceAll(): number
}

/** What some leaves have touched. */
export interface TouchedLeaves {
  /** The last of them that touched all. */
  readonly all?: number
  /** The last of them that touched a party, for each that one has touched by itself. */
  readonly parties: ReadonlyMap<string, number>
}

/** Gathers what leaves have touched. */
export interface TouchedGatherer {
  /** Takes down what a leaf has touched; leaves come in their order. */
  add(leaf: number, parties: Iterable<string> | 'all'): void
  /** What was taken down since the last time. */
  take(): TouchedLeaves
}

/** Begins to gather. */
export function gatherTouched(): TouchedGatherer {
  let parties = new Map<string, number>()
  let all: number | undefined
  return {
    add(leaf, touched) {
      if (touched === 'all') all = leaf
      else for (const party of touched) parties.set(party, leaf)
    },
    take() {
      const taken = { parties, ...(all !== undefined && { all }) }
      parties = new Map()
      all = undefined
      return taken
    },
  }
}

/** The keeper of what was touched. */
export interface TouchedKeeper extends Touched {
  /** Takes what leaves have touched that are shown from now on. */
  take(touched: TouchedLeaves): void
  /** Takes it that everything was touched by what is shown now. */
  takeAll(): void
}

/**
 * Begins to keep what was touched. It is kept in memory: whatever was before it is taken to have touched everyone.
 *
 * @param size how many leaves the views know
 */
export function openTouched(size: () => number): TouchedKeeper {
  const leaves = new Map<string, number>()
  let all = size() - 1
  return {
    since: (party) => Math.max(all, leaves.get(party) ?? -1),
    sinceAll: () => all,
    take(touched) {
      all = Math.max(all, touched.all ?? -1)
      for (const [party, leaf] of touched.parties) leaves.set(party, leaf)
    },
    takeAll() {
      leaves.clear()
      all = size() - 1
    },
  }
}

/** What a statement has made of its stream. */
export interface Change {
  readonly prefix: StreamPrefix
  /** What was said: by a release, its draft. */
  readonly payload: PayloadOf
  readonly before: Snapshot
  readonly after: Snapshot
  readonly present: Present
}

/** Whose readings an effective statement may change: whoever may know of it, whoever saw the whole before it, whoever owes or is owed. */
export function touchedBy({ prefix, payload, before, after, present }: Change): Iterable<string> | 'all' {
  if (prefix === 'party' || prefix === 'mechanism') return 'all'
  const parties = new Set([payload.iss, ...(payload.aud ?? []), ...(before.exchange?.readers ?? [])])
  if (prefix !== 'request' && prefix !== 'disclosure') return parties
  const thing = after.state.thing as ExchangeThing
  const { author, addressees } = sidesOf(thing)
  for (const party of [author, ...addressees]) parties.add(party)
  const owed = [...((before.state.thing as ExchangeThing | undefined)?.owed ?? []), ...thing.owed]
  for (const { owner, towards } of owed) parties.add(owner).add(towards)
  for (const { party, role } of present.participants(thing.mechanism)) if (role === 'mediator') parties.add(party)
  return parties
}

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

/** The keeper of what was touched. */
export interface TouchedKeeper extends Touched {
  take(leaf: number, parties: Iterable<string> | 'all'): void
}

/**
 * Begins to keep what was touched. It is kept in memory: whatever was before it is taken to have touched everyone.
 *
 * @param size how many leaves the views know; nothing is touched later than the last of them
 */
export function openTouched(size: () => number): TouchedKeeper {
  const leaves = new Map<string, number>()
  let all = size() - 1
  // What a transaction that was rolled back has touched is not shown by anyone yet.
  const known = (leaf: number) => Math.min(leaf, size() - 1)
  return {
    since: (party) => known(Math.max(all, leaves.get(party) ?? -1)),
    sinceAll: () => known(all),
    take(leaf, parties) {
      if (parties === 'all') all = Math.max(all, leaf)
      else for (const party of parties) leaves.set(party, leaf)
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

import type { PartyKey, PartyThing } from './state.ts'
import { type Void, voided } from './verdict.ts'

/** Whether a party has begun before this leaf. */
export function isFoundedAt(party: PartyThing, leaf: number): boolean {
  return party.keys.some((key) => key.since < leaf)
}

/** The keys of a party that count for a statement at this leaf. */
export function keysAt(party: PartyThing, leaf: number): readonly PartyKey[] {
  return party.keys.filter((key) => key.since < leaf && !(key.until && key.until.leaf < leaf))
}

/** The key of a party that counts for a statement at this leaf, or why none does. */
export function keyAt(party: PartyThing, kid: string, leaf: number): PartyKey | Void {
  const key = party.keys.find((candidate) => candidate.kid === kid && candidate.since < leaf)
  if (!key) return voided('unknown-key')
  if (key.until && key.until.leaf < leaf) {
    return voided(key.until.how === 'revoked' ? 'key-revoked' : 'key-ended', { leaf: key.until.leaf })
  }
  return key
}

/** The same party, with keys ended from a leaf on. */
export function endKeys(
  party: PartyThing,
  kids: readonly string[],
  leaf: number,
  how: 'revoked' | 'ended',
): PartyThing {
  return {
    ...party,
    keys: party.keys.map((key) => (kids.includes(key.kid) && !key.until ? { ...key, until: { leaf, how } } : key)),
  }
}

import type { PartyView } from '@tidings/client/contract'
import type { Present } from '../projection/present.ts'
import { documentOf } from './document.ts'
import type { Lookup } from './lookup.ts'

/** A party as another sees it: its keys through time, its own description, the mechanisms that both take part in. */
export async function partyView(
  lookup: Lookup,
  present: Present,
  id: string,
  reader: string,
): Promise<Omit<PartyView, 'asOf'>> {
  const party = present.party(id)
  if (!party) throw new TypeError('internal error: a party is shown that is not known')
  const theirs = new Set(present.mechanismsOf(id))
  const description = party.described && documentOf(await lookup.statementAt(party.described.leaf))
  return {
    id,
    keys: party.keys.map(({ kid, role, label, jwk, since, until }) => ({
      kid,
      role,
      jwk: { ...jwk },
      since,
      ...(label !== undefined && { label }),
      ...(until && { until }),
    })),
    mechanisms: present
      .mechanismsOf(reader)
      .filter((mechanism) => theirs.has(mechanism))
      .sort(),
    ...(description !== undefined && { description }),
  }
}

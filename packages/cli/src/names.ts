import type { MechanismView } from '@tidings/client'

/** Names of parties as a mechanism codes them: "Party A". Whoever does not take part is named by its id. */
export function partyNames(mechanism: Pick<MechanismView, 'participants'> | undefined): (party: string) => string {
  const codes = new Map(mechanism?.participants.map(({ party, code }) => [party, code]))
  return (party) => {
    const code = codes.get(party)
    return code === undefined ? party : `Party ${code}`
  }
}

/** The party that is meant by an id or by its code in the mechanism. */
export function partyMeant(mechanism: Pick<MechanismView, 'participants'>, text: string): string | undefined {
  return mechanism.participants.find(({ party, code }) => party === text || code === text)?.party
}

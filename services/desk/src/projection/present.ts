import type { DatabaseSync } from 'node:sqlite'
import {
  type MechanismThing,
  type Participant,
  type PartyThing,
  participantsAt,
  type Standing,
  type StreamState,
} from '@tidings/exchange'
import { aboutOfStream, type Snapshot } from './snapshot.ts'

/** Parties and mechanisms, kept in memory: every verdict asks for them, and who may see what depends on those in force at present. */
export interface Present extends Standing {
  /** Who takes part in a mechanism now. */
  participants(mechanism: string): readonly Participant[]
  /** Mechanisms in which a party takes part now. */
  mechanismsOf(party: string): readonly string[]
  /** Mechanisms of which a party is the mediator now. */
  mediatedBy(party: string): readonly string[]
  /** Mechanisms that a party takes part in, or that a proposal has named it in. */
  naming(party: string): readonly string[]
}

/** The keeper of what is present. */
export interface PresentKeeper extends Present {
  /** Takes the state of a `party-` or `mechanism-` stream; false if it is of another. */
  take(state: StreamState): boolean
  /** Reads again, from the snapshots, the streams of these names; everything unless told. If that fails nobody is known, until all is read again. */
  reload(names?: readonly string[]): void
}

/** Reads parties and mechanisms from the snapshots. */
export function openPresent(db: DatabaseSync): PresentKeeper {
  const select = db.prepare('SELECT name, snapshot FROM streams WHERE name >= ? AND name < ? ORDER BY number')
  const one = db.prepare('SELECT snapshot FROM streams WHERE name = ?')
  const parties = new Map<string, PartyThing>()
  const mechanisms = new Map<string, MechanismThing>()
  const inForce = new Map<string, readonly Participant[]>()
  const taking = new Map<string, Set<string>>()
  const named = new Map<string, Set<string>>()

  function add(index: Map<string, Set<string>>, party: string, mechanism: string) {
    const set = index.get(party) ?? new Set()
    index.set(party, set.add(mechanism))
  }

  function takeMechanism(id: string, mechanism: MechanismThing) {
    mechanisms.set(id, mechanism)
    for (const { party } of inForce.get(id) ?? []) taking.get(party)?.delete(id)
    // What the order has brought into force by now is in force for whatever comes next.
    const participants = participantsAt(mechanism, Number.MAX_SAFE_INTEGER)
    inForce.set(id, participants)
    for (const { party } of participants) add(taking, party, id)
    for (const { participants: proposed } of mechanism.proposals) {
      for (const { party } of proposed) add(named, party, id)
    }
  }

  function take({ stream, thing }: StreamState): boolean {
    if (!thing) return false
    if ('keys' in thing) parties.set(aboutOfStream(stream), thing)
    else if ('proposals' in thing) takeMechanism(aboutOfStream(stream), thing)
    else return false
    return true
  }

  function takeSnapshot(snapshot: unknown) {
    take((JSON.parse(String(snapshot)) as Snapshot).state)
  }

  function clear() {
    for (const index of [parties, mechanisms, inForce, taking, named]) index.clear()
  }

  function reload(names?: readonly string[]) {
    try {
      if (names) for (const name of names) takeSnapshot(one.get(name)?.snapshot)
      else reloadAll()
    } catch (error) {
      // Who took part a moment ago may have left: nobody is shown anything on what is no longer known to hold.
      clear()
      throw error
    }
  }

  function reloadAll() {
    clear()
    for (const prefix of ['party', 'mechanism']) {
      // `.` follows `-`: the range holds every name with the prefix.
      for (const { snapshot } of select.iterate(`${prefix}-`, `${prefix}.`)) takeSnapshot(snapshot)
    }
  }

  reload()
  return {
    party: (id) => parties.get(id),
    mechanism: (id) => mechanisms.get(id),
    participants: (id) => inForce.get(id) ?? [],
    mechanismsOf: (party) => [...(taking.get(party) ?? [])],
    mediatedBy: (party) =>
      [...(taking.get(party) ?? [])].filter((id) =>
        inForce.get(id)?.some((participant) => participant.party === party && participant.role === 'mediator'),
      ),
    naming: (party) => [...(named.get(party) ?? [])],
    take,
    reload,
  }
}

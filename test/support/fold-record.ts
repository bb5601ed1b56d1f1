import type { EventStore } from '@tidings/event-store'
import { createExchange, type Duty, dutiesOf, inPlace, isOpen, type Verdict } from '@tidings/exchange'
import { decodeEventData, readStatement } from '@tidings/statement'

/** What an outsider who holds all statements finds: the verdict of each leaf, and the duties about each thing. */
export interface FoldedRecord {
  readonly verdicts: ReadonlyMap<number, Verdict>
  /** Kind and question of the duties that a party still owes about a thing. */
  openDuties(owner: string, about: string): string[]
  /** Leaves at which the duties about a thing were opened. */
  opened(about: string): number[]
}

/** Folds a whole record, from its bytes alone. */
export async function foldRecord(store: EventStore): Promise<FoldedRecord> {
  const exchange = createExchange()
  const verdicts = new Map<number, Verdict>()
  for await (const event of store.readAll()) {
    const { jws, document } = decodeEventData(event.data)
    verdicts.set(event.position, exchange.place(inPlace(event.position, readStatement(jws), document)).verdict)
  }
  const dutiesAbout = (about: string): readonly Duty[] => {
    const thing = exchange.stateOf(`request-${about}`).thing
    return thing ? dutiesOf(thing) : []
  }
  return {
    verdicts,
    openDuties: (owner, about) =>
      dutiesAbout(about)
        .filter((duty) => duty.owner === owner && isOpen(duty))
        .map((duty) => (duty.question ? `${duty.kind} ${duty.question}` : duty.kind)),
    opened: (about) => dutiesAbout(about).map((duty) => duty.openedAt),
  }
}

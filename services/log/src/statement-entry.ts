import type { RecordedEvent } from '@tidings/event-store'
import { jwsBytesOf, leafEntry } from '@tidings/statement'

/** The log's entry for a statement in the record: 48 bytes that tell nothing to whoever does not hold the statement. */
export function statementEntry(event: RecordedEvent): Uint8Array {
  return leafEntry(jwsBytesOf(event.data))
}

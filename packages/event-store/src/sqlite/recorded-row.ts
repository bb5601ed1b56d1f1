import { crc32 } from 'node:zlib'
import { DamagedError } from '../errors.ts'
import type { NewEvent, RecordedEvent } from '../event-store.ts'

/** The columns of `RecordedRow`, for statements in which `e` is the event and `s` its stream. */
export const RECORDED_COLUMNS = 'e.position, s.name AS stream, e.revision, e.checksum, hex(e.id) AS id, e.type, e.data'

/** An event as a statement gives it; an array, because that is read half again as fast as an object. The id as text, because bytes cost more to hand over. */
export type RecordedRow = readonly [
  position: number,
  stream: string,
  revision: number,
  checksum: number,
  id: string,
  type: string,
  data: Uint8Array,
]

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a text is the id of an event: a UUID in lower case. */
export function isEventId(id: string): boolean {
  return UUID.test(id)
}

/**
 * The 16 bytes of an event's id.
 *
 * @throws {RangeError} it is not a UUID in lower case
 */
export function idToBytes(id: string): Uint8Array {
  if (!isEventId(id)) throw new RangeError('an event id is a UUID in lower case')
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function idFromHex(upper: string): string {
  const hex = upper.toLowerCase()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/**
 * CRC-32 over all that an event is, its place included.
 *
 * SQLite has no checksums of its own: a bit that flips on the disk inside a row would be handed out as the truth. This finds it at the first
 * reading, for a millionth of a second. It is no protection against people; signatures and the log are.
 */
export function checksumOf(stream: string, revision: number, position: number, event: NewEvent): number {
  return crc32(event.data, crc32(`${position} ${revision} ${event.id} ${event.type} ${stream}`))
}

/**
 * The event that a row holds.
 *
 * @throws {DamagedError} the row is not as it was written
 */
export function toRecordedEvent(row: RecordedRow): RecordedEvent {
  const [position, stream, revision, checksum, id, type, data] = row
  const event = { stream, revision, position, id: idFromHex(id), type, data }
  if (checksumOf(stream, revision, position, event) !== checksum)
    throw new DamagedError(
      `the event at position ${position} is not as it was written: restore the record from a backup`,
    )
  return event
}

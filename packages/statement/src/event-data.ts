import { textOf } from './encoding.ts'
import { StatementError } from './errors.ts'

/** What an event holds: the statement as it was signed, and its public document. */
export interface EventData {
  readonly jws: string
  readonly document?: Uint8Array
}

const lineFeed = 0x0a
const encoder = new TextEncoder()

/**
 * Bytes of an event: the JWS, a line feed, the document if there is one. Nothing is translated.
 *
 * @param allocate where they are written; memory of its own unless told
 */
export function encodeEventData(
  { jws, document }: EventData,
  allocate = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  // A JWS is ASCII: as many bytes as characters.
  const bytes = allocate(jws.length + 1 + (document?.length ?? 0))
  encoder.encodeInto(jws, bytes)
  bytes[jws.length] = lineFeed
  if (document) bytes.set(document, jws.length + 1)
  return bytes
}

/**
 * Bytes of the statement in an event's bytes: its JWS is ASCII.
 *
 * @throws {StatementError} `statement/encoding` if there is no line feed
 */
export function jwsBytesOf(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(lineFeed)
  if (end < 0) throw new StatementError('statement/encoding', 'event', 'must hold a JWS and a line feed')
  return bytes.subarray(0, end)
}

/**
 * Statement and document of an event's bytes.
 *
 * @throws {StatementError} `statement/encoding` if there is no line feed
 */
export function decodeEventData(bytes: Uint8Array): EventData {
  const statement = jwsBytesOf(bytes)
  const jws = textOf(statement, 'event')
  const document = bytes.subarray(statement.length + 1)
  return document.length > 0 ? { jws, document } : { jws }
}

import { concatBytes, textOf, utf8 } from './encoding.ts'
import { StatementError } from './errors.ts'

/** What an event holds: the statement as it was signed, and its public document. */
export interface EventData {
  readonly jws: string
  readonly document?: Uint8Array
}

const lineFeed = 0x0a

/** Bytes of an event: the JWS, a line feed, the document if there is one. Nothing is translated. */
export function encodeEventData({ jws, document }: EventData): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8(`${jws}\n`), document ?? new Uint8Array())
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

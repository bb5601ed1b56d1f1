import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { eventId, type RecordedEvent } from '@tidings/event-store'
import { type PayloadOf, readStatement } from '@tidings/statement'
import { LRUCache } from 'lru-cache'

/** A statement as the record holds it, with what the fold needs of it. */
export interface RecordedStatement {
  readonly id: string
  readonly kid: string
  readonly payload: PayloadOf
  readonly document?: Uint8Array
}

/** An event of the record as far as a statement can be read out of it without knowing anything: of texts and bytes only, to be handed over by a thread. */
export interface ReadEvent extends Pick<RecordedEvent, 'position' | 'id' | 'stream' | 'revision'> {
  /** Identity of the statement: the SHA-256 of what was signed (base64url). */
  readonly statement: string
  readonly kid: string
  /** The payload, in the text that was signed. */
  readonly payload: string
  readonly document?: Uint8Array
}

const lineFeed = 0x0a
const dot = 0x2e

/**
 * Opens a reader of the record, ten times as fast as the strict gate (`readStatement`), and sound where the gate has been passed before:
 *
 * - Intake put nothing into the record that had not passed the gate, and named each event by the SHA-256 of what was signed. The hash is
 *   taken again here and must fit the name: so these bytes are the bytes that passed, and encoding, canonical form and schema hold for them
 *   still. What was damaged since fails, by name.
 * - Whoever can write into the record's file can give other bytes a fitting name. A gate at the desk would not keep them out, since it checks no
 *   signatures; the log does, whose signed tree does not hold them.
 * - A header has exactly one form, and each key has one: it is read through the gate once, with the first statement under it.
 */
export function openEventReader(): (event: RecordedEvent) => ReadEvent {
  const kids = new LRUCache<string, string>({ max: 10_000 })

  function kidOf(header: string, jws: Buffer): string {
    const kid = kids.get(header) ?? readStatement(jws.toString('latin1')).kid
    kids.set(header, kid)
    return kid
  }

  function read({ id: name, data, position, stream, revision }: RecordedEvent): ReadEvent {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
    const end = bytes.indexOf(lineFeed)
    const header = bytes.indexOf(dot)
    const input = bytes.indexOf(dot, header + 1)
    if (header < 0 || input < 0 || end < input) throw new TypeError('it holds no statement')
    const sha256 = hash('sha256', bytes.subarray(0, input), 'buffer')
    if (eventId(sha256) !== name) throw new TypeError(`its bytes do not fit its name, ${name}`)
    return {
      position,
      id: name,
      stream,
      revision,
      statement: sha256.toString('base64url'),
      kid: kidOf(bytes.toString('latin1', 0, header), bytes.subarray(0, end)),
      payload: Buffer.from(bytes.toString('latin1', header + 1, input), 'base64url').toString(),
      ...(end + 1 < bytes.length && { document: data.subarray(end + 1) }),
    }
  }

  return (event) => sound(event, () => read(event))
}

/** The statement of an event that has been read. */
export function statementOf(event: ReadEvent): RecordedStatement {
  const { statement: id, kid, payload, document } = event
  return { id, kid, payload: sound(event, () => JSON.parse(payload) as PayloadOf), ...(document && { document }) }
}

/** @throws {TypeError} what cannot be read, by its leaf */
function sound<T>({ position }: Pick<RecordedEvent, 'position'>, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`the record is damaged at leaf ${position}: ${why}`, { cause })
  }
}

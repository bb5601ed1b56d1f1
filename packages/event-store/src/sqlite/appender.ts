import type { DatabaseSync } from 'node:sqlite'
import { type FailedOutcome, fileErrorOf, type GroupCommit, groupCommit, type JobResult } from '@tidings/sqlite-file'
import { EventTooLargeError, OutcomeUnknownError, RevisionConflictError, UnavailableError } from '../errors.ts'
import type { Appended, EventStore, ExpectedRevision, NewEvent } from '../event-store.ts'
import { toPortError } from './port-errors.ts'
import { checksumOf, idToBytes } from './recorded-row.ts'

/** A statement with its public document (256 KiB) fits twice. */
const MAX_EVENT_BYTES = 512 * 1024
/** What an event takes in the file beside its data, roughly. */
const OVERHEAD_BYTES = 200

/** The writing half of the engine. */
export interface Appender {
  readonly append: EventStore['append']
  /** Does what still waits, at once. */
  flush(): void
}

interface StreamState {
  readonly id: number
  readonly category: number
  readonly revision: number
}

interface AppenderOptions {
  readonly db: DatabaseSync
  readonly file: string
  /** Called after each durable commit. */
  committed(): void
}

/** Starts appending through the one connection that writes. */
export function startAppender({ db, file, committed }: AppenderOptions): Appender {
  const selectStream =
    db.prepare(`SELECT id, category, (SELECT max(revision) FROM events WHERE stream = streams.id) AS revision
    FROM streams WHERE name = ?`)
  const selectKnown = db.prepare(
    'SELECT position, id FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
  )
  const selectLast = db.prepare('SELECT max(position) AS position FROM events')
  const selectCategory = db.prepare('SELECT id FROM categories WHERE name = ?')
  const insertCategory = db.prepare('INSERT INTO categories (name) VALUES (?) RETURNING id')
  const insertStream = db.prepare('INSERT INTO streams (name, category) VALUES (?, ?)')
  const insertEvent = db.prepare(`INSERT INTO events (position, stream, revision, category, checksum, id, type, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)

  // Position of the next event; undefined when the table has to be asked, as after a transaction that was rolled back.
  let next: number | undefined

  function streamState(name: string): StreamState | undefined {
    const row = selectStream.get(name)
    return row && { id: Number(row.id), category: Number(row.category), revision: Number(row.revision) }
  }

  function nextPosition(): number {
    const position = next ?? Number(selectLast.get()?.position ?? -1) + 1
    next = position + 1
    return position
  }

  function newStream(name: string): StreamState {
    const categoryName = categoryOf(name)
    const row = selectCategory.get(categoryName) ?? insertCategory.get(categoryName)
    const category = Number(row?.id)
    const id = Number(insertStream.run(name, category).lastInsertRowid)
    return { id, category, revision: -1 }
  }

  /** The first answer again, if these very events stand right after the expected revision. */
  function repeatOf(state: StreamState, after: number, events: readonly NewEvent[]): Appended | undefined {
    const known = selectKnown.all(state.id, after, events.length)
    if (known.length < events.length) return undefined
    const same = events.every((event, index) => {
      const id = known[index]?.id
      return id instanceof Uint8Array && Buffer.compare(id, idToBytes(event.id)) === 0
    })
    if (!same) return undefined
    return { revision: after + events.length, position: Number(known.at(-1)?.position), repeated: true }
  }

  function appendNow(name: string, expected: ExpectedRevision, events: readonly NewEvent[]): JobResult<Appended> {
    const before = streamState(name)
    const actual = before?.revision ?? -1
    const after = expected === 'no-stream' ? -1 : expected
    if (actual !== after) {
      const repeat = before && after < actual ? repeatOf(before, after, events) : undefined
      return repeat ? { value: repeat } : { refused: new RevisionConflictError(name, expected, actual) }
    }
    // All conditions hold: from here on it writes.
    const stream = before ?? newStream(name)
    let revision = actual
    let position = -1
    for (const event of events) {
      revision++
      position = nextPosition()
      const checksum = checksumOf(name, revision, position, event)
      insertEvent.run(
        position,
        stream.id,
        revision,
        stream.category,
        checksum,
        idToBytes(event.id),
        event.type,
        event.data,
      )
    }
    return { value: { revision, position, repeated: false } }
  }

  function failed(cause: unknown, outcome: FailedOutcome): unknown {
    next = undefined
    const error = fileErrorOf(file, cause)
    if (outcome === 'not-begun')
      return new UnavailableError(`what came before could not be written to ${file}`, { cause: error })
    if (outcome === 'unknown')
      return new OutcomeUnknownError(`the disk failed while ${file} was being written: send the same again`, {
        cause: error,
      })
    return toPortError(error)
  }

  const commits: GroupCommit = groupCommit({ db, committed, failed, inOrder: true })

  return {
    async append(stream, expected, events) {
      checkAppend(stream, expected, events)
      // What was checked is what is written, whatever the caller does with its bytes meanwhile.
      const copies = events.map(({ id, type, data }) => ({ id, type, data: Buffer.from(data) }))
      const bytes = copies.reduce((sum, { data }) => sum + data.length + OVERHEAD_BYTES, 0)
      return await commits.run(bytes, () => appendNow(stream, expected, copies))
    },
    flush: () => commits.flush(),
  }
}

/** The part of a stream's name before its first hyphen. */
function categoryOf(stream: string): string {
  return stream.split('-', 1)[0] ?? stream
}

function checkAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) {
  if (stream === '') throw new RangeError('a stream has a name')
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0))
    throw new RangeError('an append expects "no-stream" or a revision from 0')
  if (events.length === 0) throw new RangeError('an append has at least one event')
  for (const { id, data } of events) {
    if (data.length > MAX_EVENT_BYTES) throw new EventTooLargeError(data.length, MAX_EVENT_BYTES)
    idToBytes(id)
  }
}

import type { DatabaseSync } from 'node:sqlite'
import type { Appended, ExpectedRevision, NewEvent } from '../event-store.ts'
import { checksumOf, idToBytes } from './recorded-row.ts'

/** An event whose data travels beside it. */
type BareEvent = Pick<NewEvent, 'id' | 'type'>

/** What the appending thread is asked. The data of each event is a part. */
interface AppendArguments {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly BareEvent[]
}

/** What the appending thread does. */
export type AppendJobs = {
  /** Appends, or tells at which revision the stream actually is. */
  readonly append: (args: AppendArguments, parts: readonly Uint8Array[]) => Appended | { readonly actual: number }
}

interface StreamState {
  readonly id: number
  readonly category: number
  readonly revision: number
}

/** Prepares what is done through the one connection that writes. */
export function appendJobs(db: DatabaseSync): AppendJobs {
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

  const nextPosition = () => Number(selectLast.get()?.position ?? -1) + 1

  function streamState(name: string): StreamState | undefined {
    const row = selectStream.get(name)
    return row && { id: Number(row.id), category: Number(row.category), revision: Number(row.revision) }
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

  function append({ stream: name, expected, events: bare }: AppendArguments, parts: readonly Uint8Array[]) {
    const events = bare.map((event, n): NewEvent => ({ ...event, data: parts[n] as Uint8Array }))
    const before = streamState(name)
    const actual = before?.revision ?? -1
    const after = expected === 'no-stream' ? -1 : expected
    if (actual !== after) {
      const repeat = before && after < actual ? repeatOf(before, after, events) : undefined
      return repeat ?? { actual }
    }
    // All conditions hold: from here on it writes.
    const stream = before ?? newStream(name)
    let revision = actual
    let position = nextPosition() - 1
    for (const event of events) {
      revision++
      position++
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
    return { revision, position, repeated: false }
  }

  return { append }
}

/** The part of a stream's name before its first hyphen. */
function categoryOf(stream: string): string {
  return stream.split('-', 1)[0] ?? stream
}

// What the tests of this package derive from a record, shared with the process that they kill.
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type EventStore, eventId, type NewEvent, type RecordedEvent } from '@tidings/event-store'
import { type DiscardReason, type Finish, openReadModel, type ReadModelOptions } from './read-model.ts'
import { openReadModelReader } from './reader.ts'

/** Tables that show any event left out, applied twice or out of order. */
export function migrate(db: DatabaseSync): void {
  db.exec(`CREATE TABLE streams (name TEXT PRIMARY KEY, events INTEGER NOT NULL, last TEXT NOT NULL) STRICT;
    CREATE TABLE chain (only INTEGER PRIMARY KEY CHECK (only = 1), hash BLOB NOT NULL) STRICT;
    CREATE TABLE open (event TEXT PRIMARY KEY REFERENCES streams (name) DEFERRABLE INITIALLY DEFERRED) STRICT;
    CREATE VIEW busy AS SELECT name FROM streams WHERE events > 1;
    INSERT INTO chain VALUES (1, zeroblob(32))`)
}

export function apply(db: DatabaseSync, events: readonly RecordedEvent[]): void {
  const count = db.prepare(`INSERT INTO streams VALUES (?, 1, ?)
    ON CONFLICT (name) DO UPDATE SET events = events + 1, last = excluded.last`)
  const open = db.prepare('INSERT INTO open VALUES (?)')
  const close = db.prepare('DELETE FROM open WHERE event = ?')
  const selectChain = db.prepare('SELECT hash FROM chain')
  const updateChain = db.prepare('UPDATE chain SET hash = ?')
  for (const { stream, revision, data } of events) {
    count.run(stream, Buffer.from(data).toString())
    if (revision === 0) open.run(stream)
    if (revision === 2) close.run(stream)
    const before = selectChain.get()?.hash as Uint8Array
    updateChain.run(createHash('sha256').update(before).update(data).digest())
  }
}

function event(text: string): NewEvent {
  const data = new TextEncoder().encode(text)
  return { id: eventId(createHash('sha256').update(data).digest()), type: 'test', data }
}

/** Appends so many events, four to a stream, the streams interleaved; `label` makes their content differ from others'. */
export async function appendMany(store: EventStore, count: number, label = ''): Promise<void> {
  const from = await store.size()
  const appending = Array.from({ length: count }, (_, n) => {
    const [stream, revision] = [`case-${(from + n) >> 4}-${(from + n) % 4}`, ((from + n) >> 2) % 4]
    return store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event(`${label} ${from + n}`)])
  })
  await Promise.all(appending)
}

/** A read model with a reader of it that goes on with each transaction. */
export function openWithReader(options: ReadModelOptions) {
  const model = openReadModel(options)
  const reader = openReadModelReader(options)
  return {
    ...model,
    reader: reader.db,
    waitForPosition: reader.waitForPosition,
    commit(finish?: Finish) {
      const committed = model.commit(finish)
      reader.advance()
      return committed
    },
    fold() {
      const folded = model.fold()
      reader.advance()
      return folded
    },
    reset(reason?: DiscardReason) {
      model.reset(reason)
      reader.advance()
    },
    [Symbol.dispose]() {
      reader[Symbol.dispose]()
      model[Symbol.dispose]()
    },
  }
}

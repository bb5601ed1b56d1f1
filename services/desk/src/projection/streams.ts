import type { DatabaseSync } from 'node:sqlite'
import { emptyStream } from '@tidings/exchange'
import { LRUCache } from 'lru-cache'
import type { Numbered, Snapshot } from './snapshot.ts'

/** Streams that are kept in memory: enough for those that are spoken in at one time, however many there are. */
const MOST_LIVE = 4096

/**
 * The streams as the projection works on them: a few thousand live ones in memory, all of them as snapshots in the table.
 *
 * Within a transaction a changed stream is held until `flush` writes it, once, however many statements it has got.
 */
export interface Streams {
  /**
   * The stream as it stands before the event of this revision; an empty one, with the next number, before the first.
   *
   * @throws {TypeError} there is no such event before it
   */
  load(name: string, revision: number): Numbered
  save(stream: Numbered): void
  /** Writes what has changed. Called within the transaction that holds the rows that follow from it. */
  flush(): void
}

/** Opens the streams of a database. */
export function openStreams(db: DatabaseSync, mostLive = MOST_LIVE): Streams {
  const select = db.prepare('SELECT number, snapshot FROM streams WHERE name = ?')
  const last = db.prepare('SELECT coalesce(max(number), 0) AS number FROM streams')
  const insert = db.prepare('INSERT INTO streams (number, name, snapshot) VALUES (?, ?, ?)')
  const update = db.prepare('UPDATE streams SET snapshot = ? WHERE number = ?')
  const live = new LRUCache<string, Numbered>({ max: mostLive })
  const changed = new Map<string, Numbered>()
  /** Names of those among them that are not in the table yet. */
  const begun = new Set<string>()
  let next: number | undefined

  function stored(name: string): Numbered | undefined {
    const row = select.get(name)
    return row && { number: Number(row.number), snapshot: JSON.parse(String(row.snapshot)) as Snapshot }
  }

  /** The first event of a stream says so itself: of the many streams that begin, none is looked for in vain. */
  function begin(name: string): Numbered {
    next ??= Number(last.get()?.number) + 1
    const stream = { number: next++, snapshot: { state: emptyStream(name) } }
    begun.add(name)
    changed.set(name, stream)
    return stream
  }

  return {
    load(name, revision) {
      if (revision === 0) return begin(name)
      const known = changed.get(name) ?? live.get(name) ?? stored(name)
      if (!known) throw new TypeError(`stream ${name} has an event ${revision}, and none before it`)
      return known
    },
    save(stream) {
      changed.set(stream.snapshot.state.stream, stream)
    },
    flush() {
      for (const [name, stream] of changed) {
        const snapshot = JSON.stringify(stream.snapshot)
        if (begun.has(name)) insert.run(stream.number, name, snapshot)
        else update.run(snapshot, stream.number)
        live.set(name, stream)
      }
      changed.clear()
      begun.clear()
    },
  }
}

import type { DatabaseSync } from 'node:sqlite'
import { emptyStream } from '@tidings/exchange'
import { LRUCache } from 'lru-cache'
import type { Numbered, Snapshot } from './snapshot.ts'

/**
 * Streams that are kept in memory: enough for a stream in which one speaks at once after another. More would save a few readings and cost more than
 * that: what lives for seconds is copied by the collector of garbage, again and again, before it is garbage, and what is written late is no longer in the
 * processor's caches.
 */
const MOST_LIVE = 16

/**
 * The streams as the projection works on them: a few live ones in memory, all of them as snapshots in the table.
 *
 * Within a transaction a changed stream is written when it leaves memory, or by `flush`: mostly once, however many statements it has got.
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
  const live = new LRUCache<string, Numbered>({
    max: mostLive,
    dispose: (stream, name, why) => void (why === 'evict' && changed.delete(name) && write(name, stream)),
  })
  /** Names of the live streams that the table does not hold as they are, and of those among them that it does not hold at all. */
  const changed = new Set<string>()
  const begun = new Set<string>()
  let next: number | undefined

  function write(name: string, { number, snapshot }: Numbered) {
    const text = JSON.stringify(snapshot)
    if (begun.delete(name)) insert.run(number, name, text)
    else update.run(text, number)
  }

  function stored(name: string): Numbered | undefined {
    const row = select.get(name)
    return row && { number: Number(row.number), snapshot: JSON.parse(String(row.snapshot)) as Snapshot }
  }

  /** The first event of a stream says so itself: of the many streams that begin, none is looked for in vain. */
  function begin(name: string): Numbered {
    next ??= Number(last.get()?.number) + 1
    begun.add(name)
    return { number: next++, snapshot: { state: emptyStream(name) } }
  }

  return {
    load(name, revision) {
      if (revision === 0) return begin(name)
      const known = live.get(name) ?? stored(name)
      if (!known) throw new TypeError(`stream ${name} has an event ${revision}, and none before it`)
      return known
    },
    save(stream) {
      const name = stream.snapshot.state.stream
      changed.add(name)
      live.set(name, stream)
    },
    flush() {
      for (const name of changed) {
        const stream = live.peek(name)
        if (stream) write(name, stream)
      }
      changed.clear()
    },
  }
}

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
  /** The stream as it stands; an empty one, with the next number, if nothing has been recorded in it. */
  load(name: string): Numbered
  save(stream: Numbered): void
  /** Writes what has changed. Called within the transaction that holds the rows that follow from it. */
  flush(): void
}

/** Opens the streams of a database. */
export function openStreams(db: DatabaseSync, mostLive = MOST_LIVE): Streams {
  const select = db.prepare('SELECT number, snapshot FROM streams WHERE name = ?')
  const last = db.prepare('SELECT coalesce(max(number), 0) AS number FROM streams')
  const upsert = db.prepare(
    'INSERT INTO streams (number, name, snapshot) VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET snapshot = excluded.snapshot',
  )
  const live = new LRUCache<string, Numbered>({ max: mostLive })
  const changed = new Map<string, Numbered>()
  let next: number | undefined

  function stored(name: string): Numbered | undefined {
    const row = select.get(name)
    return row && { number: Number(row.number), snapshot: JSON.parse(String(row.snapshot)) as Snapshot }
  }

  return {
    load(name) {
      const known = changed.get(name) ?? live.get(name) ?? stored(name)
      if (known) return known
      next ??= Number(last.get()?.number) + 1
      const fresh = { number: next++, snapshot: { state: emptyStream(name) } }
      changed.set(name, fresh)
      return fresh
    },
    save(stream) {
      changed.set(stream.snapshot.state.stream, stream)
    },
    flush() {
      for (const [name, stream] of changed) {
        upsert.run(stream.number, name, JSON.stringify(stream.snapshot))
        live.set(name, stream)
      }
      changed.clear()
    },
  }
}

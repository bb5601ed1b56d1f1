import type { DatabaseSync } from 'node:sqlite'
import { draftOf, inPlace, type MechanismThing, step, type Verdict } from '@tidings/exchange'
import { type PayloadOf, prefixOf, streamOf } from '@tidings/statement'
import { openExchangeTables } from './exchange-tables.ts'
import { openHashEntry } from './hash-index.ts'
import { openOutstanding } from './outstanding.ts'
import { openPresent } from './present.ts'
import { type ReadEvent, statementOf } from './recorded-statement.ts'
import { openRegisterTables } from './register-tables.ts'
import type { ExchangeThing, Numbered, Snapshot } from './snapshot.ts'
import { openStreams } from './streams.ts'
import { gatherTouched, type TouchedLeaves, touchedBy } from './touched.ts'

/** A kept checkpoint: how many leaves it covers, and when the log cosigned it (Unix seconds). */
export interface CheckpointTime {
  readonly size: number
  readonly time: number
}

/** Makes the desk's tables from the record: one pure fold over its order. */
export interface Projection {
  /**
   * Applies events that follow what was applied last, in a transaction of the caller's; what it makes of them is written by and by. If the
   * transaction does not commit, this projection knows more than the tables: it is thrown away, and another opened.
   *
   * @param checkpoints kept checkpoints, smallest first, not yet applied, up to the first that covers the last of the events
   */
  apply(events: readonly ReadEvent[], checkpoints: readonly CheckpointTime[]): void
  /** Writes what is not written yet. The last thing in the transaction. */
  flush(): Flushed
}

/** What has changed since the last time, for those who keep some of what the tables say in memory. */
export interface Flushed {
  /** Names of the streams of parties and mechanisms that have changed. */
  readonly standing: readonly string[]
  readonly touched: TouchedLeaves
}

/**
 * Opens the projection of a database that has the tables.
 *
 * @param mostLive how many streams are kept in memory
 */
export function openProjection(db: DatabaseSync, mostLive?: number): Projection {
  const streams = openStreams(db, mostLive)
  const present = openPresent(db)
  const touched = gatherTouched()
  let standing = new Set<string>()
  let times: readonly CheckpointTime[] = []
  let first = 0
  const outstanding = openOutstanding(db, { present, secondsOf })
  const exchange = openExchangeTables(db, present, outstanding, yearOf)
  const registers = openRegisterTables(db)
  const insertVerdict = db.prepare(
    'INSERT INTO verdicts (leaf, verdict, since, reason, decided_by, question) VALUES (?, ?, NULL, ?, ?, ?)',
  )
  const release = db.prepare("UPDATE verdicts SET verdict = 'effective', since = ? WHERE leaf = ?")
  const hashes = openHashEntry(db)
  const addCheckpoint = db.prepare('INSERT OR IGNORE INTO checkpoints (size, time) VALUES (?, ?)')

  const covering = db.prepare('SELECT time FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1')

  /** Unix time, in seconds, of the first checkpoint that covers a leaf that is being applied, or was before. */
  function secondsOf(leaf: number): number {
    const time = leaf < first ? covering.get(leaf)?.time : times[firstCovering(leaf)]?.time
    if (time === undefined) throw new TypeError(`internal error: leaf ${leaf} is applied before a checkpoint covers it`)
    return Number(time)
  }

  function firstCovering(leaf: number): number {
    let low = 0
    let high = times.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((times[middle]?.size ?? Infinity) > leaf) high = middle
      else low = middle + 1
    }
    return low
  }

  function yearOf(leaf: number): number {
    return new Date(secondsOf(leaf) * 1000).getUTCFullYear()
  }

  function applyEvent(event: ReadEvent) {
    const { position: leaf, stream: name, revision } = event
    const recorded = statementOf(event)
    const placed = inPlace(leaf, recorded, recorded.document)
    const { id, payload } = placed
    if (streamOf(payload) !== name) throw new TypeError(`leaf ${leaf} stands in a stream that is not its own`)
    const stream = streams.load(name, revision)
    const { state: before } = stream.snapshot
    const { verdict, state, released } = step(present, before, placed)
    hashes.enter(id, leaf)
    for (const { commitment } of payload.content ?? []) hashes.enter(commitment, leaf)
    const snapshot = { ...stream.snapshot, state }
    if (verdict.verdict !== 'effective') {
      recordVerdict(leaf, verdict)
      touched.add(leaf, [payload.iss])
      return streams.save({ ...stream, snapshot })
    }
    if (present.take(state)) standing.add(name)
    const draft = released === undefined ? undefined : draftOf(before, released)
    if (draft) release.run(leaf, draft.leaf)
    const said = draft
      ? { id: released as string, payload: draft.payload, leaf, stated: draft.leaf }
      : { id, payload, leaf, stated: leaf }
    const after = show(stream, snapshot, said)
    touched.add(
      leaf,
      touchedBy({ prefix: prefixOf(payload), payload: said.payload, before: stream.snapshot, after, present }),
    )
    streams.save({ ...stream, snapshot: after })
  }

  function recordVerdict(leaf: number, verdict: Verdict) {
    const { reason, leaf: decidedBy, question } = verdict.verdict === 'void' ? verdict : {}
    insertVerdict.run(leaf, verdict.verdict, reason ?? null, decidedBy ?? null, question ?? null)
  }

  interface Said {
    readonly id: string
    readonly payload: PayloadOf
    readonly leaf: number
    readonly stated: number
  }

  /** The snapshot with what views show of an effective statement; the tables follow. */
  function show({ number, snapshot: old }: Numbered, snapshot: Snapshot, said: Said): Snapshot {
    const prefix = prefixOf(said.payload)
    switch (prefix) {
      case 'request':
      case 'disclosure': {
        const before = old.state.thing as ExchangeThing | undefined
        const after = snapshot.state.thing as ExchangeThing
        const { payload, leaf } = said
        const shown = exchange.take({ stream: number, payload, leaf, before, after, shown: snapshot.exchange })
        return { ...snapshot, exchange: shown }
      }
      case 'case':
      case 'list':
      case 'site':
        return { ...snapshot, register: registers.take({ prefix, stream: number, ...said, shown: snapshot.register }) }
      case 'mechanism': {
        const [before, after] = [old.state.thing, snapshot.state.thing] as readonly (MechanismThing | undefined)[]
        const mechanism = said.payload.about
        if (after) outstanding.take(number, said.leaf, before && { ...before, mechanism }, { ...after, mechanism })
        return snapshot
      }
      case 'party':
        return snapshot
    }
  }

  return {
    apply(events, checkpoints) {
      times = checkpoints
      first = events[0]?.position ?? first
      for (const { size, time } of checkpoints) addCheckpoint.run(size, time)
      for (const event of events) applyEvent(event)
      // What would live until the end of a long transaction costs more than rows written in larger groups would save.
      for (const kept of [outstanding, exchange, registers]) kept.flush()
    },
    flush() {
      for (const kept of [streams, hashes]) kept.flush()
      const flushed = { standing: [...standing], touched: touched.take() }
      standing = new Set()
      return flushed
    },
  }
}

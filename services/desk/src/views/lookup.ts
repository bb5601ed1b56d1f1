import type { DatabaseSync } from 'node:sqlite'
import type { EventStore, RecordedEvent } from '@tidings/event-store'
import { draftOf as draftIn, type VoidReason } from '@tidings/exchange'
import {
  decodeEventData,
  isOfKind,
  type Kind,
  type PayloadOf,
  prefixOf,
  type Question,
  readStatement,
  type Statement,
} from '@tidings/statement'
import { openHashes } from '../projection/hash-index.ts'
import type { Snapshot } from '../projection/snapshot.ts'
import type { StatementAudience } from '../visibility.ts'

/** A verdict as views show it. */
export type ShownVerdict =
  | { readonly verdict: 'effective'; readonly since?: number }
  | { readonly verdict: 'held' }
  | { readonly verdict: 'void'; readonly reason: VoidReason; readonly leaf?: number; readonly question?: Question }

/** A statement in its place, with what became of it and who may know of it. */
export interface FoundStatement {
  readonly leaf: number
  readonly stream: string
  readonly statement: Statement
  readonly document?: Uint8Array
  readonly verdict: ShownVerdict
  readonly audience: StatementAudience
  /** The draft that an effective release has counting from its leaf on. */
  readonly releases?: { readonly statement: string; readonly leaf: number; readonly kind: Kind }
}

/** Looks up what views are made of. What is not asked who may see it is never shown: see `visibility.ts`. */
export interface Lookup {
  /** The stream of this name, e.g. `request-0198…`. */
  stream(name: string): Snapshot | undefined
  /** The stream with this number in order of appearance. */
  streamNumbered(number: number): Snapshot
  /** Cosigned time of the first checkpoint that covers a leaf, RFC 3339. */
  timeOf(leaf: number): string
  /** The same in Unix seconds. */
  secondsOf(leaf: number): number
  statementAt(leaf: number): Promise<FoundStatement>
  /** At most `limit` statements from a leaf on, in the order of the log. They are known to the views. */
  statementsFrom(leaf: number, limit: number): AsyncIterable<FoundStatement>
  /** The first place of a statement. */
  statement(id: string): Promise<FoundStatement | undefined>
  /** The statements that name a commitment, oldest first. */
  statementsNaming(commitment: string): AsyncIterable<FoundStatement>
}

const MOST_RECENT = 4

/** A checkpoint that is the first to cover the leaves from one on and before its size, and its time. */
interface Covering {
  readonly from: number
  readonly size: number
  readonly seconds: number
  readonly text: string
}

/**
 * Opens a lookup over the desk's tables and the record.
 *
 * @param size how many leaves the tables know
 */
export function openLookup(db: DatabaseSync, store: EventStore, size: () => number): Lookup {
  const byName = db.prepare('SELECT snapshot FROM streams WHERE name = ?')
  const byNumber = db.prepare('SELECT snapshot FROM streams WHERE number = ?')
  const covering = db.prepare('SELECT size, time FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1')
  const verdictAt = db.prepare('SELECT * FROM verdicts WHERE leaf = ?')
  const leavesOf = openHashes(db)
  /** What was asked for last, newest first: of what a page shows, much has come together, and each is seen as of the last leaf. */
  let recent: readonly Covering[] = []

  function stream(name: string): Snapshot | undefined {
    const row = byName.get(name)
    return row && (JSON.parse(String(row.snapshot)) as Snapshot)
  }

  /** The first checkpoint that covers a leaf. Which one that is never changes once it is known. */
  function coveringOf(leaf: number): Covering {
    const known = recent.find(({ from, size }) => from <= leaf && leaf < size)
    if (known) return known
    const row = covering.get(leaf)
    if (!row) throw new TypeError(`internal error: leaf ${leaf} is known before a checkpoint covers it`)
    const seconds = Number(row.time)
    const text = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString()
    const found = { from: leaf, size: Number(row.size), seconds, text }
    recent = [found, ...recent.slice(0, MOST_RECENT - 1)]
    return found
  }

  function verdictOf(leaf: number): ShownVerdict {
    // Of what is not known yet nothing is said: least of all that it is effective, and may be seen.
    if (leaf >= size()) throw new TypeError(`internal error: leaf ${leaf} has no verdict`)
    const row = verdictAt.get(leaf)
    switch (row?.verdict) {
      case undefined:
        return { verdict: 'effective' }
      case 'effective':
        return { verdict: 'effective', since: Number(row.since) }
      case 'held':
        return { verdict: 'held' }
      case 'void':
        return {
          verdict: 'void',
          reason: row.reason as VoidReason,
          ...(row.decided_by !== null && { leaf: Number(row.decided_by) }),
          ...(row.question !== null && { question: row.question as Question }),
        }
      default:
        throw new TypeError(`internal error: leaf ${leaf} has a verdict that is none`)
    }
  }

  /** The draft that a release has counting. Whoever released another's would have been refused by the fold: a void release is its own author's. */
  function draftOf(name: string, statement: Statement, { verdict }: ShownVerdict) {
    if (verdict !== 'effective' || !isOfKind(statement, 'statement.release')) return undefined
    const [id = ''] = statement.payload.re ?? []
    const found = stream(name)
    return found && draftIn(found.state, id)
  }

  function audienceOf({ payload }: Statement, said: PayloadOf, { verdict }: ShownVerdict): StatementAudience {
    const { iss, about, aud, mechanism } = said
    return {
      prefix: prefixOf(payload),
      about,
      iss,
      verdict,
      ...(aud && { aud }),
      ...(mechanism !== undefined && { mechanism }),
    }
  }

  async function statementAt(leaf: number): Promise<FoundStatement> {
    const [event] = await Array.fromAsync(store.readAll({ after: leaf - 1, limit: 1 }))
    if (event?.position !== leaf) throw new TypeError(`internal error: the record does not hold leaf ${leaf}`)
    return foundIn(event)
  }

  function foundIn({ data, position: leaf, stream: name }: RecordedEvent): FoundStatement {
    const { jws, document } = decodeEventData(data)
    const statement = readStatement(jws)
    const verdict = verdictOf(leaf)
    const draft = draftOf(name, statement, verdict)
    return {
      leaf,
      stream: name,
      statement,
      verdict,
      audience: audienceOf(statement, draft?.payload ?? statement.payload, verdict),
      ...(document && { document }),
      ...(draft && { releases: { statement: draft.statement, leaf: draft.leaf, kind: draft.payload.kind } }),
    }
  }

  return {
    stream,
    streamNumbered(number) {
      const row = byNumber.get(number)
      if (!row) throw new TypeError(`internal error: there is no stream with number ${number}`)
      return JSON.parse(String(row.snapshot)) as Snapshot
    },
    timeOf: (leaf) => coveringOf(leaf).text,
    secondsOf: (leaf) => coveringOf(leaf).seconds,
    statementAt,
    async *statementsFrom(leaf, limit) {
      for await (const event of store.readAll({ after: leaf - 1, limit })) yield foundIn(event)
    },
    async statement(id) {
      for (const leaf of leavesOf(id)) {
        const found = await statementAt(leaf)
        if (found.statement.id === id) return found
      }
      return undefined
    },
    async *statementsNaming(commitment) {
      for (const leaf of leavesOf(commitment)) {
        const found = await statementAt(leaf)
        if (found.statement.payload.content?.some((content) => content.commitment === commitment)) yield found
      }
    },
  }
}

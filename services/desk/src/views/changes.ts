import { setImmediate as breathe } from 'node:timers/promises'
import type { Change, ChangesEnd, ChangesPosition } from '@tidings/client/contract'
import { LRUCache } from 'lru-cache'
import type { KeptViews } from '../keeping/kept-views.ts'
import { aboutOfStream } from '../projection/snapshot.ts'
import { mayKnowStatement, type StatementAudience } from '../visibility.ts'
import type { Advances } from './advances.ts'
import type { FoundStatement, Lookup } from './lookup.ts'

/** Leaves that are read together. */
const PAGE = 256
/** Pages that are kept: streams near the end, and those that come after each other, read nothing anew. */
const KEPT_PAGES = 32
/** How soon a reader is told that leaves were looked at of which it may know none. */
const QUIET_MS = 1000
/** How often something is sent when nothing happens, so that a line that is dead shows. */
const HEARTBEAT_MS = 15_000

/** What a stream of changes is asked for. */
export interface ChangesQuery {
  readonly reader: string
  /** The leaf that was looked at last; -1 for all; what comes from now on unless told. */
  readonly after: number | undefined
  /** Why the reader may read no more, if so; asked before each step. */
  readonly ended: () => ChangesEnd['reason'] | undefined
  /** Milliseconds until `ended` may say something that no leaf has decided. */
  readonly lasts: () => number
  readonly signal: AbortSignal
}

/** Streams of changes as text (Server-Sent Events): every statement that a reader may know of, in the order of the log. */
export interface Changes {
  stream(query: ChangesQuery): AsyncGenerator<string, void>
}

/** What the stream is made from. */
export interface ChangesOptions {
  readonly lookup: Pick<Lookup, 'statementsFrom' | 'timeOf'>
  readonly views: Pick<KeptViews, 'size' | 'generation' | 'present' | 'isCurrent'>
  readonly advances: Advances
}

interface Placed {
  readonly change: Change
  readonly audience: StatementAudience
}

/**
 * Opens the streams of changes. The record is walked once for all of them: each page of leaves is read and parsed when the first stream comes to
 * it, and kept a while. Who may know of what is asked for each reader when it is sent, as of the present.
 */
export function openChanges({ lookup, views, advances }: ChangesOptions): Changes {
  const { size, generation, present, isCurrent } = views
  const pages = new LRUCache<number, Page>({ max: KEPT_PAGES })
  let known = generation()

  /** The changes from a leaf on, up to the end of its page or of what is known. */
  async function changesFrom(leaf: number): Promise<readonly Placed[]> {
    if (generation() !== known) pages.clear()
    known = generation()
    const number = Math.floor(leaf / PAGE)
    const page = pages.get(number) ?? { first: number * PAGE, changes: [] }
    pages.set(number, page)
    const end = Math.min(page.first + PAGE, size())
    while (page.first + page.changes.length < end) {
      page.reading ??= extend(page, end).finally(() => {
        delete page.reading
      })
      await page.reading
    }
    return page.changes.slice(leaf - page.first)
  }

  async function extend({ first, changes }: Page, end: number) {
    const from = first + changes.length
    for await (const found of lookup.statementsFrom(from, end - from)) changes.push(placed(found))
    if (first + changes.length < end) throw new TypeError(`internal error: the record does not hold leaf ${end - 1}`)
  }

  function placed(found: FoundStatement): Placed {
    const { leaf, stream, statement, audience, releases } = found
    const { payload } = statement
    // As it was at its leaf, so that the stream is the same whenever it is read: a draft was held, and counts from its release.
    const wasHeld = found.verdict.verdict === 'effective' && found.verdict.since !== undefined
    const verdict = wasHeld ? ({ verdict: 'held' } as const) : found.verdict
    const change: Change = {
      leaf,
      time: lookup.timeOf(leaf),
      statement: statement.id,
      kind: payload.kind,
      iss: payload.iss,
      stream: audience.prefix,
      about: aboutOfStream(stream),
      ...(payload.mechanism !== undefined && { mechanism: payload.mechanism }),
      verdict,
      ...(releases && { releases }),
    }
    return { change, audience: { ...audience, verdict: verdict.verdict } }
  }

  return {
    async *stream({ reader, after, ended, lasts, signal }) {
      let looked = after ?? size() - 1
      // The last leaf that the reader was told of.
      let told = looked
      let toldAt = performance.now()
      const tell = (text: string, leaf = looked) => {
        told = leaf
        toldAt = performance.now()
        return text
      }
      const position = () => tell(eventText('position', { leaf: looked }))
      yield `retry: 1000\n${position()}`
      // Whoever has caught up is told so at once.
      toldAt -= QUIET_MS
      for (;;) {
        const reason = advances.closing.aborted ? 'closing' : ended()
        if (reason !== undefined) {
          yield eventText('end', { leaf: looked, reason })
          return
        }
        signal.throwIfAborted()
        const silent = performance.now() - toldAt
        // What views of the past would let the reader know may be what it may know no more.
        if (isCurrent() && looked + 1 < size()) {
          const visible: Change[] = []
          for (const { change, audience } of await changesFrom(looked + 1)) {
            looked = change.leaf
            if (mayKnowStatement(reader, audience, present)) visible.push(change)
          }
          const last = visible.at(-1)
          if (last) yield tell(visible.map((change) => eventText('change', change)).join(''), last.leaf)
          else if (silent >= QUIET_MS) yield position()
          // A long way without anything to tell must leave others their turn.
          await breathe()
          continue
        }
        const wait = (told < looked ? QUIET_MS : HEARTBEAT_MS) - silent
        if (wait > 0) await advances.next(Math.min(wait, lasts()), signal).catch(ignoreClosing)
        else yield told < looked ? position() : tell(': still here\n\n')
      }

      /** What closes the service ends the stream in words. */
      function ignoreClosing(error: unknown) {
        if (signal.aborted || !advances.closing.aborted) throw error
      }
    },
  }
}

interface Page {
  readonly first: number
  readonly changes: Placed[]
  reading?: Promise<void>
}

function eventText(event: 'change' | 'position' | 'end', data: Change | ChangesPosition | ChangesEnd): string {
  return `event: ${event}\nid: ${data.leaf}\ndata: ${JSON.stringify(data)}\n\n`
}

import { ProblemError, type ReaderAuth } from '@tidings/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeptViews } from '../keeping/kept-views.ts'
import type { Advances } from '../views/advances.ts'
import { type HeldOpen, onceGone } from './held-open.ts'

/** What a reader may see, found: its entity tag, and how it is made if it has to be sent. */
export interface Found<T> {
  readonly tag: string
  make(): T | Promise<T>
}

/**
 * Answers a reading: with what is found, or with 304 if the reader has it already (`If-None-Match`); with `Prefer: wait` after waiting for it to become
 * another. What the reader may not see is refused by `find`, before any tag is compared.
 */
export type Answer = <T>(
  request: FastifyRequest,
  reply: FastifyReply,
  find: () => Found<T> | Promise<Found<T>>,
) => Promise<T>

/** What readings are answered with. */
export interface ConditionalOptions {
  readonly views: Pick<KeptViews, 'touched'>
  readonly advances: Advances
  readonly heldOpen: HeldOpen
  /** Whether the key under which somebody reads still counts. */
  readonly counts: ReaderAuth['counts']
  /** The longest wait that is granted, in seconds. */
  readonly longestWait: number
}

/** Makes the answer to conditional readings. */
export function conditional({ views, advances, heldOpen, counts, longestWait }: ConditionalOptions): Answer {
  return async (request, reply, find) => {
    const { reader, headers } = request
    const had = headers['if-none-match']
    // Before it is looked for: what changes meanwhile is not in what is found.
    let since = views.touched.since(reader.party)
    let found = await find()
    const seconds = Math.min(waitOf(headers.prefer), longestWait)
    if (isAmong(had, found.tag) && seconds > 0) {
      using held = place()
      if (held) {
        reply.header('preference-applied', `wait=${seconds}`)
        found = await another(seconds * 1000)
      }
    }
    reply.header('etag', found.tag)
    if (isAmong(had, found.tag)) return reply.status(304).send() as never
    const made = await found.make()
    const next = nextOf(made)
    if (next !== undefined) reply.header('link', `<${nextPage(request.url, next)}>; rel="next"`)
    return made

    /** A preference may be passed over: when too many wait already, nobody waits. */
    function place(): Disposable | undefined {
      try {
        return heldOpen.hold(reader.party)
      } catch (error) {
        if (error instanceof ProblemError) return undefined
        throw error
      }
    }

    /** What is found once it has become another; after so long, whatever it is by then. */
    async function another(ms: number) {
      const leaving = new AbortController()
      onceGone(reply, () => leaving.abort(new Error('the reader has left')))
      const until = performance.now() + ms
      for (let left = ms; left > 0; left = until - performance.now()) {
        const now = views.touched.since(reader.party)
        if (now === since) {
          const more = await advances.next(left, leaving.signal).catch(() => undefined)
          // The reader has left, or the service closes: nothing more is waited for.
          if (more === undefined) break
          if (!counts(reader)) throw new ProblemError('token-invalid', { detail: 'The key counts no more.' })
          continue
        }
        since = now
        const seen = await find()
        if (!isAmong(had, seen.tag)) return seen
      }
      return await find()
    }
  }
}

/** Whether one of the tags in `If-None-Match` is this one, by the weak comparison (RFC 9110 section 13.1.2). */
function isAmong(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const opaque = (text: string) => text.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((one) => opaque(one) === opaque(tag))
}

/** Seconds that a reader would wait (RFC 7240 section 4.3); 0 if it says nothing of it. */
function waitOf(prefer: string | string[] | undefined): number {
  const [, seconds] = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[;,]|$)/i.exec(String(prefer ?? '')) ?? []
  return Number(seconds ?? 0)
}

function nextOf(made: unknown): string | undefined {
  const isPage = typeof made === 'object' && made !== null && 'next' in made && typeof made.next === 'string'
  return isPage ? (made as { next: string }).next : undefined
}

/** Address of the next page, as a reference relative to this one. */
function nextPage(url: string, cursor: string): string {
  const [path, query] = url.split('?')
  const parameters = new URLSearchParams(query)
  // The leaf that was waited for is known by now.
  parameters.delete('after')
  parameters.set('cursor', cursor)
  return `${path}?${parameters}`
}

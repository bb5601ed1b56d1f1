import { Readable } from 'node:stream'
import { leafOrNone, operations } from '@tidings/client/contract'
import type { ReaderAuth, Server } from '@tidings/service-kit'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Advances } from '../views/advances.ts'
import type { Changes } from '../views/changes.ts'
import { type HeldOpen, onceGone } from './held-open.ts'
import { schemaOf } from './reading.ts'

/** What the stream of changes is served from. */
export interface ChangesRoute {
  readonly changes: Changes
  readonly advances: Advances
  readonly heldOpen: HeldOpen
  /** Whether the key under which somebody reads still counts. */
  readonly counts: ReaderAuth['counts']
  /** Whether the views are of now: until they are, they say of no key whether it counts. */
  readonly isCurrent: () => boolean
  /** Time of day in milliseconds. */
  readonly now: () => number
  /** How long a reader may take nothing of what it is sent, in milliseconds. */
  readonly stalledMs: number
}

/** Bytes that wait for a reader before nothing more is read for it. */
const WAITING_BYTES = 16 * 1024

/** The stream of changes: what a reader may know of, as soon as it is known. */
export function changesRoute(server: Server, route: ChangesRoute): void {
  const { changes, advances, heldOpen, counts, isCurrent, now, stalledMs } = route

  server.get(
    operations.changes.path,
    {
      // Nobody wants the headers of what never ends.
      exposeHeadRoute: false,
      schema: {
        ...schemaOf(operations.changes),
        headers: z.looseObject({
          'last-event-id': leafOrNone.exactOptional().meta({
            description: 'The leaf that was looked at last; it counts before `after`',
          }),
        }),
      },
    },
    async ({ query, headers, reader }, reply) => {
      const { party, until } = reader
      const held = heldOpen.hold(party)
      const leaving = new AbortController()
      const source = changes.stream({
        reader: party,
        after: headers['last-event-id'] ?? query.after,
        ended() {
          if (now() >= until) return 'token-expired'
          return !isCurrent() || counts(reader) ? undefined : 'key-ended'
        },
        lasts: () => Math.max(until - now(), 0),
        signal: leaving.signal,
      })
      onceGone(reply, () => {
        leaving.abort(new Error('the reader has left'))
        held[Symbol.dispose]()
      })
      // Proxies are not to hold back what comes slowly.
      return await (reply as FastifyReply)
        .type('text/event-stream; charset=utf-8')
        .header('x-accel-buffering', 'no')
        .send(readAsAsked(source, stalledMs))
    },
  )

  server.addHook('preClose', async () => await advances[Symbol.asyncDispose]())
}

/**
 * A stream that makes text only as fast as it is read: what waits for a slow reader is bounded by a page. Whoever takes nothing for too long is
 * left, and resumes.
 */
export function readAsAsked(source: AsyncGenerator<string>, stalledMs: number): Readable {
  async function* watched() {
    for await (const text of source) {
      const stalled = setTimeout(() => stream.destroy(), stalledMs)
      try {
        yield text
      } finally {
        clearTimeout(stalled)
      }
    }
  }
  const stream = Readable.from(watched(), { objectMode: false, highWaterMark: WAITING_BYTES })
  return stream
}

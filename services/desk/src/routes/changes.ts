import { Readable } from 'node:stream'
import type { ReaderAuth, Server } from '@tidings/service-kit'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Advances } from '../views/advances.ts'
import type { Changes } from '../views/changes.ts'
import type { HeldOpen } from './held-open.ts'
import { reading } from './reading.ts'

/** What the stream of changes is served from. */
export interface ChangesRoute {
  readonly changes: Changes
  readonly advances: Advances
  readonly heldOpen: HeldOpen
  /** Whether the key under which somebody reads still counts. */
  readonly counts: ReaderAuth['counts']
  /** Time of day in milliseconds. */
  readonly now: () => number
  /** How long a reader may take nothing of what it is sent, in milliseconds. */
  readonly stalledMs: number
}

/** Bytes that wait for a reader before nothing more is read for it. */
const WAITING_BYTES = 16 * 1024

const leafOrNone = /^(-1|\d{1,15})$/
const position = z.string().regex(leafOrNone, 'must be a leaf, or -1').transform(Number)

/** The stream of changes: what a reader may know of, as soon as it is known. */
export function changesRoute(server: Server, route: ChangesRoute): void {
  const { changes, advances, heldOpen, counts, now, stalledMs } = route

  server.get(
    '/v1/changes',
    {
      // Nobody wants the headers of what never ends.
      exposeHeadRoute: false,
      schema: {
        ...reading,
        operationId: 'changes',
        summary: 'Every statement that the reader may know of, as it is recorded (Server-Sent Events)',
        description:
          'Events `change`, `position` and `end`, each with a leaf as its id: connect again with `Last-Event-ID` (or `after`) and nothing is missed or sent twice. Without either it begins with what comes next; with -1 at the beginning. `position` tells how far was looked where there was nothing to tell. Who may know of what is asked when it is sent. The stream ends, with `end`, when the token does.',
        querystring: z.strictObject({
          after: position
            .exactOptional()
            .meta({ description: 'The leaf that was looked at last; -1 for the beginning' }),
        }),
        headers: z.looseObject({
          'last-event-id': position.exactOptional().meta({ description: 'The same; it counts before `after`' }),
        }),
        response: { 200: { content: { 'text/event-stream': { schema: z.string() } } } },
      },
    },
    async ({ query, headers, reader }, reply) => {
      const { party, until } = reader
      const held = heldOpen.hold(party)
      const leaving = new AbortController()
      const source = changes.stream({
        reader: party,
        after: headers['last-event-id'] ?? query.after,
        ended: () => (now() >= until ? 'token-expired' : counts(reader) ? undefined : 'key-ended'),
        lasts: () => Math.max(until - now(), 0),
        signal: leaving.signal,
      })
      reply.raw.once('close', () => {
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

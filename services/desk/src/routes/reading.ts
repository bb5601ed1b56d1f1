import { type AuthenticatedReader, ProblemError, type ReaderAuth, type Server } from '@tidings/service-kit'
import { z } from 'zod'
import type { KeptViews } from '../kept-views.ts'
import { routeAccess } from './access.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who reads: set on every route of the desk before anything else. */
    reader: AuthenticatedReader
  }
}

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().max(most))

/** The number of a leaf in a query. */
export const leafNumber = whole(Number.MAX_SAFE_INTEGER)

/** Query of every reading. */
export const anyQuery = z.strictObject({
  after: leafNumber
    .exactOptional()
    .meta({ description: 'Waits, up to ten seconds, until the views know this leaf: the one of your own receipt' }),
})

/** Query of every list. */
export const pageQuery = anyQuery.extend({
  limit: whole(1000).pipe(z.int().min(1)).default(50).meta({ description: 'Most items of a page' }),
  cursor: z.string().max(100).exactOptional().meta({ description: 'The `next` of the page before' }),
})

/** What every schema of a reading says of itself. */
export const reading = { tags: ['reading'], security: [{ token: [] }] }

/** The answer to whoever asks for what is not there, or what it may not know of: nobody can tell which. */
export function notFound(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is nothing here that this reader may know of.' })
}

/** Guards a scope of routes: each says who may see what it shows, each asks who reads. */
export function guardReading(scope: Server, auth: ReaderAuth): void {
  scope.addHook('onRoute', ({ url }) => {
    if (!Object.hasOwn(routeAccess, url)) {
      throw new TypeError(`the route ${url} does not say who may see what it shows: routes/access.ts`)
    }
  })
  scope.addHook('onRequest', async (request) => {
    request.reader = await auth.authenticate(request)
  })
  scope.addHook('onSend', async (_, reply) => {
    // A refusal says itself that it is not to be kept.
    if (reply.statusCode < 400) reply.header('cache-control', 'private, no-cache')
  })
}

/** Lets every route of a scope wait for the leaf in its `after`. */
export function waitForAfter(scope: Server, waitFor: (leaf: number) => Promise<void>): void {
  scope.addHook('preHandler', async ({ query }) => {
    const { after } = query as z.infer<typeof anyQuery>
    if (after !== undefined) await waitFor(after)
  })
}

/**
 * Waits until the views know a leaf.
 *
 * @throws {ProblemError} `not-reached`
 */
export async function waitForLeaf(views: KeptViews, leaf: number, longestMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(longestMs)
  try {
    await views.waitForLeaf(leaf, timeout)
  } catch (cause) {
    if (!timeout.aborted) throw cause
    const detail = `The views know ${views.size()} leaves, not yet leaf ${leaf}. Try again.`
    throw new ProblemError('not-reached', { detail, leaf }, { cause, retryAfter: 1 })
  }
}

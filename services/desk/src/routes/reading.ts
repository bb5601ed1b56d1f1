import { type anyQuery, type Operation, operations, type ProblemName } from '@tidings/client/contract'
import { type AuthenticatedReader, ProblemError, type ReaderAuth, type Server } from '@tidings/service-kit'
import type { z } from 'zod'
import type { KeptViews } from '../keeping/kept-views.ts'
import { routeAccess } from './access.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who reads: set on every route of the desk before anything else. */
    reader: AuthenticatedReader
  }
}

/** The schema of a route, made from the operation that the client reads by. */
export function schemaOf<P extends z.ZodObject, Q extends z.ZodObject, A extends z.ZodType>(
  operation: Operation<P, Q, A>,
): RouteSchema<P, Q, A> {
  const { summary, description, params, query, answer, mediaType, problems } = operation
  const [operationId = ''] = Object.entries(operations).find(([, one]) => (one as unknown) === operation) ?? []
  const response = { 200: mediaType ? { content: { [mediaType]: { schema: answer } } } : answer }
  return {
    tags: ['reading'],
    security: [{ token: [] }],
    operationId,
    summary,
    description,
    params,
    querystring: query,
    // Whatever the media type, what a handler gives is of the operation's answer.
    response: response as { 200: A },
    'x-problems': problems,
  }
}

/** What the schema of a route says. */
export interface RouteSchema<P, Q, A> {
  readonly tags: string[]
  readonly security: { token: [] }[]
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly params: P
  readonly querystring: Q
  readonly response: { 200: A }
  readonly 'x-problems': readonly ProblemName[]
}

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
    if (reply.statusCode < 400) reply.header('cache-control', 'private, no-cache').header('vary', 'Authorization')
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

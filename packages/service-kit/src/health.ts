import { z } from 'zod'
import type { Server } from './server.ts'

/** Something that a service waits for before it is ready: undefined when it is there, else what it waits for, in plain words. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>

/** What is waited for now, by the names of the checks; nothing while all is there. */
export async function waitsOf(checks: Readonly<Record<string, ReadinessCheck>>): Promise<Record<string, string>> {
  const waits: Record<string, string> = {}
  for (const [name, check] of Object.entries(checks)) {
    const wait = await check()
    if (wait !== undefined) waits[name] = wait
  }
  return waits
}

/**
 * `/health/live`: the process runs. `/health/ready`: it can do its work, or what it waits for.
 */
export function registerHealth(server: Server, checks: Readonly<Record<string, ReadinessCheck>>): void {
  const state = z.object({
    status: z.enum(['ready', 'waiting']),
    waitsFor: z.record(z.string(), z.string()).optional(),
  })
  server.get(
    '/health/live',
    {
      schema: {
        operationId: 'live',
        tags: ['health'],
        summary: 'The process runs',
        description: 'Says nothing of whether it can do its work.',
        response: { 200: z.object({ status: z.literal('live') }) },
      },
    },
    async () => ({
      status: 'live' as const,
    }),
  )
  server.get(
    '/health/ready',
    {
      schema: {
        operationId: 'ready',
        tags: ['health'],
        summary: 'The service can do its work, or what it waits for',
        description: 'With 503 while it waits: `waitsFor` says for what, in plain words.',
        response: { 200: state, 503: state },
      },
    },
    async (_, reply) => {
      const waits = await waitsOf(checks)
      if (Object.keys(waits).length === 0) return { status: 'ready' as const }
      return reply.status(503).send({ status: 'waiting' as const, waitsFor: waits })
    },
  )
}

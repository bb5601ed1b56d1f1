import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../peer.ts'
import { ProblemError } from '../problem-error.ts'
import type { Server } from '../server.ts'
import type { Metrics } from './create-metrics.ts'

/** Who may read the metrics. */
export interface MetricsAccess {
  /** The bearer secret that is asked for; without one, only programs of this machine may read. */
  readonly secret?: string
  /** True if a proxy stands before the service: then everybody comes from this machine, and only the secret opens. */
  readonly behindProxy: boolean
}

/**
 * `GET /metrics`: what Prometheus reads. Figures of a service tell who is at work and when, so they are not for everybody: with a secret, for whoever
 * brings it as `Authorization: Bearer`; without one, for this machine alone, as long as no proxy stands between.
 */
export function metricsRoute(server: Server, metrics: Metrics, access: MetricsAccess): void {
  server.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(request, access)) {
      throw new ProblemError('not-entitled', {
        detail: 'Metrics are for the operator: from this machine, or with the secret; docs/operating.md says how.',
      })
    }
    return reply
      .header('content-type', metrics.contentType)
      .header('cache-control', 'no-store')
      .serializer(String)
      .send(await metrics.text())
  })
}

/** What a proxy adds to a request that it hands on. */
const tracesOfProxy = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

function mayRead({ headers, socket }: FastifyRequest, { secret, behindProxy }: MetricsAccess): boolean {
  if (secret !== undefined) {
    const [, given] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
    return given !== undefined && timingSafeEqual(hashOf(given), hashOf(secret))
  }
  return !behindProxy && isLoopback(socket.remoteAddress) && !tracesOfProxy.some((name) => name in headers)
}

/** Equally long, whatever is compared. */
function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

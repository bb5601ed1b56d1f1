import { STATUS_CODES } from 'node:http'
import { type ProblemName, problemTypes } from '@tidings/client/contract'
import type { FastifyRequest } from 'fastify'
import type { Server } from '../server.ts'
import type { Metrics } from './create-metrics.ts'

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])
const statuses: ReadonlySet<string> = new Set(Object.keys(STATUS_CODES))
const problems: ReadonlySet<string> = new Set(Object.keys(problemTypes))

/** Tells of a request that it was answered with a problem; of one that reached no route, without it. */
export type NoteProblem = (request: FastifyRequest | undefined, problem: ProblemName) => void

/**
 * Counts and times the requests of a server, by the route's pattern and never by the address itself, which may name what somebody asks about. To be
 * called before routes are registered: they are the values that the label `route` may have.
 */
export function measureRequests(server: Server, metrics: Metrics): NoteProblem {
  const routes = new Set(['none'])
  const count = metrics.counter({
    name: 'tidings_http_requests_total',
    help: 'Requests answered, by pattern of the route, method and status',
    labels: { route: routes, method: methods, status: statuses },
  })
  const time = metrics.histogram({
    name: 'tidings_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labels: { route: routes, method: methods },
  })
  const countProblem = metrics.counter({
    name: 'tidings_problems_total',
    help: 'Requests answered with a problem, by its type',
    labels: { route: routes, problem: problems },
  })
  const routeOf = (request: FastifyRequest | undefined) => request?.routeOptions.url ?? 'none'
  server.addHook('onRoute', ({ url }) => {
    routes.add(url)
  })
  server.addHook('onResponse', async (request, reply) => {
    const [route, { method }] = [routeOf(request), request]
    count({ route, method, status: String(reply.statusCode) })
    time(reply.elapsedTime / 1000, { route, method })
  })
  return (request, problem) => countProblem({ route: routeOf(request), problem })
}

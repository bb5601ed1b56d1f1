import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ProblemName } from '@tidings/client/contract'
import type { Limits } from '../limits.ts'
import { ProblemError } from '../problem-error.ts'
import { answerProblem, endWithProblem } from './bare-problem.ts'
import type { Connections, Handle } from './connections.ts'
import { faultOfForm, problemOfParsing } from './request-form.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** What an HTTP server is made with. */
export interface HttpServerOptions {
  readonly limits: Limits
  readonly common: SecurityHeaders
  readonly connections: Connections
  readonly onRefusal: (problem: ProblemName) => void
  /** Refuses a request for whom it comes from, before anything else is looked at. */
  readonly refusalOf: (request: IncomingMessage) => ProblemError | undefined
}

/** Makes Node's HTTP server with the limits set: only requests of a proper form, each in its turn, reach what handles them. */
export function httpServer(handle: Handle, options: HttpServerOptions): Server {
  const { limits, common, connections, onRefusal, refusalOf } = options
  const checked: Handle = (request, response) => {
    const tooMany = refusalOf(request)
    if (tooMany) {
      onRefusal(tooMany.problem)
      // The connection stays: whoever is refused for a while may come again on it, which costs less than another.
      answerProblem(response, tooMany, common, { closing: false })
      return
    }
    const fault = faultOfForm(request, limits)
    if (fault) {
      onRefusal(fault.problem)
      answerProblem(response, fault, common)
      return
    }
    for (const [name, value] of common) response.setHeader(name, value)
    handle(request, response)
  }
  const headersTimeout = limits.headerSeconds * 1000
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout,
      requestTimeout: Math.max(limits.requestSeconds * 1000, headersTimeout),
      keepAliveTimeout: limits.keepAliveSeconds * 1000,
      connectionsCheckingInterval: Math.min(5000, headersTimeout / 4),
      // Asked for below, where the refusal can say so.
      requireHostHeader: false,
    },
    (request, response) => connections.handle(request, response, checked),
  )
  // One more than allowed, so that the one too many is seen and not dropped without a word.
  server.maxHeadersCount = limits.headerCount + 1
  server.timeout = limits.idleSeconds * 1000
  server.on('connection', (socket) => connections.add(socket))
  server.on('timeout', (socket) => connections.stoodStill(socket))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || connections.isAnswering(socket as Socket)) {
      socket.destroy()
      return
    }
    const problem = problemOfParsing(error.code, limits)
    onRefusal(problem.problem)
    endWithProblem(socket as Socket, problem, common)
  })
  server.on('connect', (_, socket) => {
    onRefusal('method')
    const detail = 'This service is no proxy.'
    endWithProblem(
      socket as Socket,
      new ProblemError('method', { detail }, { fields: { allow: 'GET, HEAD, POST' } }),
      common,
    )
  })
  server.on('checkExpectation', (_, response) => {
    onRefusal('expectation')
    const detail = 'This service knows the expectation 100-continue alone.'
    answerProblem(response, new ProblemError('expectation', { field: 'headers/expect', detail }), common)
  })
  return server
}

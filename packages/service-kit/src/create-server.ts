import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { faultsOf, type ProblemName } from '@tidings/client/contract'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { allowances, type RequestAllowance, rateLimitField } from './http/allowances.ts'
import { clientAddress } from './http/client-address.ts'
import { Connections } from './http/connections.ts'
import { httpServer } from './http/http-server.ts'
import { knownAddresses } from './http/known-addresses.ts'
import { connectionsThatFit } from './http/open-files.ts'
import { refusalTally } from './http/refusal-tally.ts'
import { securityHeaders } from './http/security-headers.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createMetrics, type Metrics } from './metrics/create-metrics.ts'
import { measureRequests } from './metrics/measure-requests.ts'
import { completeDocument, type Document } from './openapi/complete-document.ts'
import { ProblemError, parametersProblem, toProblemError } from './problem-error.ts'
import { requestId } from './request-id.ts'
import type { Server } from './server.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What this service bounds, for routes with bounds of their own. */
    readonly limits: Limits
  }
  interface FastifyRequest {
    /** What the request takes from whose allowance: from its address, until a key answers for it. */
    allowance: RequestAllowance
  }
}

/** What every service's server is started with. */
export interface ServerOptions {
  readonly logger: FastifyBaseLogger
  readonly title: string
  readonly version: string
  /** What is bounded; the usual limits unless told. */
  readonly limits?: Limits
  /** Addresses and networks of proxies that stand before this service and say whom they speak for; none unless told. */
  readonly proxies?: readonly string[]
  /** The address under which the service is reached, when it is not the one that it listens on. */
  readonly publicUrl?: string
  /** Where requests are counted. */
  readonly metrics?: Metrics
}

/**
 * Makes the server that services are registered on: routes typed by zod, errors as problem details (RFC 9457), a request id on every answer,
 * `/openapi.json` and `/docs`, and the limits kept. Nothing of a body, a query or a token is logged.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { logger, limits: wanted = defaultLimits, proxies = [], publicUrl } = options
  const limits = { ...wanted, connections: connectionsThatFit(wanted.connections) }
  if (limits.connections < wanted.connections) {
    const { connections } = limits
    logger.warn(
      { wanted: wanted.connections, connections },
      'fewer connections than wanted: raise the limit of open files',
    )
  }
  const isProxy = proxies.length === 0 ? () => false : proxyAddress.compile([...proxies])
  const common = securityHeaders({ overTls: publicUrl?.startsWith('https:') === true })
  const tally = refusalTally(logger)
  const onRefusal = (problem: ProblemName) => {
    tally(problem)
    note(undefined, problem)
  }
  const connections = new Connections({ limits, common, isProxy: (address) => isProxy(address, 0), onRefusal })
  const granted = allowances(limits)
  const refusalOf = (request: IncomingMessage) => granted.refusalOf(clientAddress(proxyAddress(request, isProxy)))
  const known = knownAddresses()
  const server = Fastify({
    loggerInstance: logger,
    bodyLimit: limits.bodyBytes,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
    trustProxy: isProxy,
    serverFactory: (handle) => httpServer(handle, { limits, common, connections, onRefusal, refusalOf }),
    frameworkErrors: (error, request, reply) => sendProblem(problemOf(error, request), request, reply, onProblem),
  }).withTypeProvider<ZodTypeProvider>()
  server.decorate('limits', limits)
  // Fastify takes plain text as a string; nothing here does.
  server.removeContentTypeParser('text/plain')
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  const note = measureRequests(server, options.metrics ?? createMetrics())
  const onProblem: OnProblem = (request, { problem }, status) => {
    note(request, problem)
    if (status === 429) tally(problem)
  }
  server.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(problemOf(error, request), request, reply, onProblem),
  )
  server.setNotFoundHandler((request, reply) => {
    sendProblem(notThere(known.methodsOf(request.url)), request, reply, onProblem)
  })
  server.addHook('onRoute', ({ method, url }) => known.add([method].flat(), url))
  server.addHook('preClose', async () => connections.close())
  server.addHook('onRequest', async (request) => {
    request.allowance = granted.of(clientAddress(request.ip))
    await request.allowance.begin()
  })
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    const { left } = request.allowance
    if (left.size === 0) return
    reply.header('ratelimit-policy', granted.policyField(left.keys()))
    reply.header('ratelimit', rateLimitField(left))
  })
  server.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the address itself: an address may name what somebody asks about.
    const { method, routeOptions } = request
    request.log.debug(
      { method, route: routeOptions.url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
  })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: options.title,
        version: options.version,
        description:
          'Statements in, receipts and views out. `docs/api.md` is the guide, `docs/formats.md` tells the bytes.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'DPoP',
            description: 'Access token of /v1/token, bound to a key by DPoP (RFC 9449)',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (made) => completeDocument(jsonSchemaTransformObject(made) as Document) as never,
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // The page needs nothing from elsewhere, and works over a plain connection in a closed network.
    transformStaticCSP: () =>
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    theme: {
      title: `${options.title}: the interface`,
      css: [{ filename: 'quiet.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  })
  // Written once, and shared by all who are sent it: it is large, anyone may ask for it, and it does not change while the service runs.
  let document: Buffer | undefined
  server.get('/openapi.json', { schema: { hide: true } }, async (_, reply) => {
    document ??= Buffer.from(JSON.stringify(server.swagger()))
    return reply.header('content-type', 'application/json; charset=utf-8').send(document)
  })
  return server
}

function notThere(methods: readonly string[]): ProblemError {
  if (methods.length === 0) {
    return new ProblemError('not-found', { detail: 'There is no such address in this service; /docs lists them.' })
  }
  const allow = methods.join(', ')
  return new ProblemError('method', { detail: `This address takes ${allow}.` }, { fields: { allow } })
}

/** Counts a problem that is about to be sent. */
type OnProblem = (request: FastifyRequest, problem: ProblemError, status: number) => void

function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply, onProblem: OnProblem): void {
  const body = problem.toProblem(request.id)
  onProblem(request, problem, body.status)
  if (body.status >= 500) request.log.error({ err: problem.cause ?? problem, problem: problem.problem }, 'failed')
  else if (body.status !== 429)
    request.log.info(
      { problem: problem.problem, field: body.field, route: request.routeOptions.url ?? 'none' },
      'refused',
    )
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  reply.headers(problem.fields)
  if (body.status === 401) reply.header('www-authenticate', 'DPoP algs="EdDSA Ed25519 ES256"')
  // Serialised here: an error's form is the registry's, whatever the route's own answer looks like.
  reply
    .status(body.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .serializer(String)
    .send(JSON.stringify(body))
}

function problemOf(error: FastifyError, { routeOptions }: FastifyRequest): ProblemError {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { validation, validationContext: part = 'body' } = error
    const findings = validation.map(({ instancePath, message = 'does not fit', params: { keys } }) => ({
      path: instancePath.split('/').filter((name) => name !== ''),
      message,
      ...(Array.isArray(keys) && { keys }),
    }))
    return parametersProblem(faultsOf(part === 'querystring' ? 'query' : part, findings))
  }
  switch (error.code) {
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ProblemError('target-too-long', {
        field: 'params',
        rule: 'must be at most 200 characters each',
        detail: 'A part of the address is too long.',
      })
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError('too-large', {
        field: 'body',
        rule: `must have at most ${routeOptions.bodyLimit} bytes`,
        detail: 'The body is larger than this service takes.',
      })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProblemError('media-type', {
        field: 'content-type',
        rule: 'must be application/json',
        detail: 'Send application/json.',
      })
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new ProblemError('malformed-json', {
        field: 'body',
        rule: 'must be JSON',
        detail: 'The body is not JSON.',
      })
  }
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return new ProblemError('malformed-json', { field: 'body', rule: 'must be JSON', detail: 'The body is not JSON.' })
  }
  if (typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500) {
    return new ProblemError('parameters', { detail: error.message })
  }
  return toProblemError(error)
}

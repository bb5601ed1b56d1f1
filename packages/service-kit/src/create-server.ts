import { randomUUID } from 'node:crypto'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
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
import { ProblemError, toProblemError } from './problem-error.ts'

/** A Fastify instance whose routes are typed by their zod schemas. */
export type Server = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What every service's server is started with. */
export interface ServerOptions {
  readonly logger: FastifyBaseLogger
  readonly title: string
  readonly version: string
  /** Largest body that is taken, in bytes. */
  readonly bodyLimit: number
}

/**
 * Makes the server that services are registered on: routes typed by zod, errors as problem details (RFC 9457), a request id on every answer,
 * `/openapi.json` and `/docs`. Nothing of a body, a query or a token is logged.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const server = Fastify({
    loggerInstance: options.logger,
    bodyLimit: options.bodyLimit,
    genReqId: () => randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>()
  // Fastify takes plain text as a string; nothing here does.
  server.removeContentTypeParser('text/plain')
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.setErrorHandler((error: FastifyError, request, reply) => sendProblem(problemOf(error), request, reply))
  server.setNotFoundHandler((request, reply) => {
    sendProblem(
      new ProblemError('not-found', { detail: 'There is no such address in this service; /docs lists them.' }),
      request,
      reply,
    )
  })
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
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
    transformObject: jsonSchemaTransformObject,
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
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
  return server
}

function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  const body = problem.toProblem(request.id)
  if (body.status >= 500) request.log.error({ err: problem.cause ?? problem, problem: problem.problem }, 'failed')
  else
    request.log.info(
      { problem: problem.problem, field: body.field, route: request.routeOptions.url ?? 'none' },
      'refused',
    )
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  if (body.status === 401) reply.header('www-authenticate', 'DPoP algs="EdDSA Ed25519 ES256"')
  // Serialised here: an error's form is the registry's, whatever the route's own answer looks like.
  reply
    .status(body.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(String)
    .send(JSON.stringify(body))
}

function problemOf(error: FastifyError): ProblemError {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map((fault) => ({
      field: `${error.validationContext ?? ''}${fault.instancePath}`,
      rule: fault.message ?? 'does not fit',
    }))
    const [first] = faults
    return new ProblemError('parameters', {
      detail: first ? `${first.field}: ${first.rule}` : 'does not fit',
      ...(first && { field: first.field, rule: first.rule }),
      ...(faults.length > 1 && { faults }),
    })
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError('too-large', { field: 'body', detail: 'The body is larger than this service takes.' })
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

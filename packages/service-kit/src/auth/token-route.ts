import { z } from 'zod'
import { ProblemError } from '../problem-error.ts'
import type { Server } from '../server.ts'
import type { ReaderAuth } from './reader-auth.ts'

const form = 'application/x-www-form-urlencoded'
const largestForm = 16 * 1024

const body = z.object({
  grant_type: z.literal('client_credentials'),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().min(1).max(4096).meta({
    description:
      'JWT signed by a current key of the party (sign, release, draft or read): kid the thumbprint of the key, iss and sub the party id, aud the origin of the log, exp within five minutes, jti used once',
  }),
})

const answer = z
  .object({
    access_token: z.string(),
    token_type: z.literal('DPoP'),
    expires_in: z.int().meta({ description: 'Seconds' }),
  })
  .meta({ id: 'Token' })

/** Registers `POST /v1/token` (RFC 6749 section 4.4 with RFC 7523 and RFC 9449). Its refusals are problem details like all others. */
export async function tokenRoute(server: Server, auth: ReaderAuth): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser<string>(form, { parseAs: 'string' }, async (_: unknown, text: string) => fieldsOf(text))
    scope.addContentTypeParser('*', async () => {
      throw new ProblemError('media-type', {
        field: 'content-type',
        rule: `must be ${form}`,
        detail: `Send ${form}, as RFC 6749 asks.`,
      })
    })
    const typed = scope as Server
    typed.post(
      '/v1/token',
      {
        bodyLimit: largestForm,
        schema: {
          operationId: 'token',
          tags: ['reading'],
          summary: 'An access token for five minutes',
          description:
            'Client credentials by private_key_jwt (RFC 7523), bound to the key of the DPoP proof in the DPoP header (RFC 9449).',
          consumes: [form],
          body,
          response: { 200: answer },
          'x-problems': ['token-invalid'],
        },
      },
      async (request, reply) => {
        const result = await auth.issue(request.body.client_assertion, request)
        return reply.header('cache-control', 'no-store').send(result)
      },
    )
  })
}

function fieldsOf(text: string): Record<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    // RFC 6749 section 3.2: a parameter must not be included more than once.
    if (fields.has(name)) {
      throw new ProblemError('parameters', {
        // The field stands in the log: only a name of ours may.
        field: Object.hasOwn(body.shape, name) ? `body/${name}` : 'body',
        rule: 'must stand there once',
        detail: `Send ${name} once.`,
      })
    }
    fields.set(name, value)
  }
  return Object.fromEntries(fields)
}

import { MIMEType } from 'node:util'
import { batchAnswer, largestBatch, ndjson, receipt, submission, submissionProblems } from '@tidings/client/contract'
import { ProblemError, parametersProblem, type Server } from '@tidings/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Admission, Share } from './admission.ts'
import { answerLines, receiptBytes } from './answers.ts'
import type { Intake, Taken } from './intake.ts'
import { linesOf } from './lines.ts'
import type { Admit, Asked } from './under-way.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What a request that was let in holds of what may be under way; no other request has one. */
    share?: Share
  }
}

/** `POST /v1/statements`: one statement. */
export async function registerSingle(server: Server, intake: Intake, admission: Admission): Promise<void> {
  const largestBody = server.limits.submissionBytes
  takeBytes(server, 'application/json')
  const shareOf = letIn(server, admission, largestBody)
  server.post(
    '/v1/statements',
    {
      bodyLimit: largestBody,
      // A body is checked where its statement is, in another thread: the schema is for those who read of it.
      validatorCompiler: () => (value) => ({ value }),
      schema: {
        operationId: 'submitStatement',
        tags: ['statements'],
        summary: 'Submit a signed statement',
        description:
          'The signature authenticates the request. The answer is a receipt: an inclusion proof under a signed checkpoint. It says recorded, not effective. A repeat is answered with the statement as it was recorded.',
        body: submission,
        response: { 200: receipt, 201: receipt },
        'x-problems': submissionProblems,
      },
    },
    async (request, reply) => {
      const [taken] = await shareOf(request).during(1, () => intake.take([bytesOf(request)], admitOf(intake, request)))
      if (!taken || taken instanceof ProblemError) throw taken
      return sendBytes(reply.status(taken.repeated ? 200 : 201), 'application/json; charset=utf-8', receiptBytes(taken))
    },
  )
}

/** `POST /v1/statements/batch`: many statements, one a line, answered in the same order. */
export async function registerBatch(server: Server, intake: Intake, admission: Admission): Promise<void> {
  const largestBody = server.limits.batchBytes
  takeBytes(server, ndjson)
  const shareOf = letIn(server, admission, largestBody)
  server.post(
    '/v1/statements/batch',
    {
      bodyLimit: largestBody,
      validatorCompiler: () => (value) => ({ value }),
      schema: {
        operationId: 'submitStatements',
        tags: ['statements'],
        summary: 'Submit up to 1,000 signed statements',
        description:
          'One submission a line, each as in `POST /v1/statements`, taken in their order as if each had been sent alone: a later one may follow from an earlier one. The answer has one line for each, in the same order, whatever became of the others. A request that is refused as a whole (too large, too many lines, busy) is one problem, and nothing of it was kept.',
        consumes: [ndjson],
        body: z.string().meta({
          description: 'A `Submission` in JSON on each line',
          examples: ['{"statement":"eyJhbGciOi…","contents":[{"salt":"0Y3…","data":"eyJ…"}]}\n{"statement":"eyJ…"}\n'],
        }),
        response: {
          200: {
            description: 'A `BatchAnswer` in JSON on each line, in the order of the request',
            content: { [ndjson]: { schema: batchAnswer } },
          },
        },
      },
    },
    async (request, reply) => {
      const lines = linesOf(bytesOf(request))
      if (lines.length === 0) throw parametersProblem([{ field: 'body', rule: 'must hold a submission' }])
      if (lines.length > largestBatch) {
        const rule = `must hold at most ${largestBatch} lines`
        throw new ProblemError('too-large', { field: 'body', rule, detail: `The body ${rule}.` })
      }
      const answers = await shareOf(request).during(lines.length, () => intake.take(lines, admitOf(intake, request)))
      tell(request, answers)
      await request.allowance.besides(answers.filter(isForAddress).length)
      return sendBytes(reply, ndjson, answerLines(answers, request.id))
    },
  )
}

/** New statements are paid for by the key that signed them; a party that begins, and what it states before it takes part in a mechanism, by its address. */
function admitOf(intake: Intake, { allowance }: FastifyRequest): Admit {
  return async (statements) => {
    let count = 0
    try {
      while (count < statements.length) {
        const { kid, payload } = statements[count] as Asked
        if (payload.kind === 'party.inception') {
          await allowance.party()
          count++
        } else if (await intake.isNewcomer(payload.iss)) {
          await allowance.newcomer()
          count++
        } else count += await allowance.statements(kid, sameFrom(statements, count))
      }
      return { count }
    } catch (refusal) {
      return { count, refusal }
    }
  }
}

/** How many statements from a place on are of the same party and key, and begin no party. */
function sameFrom(statements: readonly Asked[], from: number): number {
  const first = statements[from]
  const isSame = ({ kid, payload }: Asked) =>
    kid === first?.kid && payload.iss === first.payload.iss && payload.kind !== 'party.inception'
  const other = statements.findIndex((one, n) => n > from && !isSame(one))
  return (other < 0 ? statements.length : other) - from
}

/** Whether a line is paid for by the address: it was a repeat, or faulty, or too much for a key; not when the service could not take it. */
function isForAddress(answer: Taken | ProblemError): boolean {
  return answer instanceof ProblemError ? answer.toProblem('').status < 500 : answer.repeated
}

/** What an operator has to know of: how many were refused and why, and every failure of ours. */
function tell(request: FastifyRequest, answers: readonly (Taken | ProblemError)[]): void {
  const refused: Record<string, number> = {}
  for (const answer of answers) {
    if (!(answer instanceof ProblemError)) continue
    const { problem: name, cause } = answer
    if (refused[name] === undefined && answer.toProblem('').status >= 500)
      request.log.error({ err: cause ?? answer, problem: name }, 'failed')
    refused[name] = (refused[name] ?? 0) + 1
  }
  if (Object.keys(refused).length > 0) request.log.info({ refused, of: answers.length }, 'refused')
}

/** Sends what is serialised already. */
function sendBytes(reply: FastifyReply, mediaType: string, bytes: Buffer): FastifyReply {
  return reply.header('content-type', mediaType).send(bytes)
}

/** Bodies of one media type, as they came: in UTF-8, and in no coding. What is labelled otherwise is refused before it is read, whatever it would turn out to be. */
function takeBytes(server: Server, mediaType: string): void {
  server.addHook('onRequest', async ({ headers }) => {
    const coding = headers['content-encoding']
    if (coding !== undefined && coding.toLowerCase() !== 'identity') throw codedOtherwise()
    const charset = charsetOf(headers['content-type'])
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8')
      throw mediaTypeProblem(`must be ${mediaType}, in UTF-8`, `Send ${mediaType} in UTF-8.`)
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(mediaType, { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => body)
  server.addContentTypeParser('*', async () => {
    throw mediaTypeProblem(`must be ${mediaType}`, `Send ${mediaType}.`)
  })
}

function mediaTypeProblem(rule: string, detail: string): ProblemError {
  return new ProblemError('media-type', { field: 'content-type', rule, detail })
}

function codedOtherwise(): ProblemError {
  const rule = 'must be identity, or not there'
  const detail = 'Send the body as it is: in no coding.'
  // By this field a client tells that the coding is meant, and which one to use (RFC 9110, section 15.5.16).
  const fields = { 'accept-encoding': 'identity' }
  return new ProblemError('media-type', { field: 'content-encoding', rule, detail }, { fields })
}

/** The character set that a content type names, if it names one. */
function charsetOf(contentType: string | undefined): string | undefined {
  try {
    return contentType === undefined ? undefined : (new MIMEType(contentType).params.get('charset') ?? undefined)
  } catch {
    // What is no media type is refused as one that is not taken.
    return undefined
  }
}

function bytesOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array()
}

/** Lets each request in once its body is there, or answers that the house is full: where that is known before its body is read, at once. */
function letIn(server: Server, admission: Admission, largestBody: number): (request: FastifyRequest) => Share {
  server.decorateRequest('share')
  server.addHook('onRequest', async (request) => {
    const length = Number(request.headers['content-length'] ?? largestBody)
    admission.ask(Math.min(length, largestBody))
  })
  server.addHook('preHandler', async (request, reply) => {
    const share = admission.enter(bytesOf(request).length)
    request.share = share
    reply.raw.once('close', () => share.leave())
  })
  return ({ share }) => {
    if (!share) throw new TypeError('internal error: a request was not let in')
    return share
  }
}

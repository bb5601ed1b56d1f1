import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ProblemError } from '../problem-error.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** A problem as an answer, for what never reaches a route. */
interface BareAnswer {
  readonly status: number
  /** Names and values in turn, as Node takes them. */
  readonly fields: readonly string[]
  readonly body: string
}

function bareAnswer(problem: ProblemError, common: SecurityHeaders, closing: boolean): BareAnswer {
  const id = randomUUID()
  const value = problem.toProblem(id)
  const body = JSON.stringify(value)
  const fields = [...common].flat()
  fields.push('content-type', 'application/problem+json; charset=utf-8')
  fields.push('content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store', 'x-request-id', id)
  if (closing) fields.push('connection', 'close')
  if (problem.retryAfter !== undefined) fields.push('retry-after', String(problem.retryAfter))
  for (const [name, field] of Object.entries(problem.fields)) fields.push(name, field)
  return { status: value.status, fields, body }
}

/** Answers a request with a problem before any route has seen it; the connection ends with the answer unless told. */
export function answerProblem(
  response: ServerResponse,
  problem: ProblemError,
  common: SecurityHeaders,
  { closing = true }: { readonly closing?: boolean } = {},
): void {
  const { status, fields, body } = bareAnswer(problem, common, closing)
  response.writeHead(status, [...fields]).end(body)
}

/** Answers what is not a request at all, or has not become one in time, and ends the connection. */
export function endWithProblem(socket: Socket, problem: ProblemError, common: SecurityHeaders): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, fields, body } = bareAnswer(problem, common, true)
  const lines = fields.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('')
  const date = `date: ${new Date().toUTCString()}\r\n`
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${date}${lines}\r\n${body}`, () => socket.destroy())
}

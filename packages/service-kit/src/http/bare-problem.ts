import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ProblemError } from '../problem-error.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** A problem as an answer, for what never reaches a route. */
interface BareAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

function bareAnswer(problem: ProblemError, common: SecurityHeaders): BareAnswer {
  const id = randomUUID()
  const value = problem.toProblem(id)
  const body = JSON.stringify(value)
  const headers = new Map(common)
  headers.set('content-type', 'application/problem+json; charset=utf-8')
  headers.set('content-length', String(Buffer.byteLength(body)))
  headers.set('cache-control', 'no-store')
  headers.set('x-request-id', id)
  headers.set('connection', 'close')
  if (problem.retryAfter !== undefined) headers.set('retry-after', String(problem.retryAfter))
  for (const [name, field] of Object.entries(problem.fields)) headers.set(name, field)
  return { status: value.status, headers, body }
}

/** Answers a request with a problem before any route has seen it; the connection ends with the answer. */
export function answerProblem(response: ServerResponse, problem: ProblemError, common: SecurityHeaders): void {
  const { status, headers, body } = bareAnswer(problem, common)
  response.writeHead(status, Object.fromEntries(headers)).end(body)
}

/** Answers what is not a request at all, or has not become one in time, and ends the connection. */
export function endWithProblem(socket: Socket, problem: ProblemError, common: SecurityHeaders): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = bareAnswer(problem, common)
  const lines = Array.from(headers, ([name, value]) => `${name}: ${value}\r\n`).join('')
  const date = `date: ${new Date().toUTCString()}\r\n`
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${date}${lines}\r\n${body}`, () => socket.destroy())
}

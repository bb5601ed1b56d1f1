import type { IncomingMessage } from 'node:http'
import type { Limits } from '../limits.ts'
import { ProblemError } from '../problem-error.ts'

const methods = ['GET', 'HEAD', 'POST']
/** Fields of which a second one would be understood by one reader of the request and not by another. */
const once = [
  'host',
  'authorization',
  'dpop',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
]
const hostForm = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** What is wrong with the form of a request, whatever it asks for; undefined when nothing is. */
export function faultOfForm(request: IncomingMessage, limits: Limits): ProblemError | undefined {
  const { method = '', url = '', rawHeaders, headers, httpVersion } = request
  if (!methods.includes(method)) {
    return new ProblemError(
      'method',
      { detail: `This service takes ${methods.join(', ')}.` },
      { fields: { allow: methods.join(', ') } },
    )
  }
  if (url.length > limits.targetBytes) {
    return new ProblemError('target-too-long', {
      field: 'target',
      rule: `must be at most ${limits.targetBytes} bytes`,
      detail: 'The address of the request is too long.',
    })
  }
  if (!url.startsWith('/') || url.startsWith('//')) return malformed('target', 'must be a path that begins with one /')
  if (!isDecodable(url)) return malformed('target', 'must be percent-encoded UTF-8')
  if (rawHeaders.length / 2 > limits.headerCount) {
    return new ProblemError('headers-too-large', {
      field: 'headers',
      rule: `must be at most ${limits.headerCount} fields`,
      detail: 'The request has too many header fields.',
    })
  }
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
  for (const name of once) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) return malformed(`headers/${name}`, 'must stand there once')
  }
  if (headers.host === undefined || !hostForm.test(headers.host)) {
    return malformed('headers/host', 'must name a host, with or without a port')
  }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion !== '1.1')) {
    return malformed('headers/transfer-encoding', 'must be chunked, in HTTP/1.1, or not there')
  }
  if (method !== 'POST' && (coding !== undefined || (headers['content-length'] ?? '0') !== '0')) {
    return malformed('body', `must not be there: ${method} takes none`)
  }
  return undefined
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

function malformed(field: string, rule: string): ProblemError {
  return new ProblemError('malformed-request', { field, rule, detail: `${field} ${rule}.` })
}

/** The problem that an error of the HTTP parser is. */
export function problemOfParsing(code: string | undefined, limits: Limits): ProblemError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError('headers-too-large', {
        field: 'headers',
        rule: `must be at most ${limits.headerBytes} bytes`,
        detail: 'The header of the request is too large.',
      })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError('request-timeout', {
        detail: `The header must be there within ${limits.headerSeconds} s, the whole request within ${limits.requestSeconds} s.`,
      })
    default:
      return new ProblemError('malformed-request', {
        detail: 'This is not a request in HTTP/1.1 as RFC 9112 has it, or leaves open where it ends.',
      })
  }
}

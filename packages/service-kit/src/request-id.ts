import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from './peer.ts'

/** A UUID, or the 32 hexadecimal digits of nginx and of a trace: neither can carry a word into the logs. */
const wellFormed = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/**
 * The id of a request: the one in `x-request-id` if a proxy on this machine has set it and it is well-formed, so that the proxy's log and ours tell of
 * the same request; else a new one. Nobody from outside names our requests: ids that repeat would lead astray whoever reads the log.
 */
export function requestId({ headers, socket }: IncomingMessage): string {
  const { 'x-request-id': given } = headers
  return typeof given === 'string' && wellFormed.test(given) && isLoopback(socket.remoteAddress) ? given : randomUUID()
}

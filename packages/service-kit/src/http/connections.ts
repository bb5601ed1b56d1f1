import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ProblemName } from '@tidings/client/contract'
import type { Limits } from '../limits.ts'
import { ProblemError } from '../problem-error.ts'
import { answerProblem, endWithProblem } from './bare-problem.ts'
import { clientAddress } from './client-address.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** What handles a request once it is its turn. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** What connections are kept with. */
export interface ConnectionsOptions {
  readonly limits: Limits
  readonly common: SecurityHeaders
  /** Whether an address is a proxy of ours, behind which many clients are. */
  readonly isProxy: (address: string) => boolean
  readonly onRefusal: (problem: ProblemName) => void
}

interface Connection {
  readonly socket: Socket
  /** What counts as one address; undefined for a proxy of ours, behind which many are. */
  readonly address: string | undefined
  /** The request that is being handled, from its header to the last byte of its answer. */
  current: Exchange | undefined
  /** Requests that came before the answer to the one before them: at most so many, each handled when it is its turn. */
  readonly waiting: (() => void)[]
  ending: boolean
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly since: number
  /** How much the connection had read before. */
  readonly readBefore: number
  /** Since when the whole answer is there for the client to read. */
  answeredAt?: number
  /** Whether nothing more is read from the client before it has read its answer: what it sends would pass for a sign of life. */
  deaf?: boolean
}

// How often the bytes are counted that connections hold: between two counts a client can add what its line carries in that time.
const countEvery = 250

// When all are open, room is looked for among so many that were of use longest ago.
const mostLookedAt = 1000

/**
 * The open connections of a server, all of them and those of each address. Requests on one connection are handled one after the other, so that a
 * connection holds one body and one answer at most; what all hold together is bounded, and beyond it those are cut off that keep it longest.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #open = new Map<Socket, Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #busy = new Set<Connection>()
  readonly #counting: NodeJS.Timeout

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#counting = setInterval(() => this.#count(performance.now()), countEvery).unref()
  }

  /** Takes a connection, or refuses it when there are too many. */
  add(socket: Socket): void {
    const { limits, isProxy } = this.#options
    const { remoteAddress } = socket
    const address = remoteAddress !== undefined && isProxy(remoteAddress) ? undefined : clientAddress(remoteAddress)
    const ofAddress = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0)
    // A client that leaves while it is being refused is no failure of ours.
    socket.on('error', () => {})
    if (this.#open.size >= limits.connections && !this.#makeRoom()) {
      this.#refuse(socket, new ProblemError('busy', { detail: 'There are too many connections.' }, { retryAfter: 5 }))
      return
    }
    if (address !== undefined && ofAddress >= limits.connectionsPerAddress) {
      const detail = `There are more than ${limits.connectionsPerAddress} connections from this address.`
      this.#refuse(socket, new ProblemError('too-many-requests', { detail }, { retryAfter: 5 }))
      return
    }
    if (address !== undefined) this.#perAddress.set(address, ofAddress + 1)
    const connection: Connection = { socket, address, current: undefined, waiting: [], ending: false }
    this.#open.set(socket, connection)
    socket.once('close', () => this.#remove(connection))
  }

  /** Has a request handled when it is its turn on its connection. */
  handle(request: IncomingMessage, response: ServerResponse, handle: Handle): void {
    const connection = this.#open.get(request.socket)
    // Refused, or ending: whatever still comes on it is not answered.
    if (!connection || connection.ending) return
    const begin = () => this.#begin(connection, request, response, handle)
    if (connection.current === undefined) begin()
    else if (connection.waiting.length < this.#options.limits.pipelined) connection.waiting.push(begin)
    else {
      connection.ending = true
      request.socket.pause()
      const { pipelined } = this.#options.limits
      const detail = `At most ${pipelined} requests may wait on one connection for the answer before theirs.`
      connection.waiting.push(() => {
        this.#options.onRefusal('too-many-requests')
        answerProblem(
          response,
          new ProblemError('too-many-requests', { detail }, { retryAfter: 1 }),
          this.#options.common,
        )
      })
    }
  }

  /** Ends a connection that has stood still, unless it is we who are slow. */
  stoodStill(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (connection?.current && !isClientsTurn(connection)) return
    const { idleSeconds } = this.#options.limits
    this.#cut(socket, new ProblemError('request-timeout', { detail: `Nothing came for ${idleSeconds} s.` }))
  }

  /** Whether an answer to something else is on its way on this connection, such that none can be written bare. */
  isAnswering(socket: Socket): boolean {
    return isAnswering(this.#open.get(socket))
  }

  /** Ends what waits for clients, and lets requests that are whole be answered. */
  close(): void {
    clearInterval(this.#counting)
    for (const connection of this.#open.values()) {
      if (!connection.current || isClientsTurn(connection)) connection.socket.destroy()
    }
  }

  #begin(connection: Connection, request: IncomingMessage, response: ServerResponse, handle: Handle): void {
    const { socket } = connection
    const exchange: Exchange = { request, response, since: performance.now(), readBefore: socket.bytesRead }
    connection.current = exchange
    this.#busy.add(connection)
    response.once('close', () => {
      connection.current = undefined
      this.#busy.delete(connection)
      if (socket.destroyed) return
      // In the order in which they were last of use.
      this.#open.delete(socket)
      this.#open.set(socket, connection)
      if (exchange.deaf && !connection.ending) socket.resume()
      connection.waiting.shift()?.()
    })
    handle(request, response)
  }

  /** Ends the connection that has been waiting for its client longest, so that those who hold all of them keep nobody out. */
  #makeRoom(): boolean {
    let looked = 0
    for (const connection of this.#open.values()) {
      if (isClientsTurn(connection)) {
        const problem = new ProblemError('busy', { detail: 'Others need the connection.' }, { retryAfter: 1 })
        this.#remove(connection)
        this.#cut(connection.socket, problem, connection)
        return true
      }
      if (++looked === mostLookedAt) return false
    }
    return false
  }

  #refuse(socket: Socket, problem: ProblemError): void {
    this.#options.onRefusal(problem.problem)
    endWithProblem(socket, problem, this.#options.common)
  }

  #cut(socket: Socket, problem: ProblemError, connection = this.#open.get(socket)): void {
    this.#options.onRefusal(problem.problem)
    if (isAnswering(connection)) socket.destroy()
    else endWithProblem(socket, problem, this.#options.common)
  }

  #remove(connection: Connection): void {
    if (!this.#open.delete(connection.socket)) return
    this.#busy.delete(connection)
    connection.waiting.length = 0
    const { address } = connection
    if (address === undefined) return
    const others = (this.#perAddress.get(address) ?? 1) - 1
    if (others > 0) this.#perAddress.set(address, others)
    else this.#perAddress.delete(address)
  }

  #count(now: number): void {
    const { limits } = this.#options
    let all = 0
    const perAddress = new Map<string, number>()
    const holders: { readonly connection: Connection; readonly bytes: number; readonly since: number }[] = []
    for (const connection of this.#busy) {
      const { current, socket, address } = connection
      if (!current) continue
      if (current.response.writableEnded) current.answeredAt ??= now
      if (now - (current.answeredAt ?? now) > limits.answerSeconds * 1000) {
        socket.destroy()
        continue
      }
      if (!current.deaf && current.request.complete && isClientsTurn(connection)) {
        current.deaf = true
        socket.pause()
      }
      const bytes = socket.bytesRead - current.readBefore + socket.writableLength
      if (bytes === 0) continue
      all += bytes
      if (address !== undefined) perAddress.set(address, (perAddress.get(address) ?? 0) + bytes)
      if (isClientsTurn(connection)) holders.push({ connection, bytes, since: current.since })
    }
    if (all <= limits.heldBytes && !someAbove(perAddress, limits.heldBytesPerAddress)) return
    holders.sort((a, b) => a.since - b.since)
    for (const { connection, bytes } of holders) {
      const { address, socket } = connection
      const ofAddress = address === undefined ? 0 : (perAddress.get(address) ?? 0)
      if (all <= limits.heldBytes && ofAddress <= limits.heldBytesPerAddress) continue
      all -= bytes
      if (address !== undefined) perAddress.set(address, ofAddress - bytes)
      const detail = 'Too much is being sent and read at once, and this was the slowest.'
      this.#cut(socket, new ProblemError('busy', { detail }, { retryAfter: 5 }))
    }
  }
}

function isAnswering(connection: Connection | undefined): boolean {
  return connection === undefined || connection.current?.response.headersSent === true || connection.waiting.length > 0
}

/** Whether we wait for the client: for the rest of its request, or for it to read the answer. */
function isClientsTurn({ current }: Connection): boolean {
  if (!current) return true
  return !current.request.complete || current.response.writableEnded || current.response.writableNeedDrain
}

function someAbove(counts: ReadonlyMap<string, number>, most: number): boolean {
  for (const count of counts.values()) if (count > most) return true
  return false
}

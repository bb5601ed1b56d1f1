import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyReply } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { onceGone } from './held-open.ts'

describe('once a reader is gone', () => {
  const server = createServer()
  const replyOf = (raw: ServerResponse) => ({ raw }) as unknown as FastifyReply
  beforeEach(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    server.removeAllListeners('request')
    await new Promise((closed) => server.close(closed))
  })

  /** Asks for something; gives the answer that is to come, and leaves when told. */
  async function asks() {
    const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    const [, response] = await asked
    return { response, leave: () => socket.resetAndDestroy() }
  }

  it('what was held for it is given back', async () => {
    const { response, leave } = await asks()
    const gone = new Promise<void>((resolve) => onceGone(replyOf(response), resolve))
    leave()
    await gone
    expect(response.destroyed).toBe(true)
  })

  it('also when it had left before anything was held: who reads is found out after the request has come', async () => {
    const { response, leave } = await asks()
    const closed = once(response, 'close')
    leave()
    await closed
    let calls = 0
    onceGone(replyOf(response), () => calls++)
    expect(calls).toBe(1)
  })
})

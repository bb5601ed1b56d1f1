/**
 * A generator of load in a process of its own, so that its work is not counted as the service's: posts the lines of a file, so many at a
 * time or so many a second, and tells rate and latencies.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
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

/** What one request holds. */
interface Group {
  readonly body: Buffer
  readonly lines: number
}

const lineFeed = 0x0a

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

  function post(body: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': body.length }
      const sent = request(address, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const answer = Buffer.concat(chunks)
          if ((response.statusCode ?? 0) < 300) resolve(answer)
          else reject(new Error(`status ${response.statusCode}: ${answer.toString().slice(0, 300)}`))
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  async function one({ body, lines }: Group, due: number): Promise<void> {
    const answer = await post(body)
    latencies.push(performance.now() - due)
    statements += lines
    if (perRequest > 1) refused += refusedIn(answer)
  }

  // Read and cut before the first request: what the generator does meanwhile is taken from the service on the same cores.
  const groups = grouped(await readFile(file), perRequest)
  const began = performance.now()
  if (rate === undefined) {
    const left = groups.values()
    const poster = async () => {
      for (const group of left) await one(group, performance.now())
    }
    await Promise.all(Array.from({ length: inFlight }, poster))
  } else {
    const underWay: Promise<void>[] = []
    for (const [n, group] of groups.entries()) {
      const due = began + (n * 1000) / rate
      const wait = due - performance.now()
      if (wait > 1) await pause(wait)
      underWay.push(one(group, due))
    }
    await Promise.all(underWay)
  }
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  const sorted = latencies.toSorted((a, b) => a - b)
  const percentile = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0
  return { statements, refused, seconds, rate: statements / seconds, p50: percentile(0.5), p99: percentile(0.99) }
}

/** The lines of a file, so many a request. */
function grouped(bytes: Buffer, size: number): readonly Group[] {
  const groups: Group[] = []
  let from = 0
  let lines = 0
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, end + 1)) {
    lines++
    if (lines < size && end + 1 < bytes.length) continue
    groups.push({ body: bytes.subarray(from, end), lines })
    from = end + 1
    lines = 0
  }
  return groups
}

/** How many lines of an answer are problems. */
function refusedIn(answer: Buffer): number {
  return ['4', '5'].reduce((sum, digit) => sum + occurrences(answer, `{"status":${digit}`), 0)
}

function occurrences(bytes: Buffer, text: string): number {
  let count = 0
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) count++
  return count
}

if (import.meta.main) process.stdout.write(JSON.stringify(await generate(JSON.parse(process.argv[2] ?? '') as Load)))

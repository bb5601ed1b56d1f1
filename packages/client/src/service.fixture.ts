import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leafEntry, readStatement, type SignatureKey, type Signer, webCryptoSigner } from '@tidings/statement'
import { formatTlogProof, importSigner, type LogReader } from '@tidings/transparency'
import { openLogFolder } from '@tidings/transparency/files'
import { createLog, openGuardFile } from '@tidings/transparency/writer'
import {
  type Problem,
  type ProblemName,
  problemPrefix,
  problemTypes,
  type Receipt,
  type Submission,
} from './contract/index.ts'
import type { Fetch } from './send.ts'

/** A service as a client sees it: a real log behind a fetch that can be told to fail. */
export interface FakeService extends AsyncDisposable {
  readonly url: string
  readonly vkey: string
  readonly log: LogReader
  readonly fetch: Fetch
  /** Submissions as they arrived, those that were refused included. */
  readonly arrived: readonly Submission[]
  /** Most requests with submissions that were under way at once. */
  readonly mostAtOnce: number
  /** Asked before each request: what it returns is the answer. */
  answer: (method: string, url: string, init: RequestInit) => Response | undefined
  /** Asked before each line of many: what it returns is the answer to it. */
  answerLine: (submission: Submission) => ProblemName | Problem | undefined
  /** Changes each receipt before it is sent. */
  change: (receipt: Receipt) => Receipt
}

/** A new Ed25519 key. */
export async function newSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return webCryptoSigner({ kty: 'OKP', crv: 'Ed25519', x } satisfies SignatureKey, pair.privateKey)
}

/** A refusal, as a service sends it. */
export function refusal(name: ProblemName, headers: Record<string, string> = {}): Response {
  const body = problemOf(name)
  const { status } = body
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

/** A problem as it stands in a line, or in an answer. */
export function problemOf(name: ProblemName, members: Partial<Problem> = {}): Problem {
  const { status, title } = problemTypes[name]
  return { type: `${problemPrefix}${name}`, title, status, ...members }
}

/** Starts a service that records whatever arrives: every statement is a leaf, once. */
export async function startFakeService(origin = 'tidings.example/fake'): Promise<FakeService> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-client-'))
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const signer = await importSigner(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)))
  const guard = await openGuardFile(join(folder, 'guard'))
  const writer = await createLog({ folder: join(folder, 'log'), guard, origin, signer })
  const log = await openLogFolder({ folder: join(folder, 'log'), publications: writer, vkey: writer.vkey })
  const leaves = new Map<string, number>()
  const arrived: Submission[] = []
  let atOnce = 0
  let mostAtOnce = 0

  // Whatever has arrived meanwhile is published together, as a log does.
  let pending: Uint8Array[] = []
  let publishing: Promise<unknown> = Promise.resolve()
  function publishSoon(): void {
    publishing = publishing.then(async () => {
      const entries = pending
      pending = []
      if (entries.length > 0) await writer.publish(entries, leaves.size - 1)
    })
  }

  async function record({ statement }: Submission): Promise<Receipt> {
    const { id } = readStatement(statement)
    const leaf = leaves.get(id) ?? leaves.size
    if (!leaves.has(id)) {
      leaves.set(id, leaf)
      pending.push(leafEntry(statement))
      publishSoon()
    }
    const checkpoint = await log.waitForSize(leaf + 1, new AbortController().signal)
    const hashes = await log.inclusionProof(leaf, checkpoint.size)
    return { id, leaf, statement, proof: formatTlogProof({ index: leaf, hashes, checkpoint: checkpoint.text }) }
  }

  const service: FakeService = {
    url: 'http://service.example',
    vkey: writer.vkey,
    log,
    arrived,
    get mostAtOnce() {
      return mostAtOnce
    },
    answer: () => undefined,
    answerLine: () => undefined,
    change: (receipt) => receipt,
    async fetch(url, init) {
      const answer = service.answer(init.method ?? 'GET', url, init)
      const isMany = url.endsWith('/v1/statements/batch')
      const isStatement = isMany || url.endsWith('/v1/statements')
      const lines = isStatement ? String(init.body).split('\n').filter(Boolean) : []
      const submissions = lines.map((line) => JSON.parse(line) as Submission)
      arrived.push(...submissions)
      if (answer) return answer
      if (url.endsWith('/vkey')) return new Response(`${writer.vkey}\n`)
      if (url.endsWith('/v1/token'))
        return Response.json({ access_token: 'token', token_type: 'DPoP', expires_in: 300 })
      if (!isStatement) return refusal('not-found')
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      try {
        await new Promise((resolve) => setTimeout(resolve, 1))
        const answers = await Promise.all(
          submissions.map(async (submission) => {
            const refused = isMany ? service.answerLine(submission) : undefined
            if (refused) return typeof refused === 'string' ? problemOf(refused) : refused
            return service.change(await record(submission))
          }),
        )
        if (!isMany) return Response.json(answers[0], { status: 201 })
        const text = answers.map((answer) =>
          JSON.stringify(
            'proof' in answer ? { status: 201, receipt: answer } : { status: answer.status, problem: answer },
          ),
        )
        return new Response(text.map((line) => `${line}\n`).join(''))
      } finally {
        atOnce--
      }
    },
    async [Symbol.asyncDispose]() {
      await publishing
      await log[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
      await guard[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
  return service
}

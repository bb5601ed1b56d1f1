import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** What one core does for a time: verify Ed25519 signatures over messages of a statement's size, and nothing else. */
function verifyFor(ms: number): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = randomBytes(800)
  const signature = sign(null, message, privateKey)
  let verified = 0
  for (const until = performance.now() + ms; performance.now() < until; ) {
    for (let i = 0; i < 100; i++) verify(null, message, publicKey, signature)
    verified += 100
  }
  return verified
}

/** Bare Ed25519 verifications a second that all cores of this machine do together: the limit that intake is measured against. */
export async function bareEd25519(ms = 3000): Promise<number> {
  const cores = Array.from({ length: availableParallelism() }, async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { ms } })
    return await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  })
  const verified = await Promise.all(cores)
  return verified.reduce((sum, n) => sum + n, 0) / (ms / 1000)
}

if (!isMainThread) parentPort?.postMessage(verifyFor((workerData as { ms: number }).ms))

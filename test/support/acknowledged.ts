import { join } from 'node:path'
import type { Submission } from '@tidings/client/contract'
import { openSqliteEventStore } from '@tidings/event-store/sqlite'
import { decodeEventData, leafEntry, newThingId, readStatement } from '@tidings/statement'
import { checkLog, verifyTlogProof } from '@tidings/transparency'
import { folderTiles, keptCheckpoints, openLogFolder } from '@tidings/transparency/files'
import { expect } from 'vitest'
import { type Author, inventedPerson, postBatch } from './author.ts'

/** What a service has promised: a statement, its leaf, and the proof. */
export interface Acknowledged {
  readonly id: string
  readonly leaf: number
  readonly jws: string
  readonly proof: string
}

/**
 * Asserts that a data folder, reopened, holds everything that was acknowledged in its place, that its log is whole, and that every checkpoint which was
 * ever handed out is a prefix of it. Returns how many statements the record holds.
 *
 * @param isWhole whether the log covers the whole record, as it does where the service has come to rest
 */
export async function assertHeld(data: string, acknowledged: readonly Acknowledged[], isWhole = true): Promise<number> {
  await using store = await openSqliteEventStore({ file: join(data, 'record.db'), mode: 'read' })
  const atLeaf = new Map<number, string>()
  for await (const event of store.readAll()) atLeaf.set(event.position, decodeEventData(event.data).jws)
  for (const { id, leaf, jws } of acknowledged) {
    expect(atLeaf.get(leaf)).toBe(jws)
    expect(readStatement(jws).id).toBe(id)
  }
  const folder = join(data, 'log')
  await using log = await openLogFolder({ folder })
  const latest = await log.latest()
  if (isWhole) expect(latest.size).toBe(atLeaf.size)
  await checkLog(folderTiles(folder), log.vkey, { checkpoints: keptCheckpoints(folder) })
  // No fork.
  for (const { leaf, jws, proof } of acknowledged) {
    const checkpoint = await verifyTlogProof(proof, leafEntry(jws), log.vkey)
    expect(checkpoint.size).toBeGreaterThan(leaf)
    expect(await log.rootAt(checkpoint.size)).toEqual(checkpoint.root)
  }
  return atLeaf.size
}

/** Submits one case after the other, and keeps what was acknowledged, until the service is gone. */
export async function speak(author: Author, acknowledged: Acknowledged[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { submission } = await author.prepare({
      kind: 'case.describe',
      about: newThingId(),
      body: {},
      tells: inventedPerson,
    })
    const answer = await author.post(submission).catch(() => undefined)
    if (!answer) return
    if (answer.status !== 201) throw new Error(`refused: ${JSON.stringify(answer.body)}`)
    acknowledged.push({
      id: answer.body.id,
      leaf: answer.body.leaf,
      jws: submission.statement,
      proof: answer.body.proof,
    })
  }
}

/** Submissions whose answers a kill has swallowed. */
const unanswered: Submission[] = []

/** The same, two hundred at a time. What a kill has left without an answer is sent again with the next ones. */
export async function speakInBatches(
  author: Author,
  acknowledged: Acknowledged[],
  signal: AbortSignal,
  url: string,
): Promise<void> {
  while (!signal.aborted) {
    const prepared = await Promise.all(
      Array.from({ length: 200 }, () =>
        author.prepare({ kind: 'case.describe', about: newThingId(), body: {}, tells: inventedPerson }),
      ),
    )
    const submissions = unanswered.splice(0, 800).concat(prepared.map(({ submission }) => submission))
    if (!(await postAndKeep(url, submissions, acknowledged))) return
  }
}

/** Sends whatever is left without an answer: nobody knows whether it was recorded, and after this everybody does. */
export async function sendAgain(url: string, acknowledged: Acknowledged[]): Promise<void> {
  while (unanswered.length > 0) expect(await postAndKeep(url, unanswered.splice(0, 1000), acknowledged)).toBe(true)
}

/** False when the service was gone before it answered. */
async function postAndKeep(url: string, submissions: Submission[], acknowledged: Acknowledged[]): Promise<boolean> {
  const answer = await postBatch(url, submissions).catch(() => undefined)
  if (!answer) {
    unanswered.push(...submissions)
    return false
  }
  expect(answer.lines).toHaveLength(submissions.length)
  for (const { receipt, problem } of answer.lines) {
    if (!receipt) throw new Error(`refused: ${JSON.stringify(problem)}`)
    acknowledged.push({ id: receipt.id, leaf: receipt.leaf, jws: receipt.statement, proof: receipt.proof })
  }
  return true
}

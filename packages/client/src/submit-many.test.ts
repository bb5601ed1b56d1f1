import { sha256, toBase64url, utf8 } from '@tidings/statement'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, connect } from './connect.ts'
import { type FakeService, newSigner, refusal, startFakeService } from './service.fixture.ts'
import * as register from './statements/register.ts'
import { type KeptSubmission, type Planned, type SubmissionLedger, submitMany } from './submit-many.ts'

let service: FakeService
let connection: Connection

beforeEach(async () => {
  service = await startFakeService()
  const { url, vkey, log, fetch } = service
  const party = toBase64url(sha256(utf8('a party')))
  connection = await connect({ url, vkey, log, fetch, party, signer: await newSigner(), patienceMs: 100 })
})
afterEach(async () => {
  await connection[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

function planned(count: number): Planned[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `row ${i}`,
    make: () => register.describeCase({ names: [{ full: `Person ${i}` }] }),
  }))
}

/** A ledger in memory that also tells what had arrived at the service when each statement was kept. */
function memoryLedger() {
  const kept = new Map<string, KeptSubmission>()
  const arrivedBefore: number[] = []
  const ledger: SubmissionLedger = {
    find: (keys) => new Map(keys.flatMap((key) => (kept.has(key) ? [[key, kept.get(key) as KeptSubmission]] : []))),
    add(entries) {
      for (const entry of entries) {
        kept.set(entry.key, entry)
        arrivedBefore.push(service.arrived.filter(({ statement }) => statement === entry.submission.statement).length)
      }
    },
    recorded(entries) {
      for (const { key, receipt } of entries)
        kept.set(key, { ...(kept.get(key) as KeptSubmission), leaf: receipt.leaf })
    },
    refused(entries) {
      for (const { key } of entries) kept.delete(key)
    },
  }
  return { ledger, kept, arrivedBefore }
}

describe('many statements', () => {
  it('are each kept before they are sent, in order, and each has its receipt', async () => {
    const { ledger, kept, arrivedBefore } = memoryLedger()
    const summary = await submitMany(connection, planned(300), { ledger })
    expect(summary).toEqual({ recorded: 300, alreadyRecorded: 0, refused: 0, stopped: false, lastLeaf: 299 })
    expect([...kept.keys()]).toEqual(planned(300).map(({ key }) => key))
    expect([...kept.values()].every(({ leaf }) => leaf !== undefined)).toBe(true)
    expect(arrivedBefore.every((count) => count === 0)).toBe(true)
  })

  it('are under way at once only as many as told', async () => {
    await submitMany(connection, planned(40), { inFlight: 5 })
    expect(service.mostAtOnce).toBe(5)
  })

  it('are asked for no sooner than they can be sent: memory holds a batch, not all', async () => {
    let made = 0
    let furthest = 0
    async function* endless(): AsyncGenerator<Planned> {
      for (const item of planned(1200)) {
        made++
        furthest = Math.max(furthest, made - service.arrived.length)
        yield item
      }
    }
    await submitMany(connection, endless(), {})
    expect(furthest).toBeLessThan(600)
  })

  it('that have their receipt are not sent again by a second run, and what was only kept is sent as it was', async () => {
    const { ledger, kept } = memoryLedger()
    const stop = new AbortController()
    const first = await submitMany(connection, planned(50), {
      ledger,
      inFlight: 4,
      stop: stop.signal,
      onProgress: ({ recorded }) => recorded === 10 && stop.abort(),
    })
    expect(first.stopped).toBe(true)
    expect(first.recorded).toBeLessThan(20)
    expect(kept.size).toBe(50)
    const second = await submitMany(connection, planned(50), { ledger })
    expect(second).toMatchObject({ recorded: 50 - first.recorded, alreadyRecorded: first.recorded, stopped: false })
    expect(new Set(service.arrived.map(({ statement }) => statement)).size).toBe(50)
    expect(service.arrived).toHaveLength(50)
  })

  it('go on when one of them is refused, which is told by its key', async () => {
    const { ledger, kept } = memoryLedger()
    let count = 0
    service.answer = (_, url) => (url.endsWith('/v1/statements') && ++count === 3 ? refusal('not-asked') : undefined)
    const refused: string[] = []
    const summary = await submitMany(connection, planned(10), {
      ledger,
      inFlight: 1,
      onOutcome: (outcome) => outcome.outcome === 'refused' && refused.push(outcome.key),
    })
    expect(summary).toMatchObject({ recorded: 9, refused: 1 })
    expect(refused).toEqual(['row 2'])
    expect(kept.has('row 2')).toBe(false)
  })

  it.each(['busy', 'key-revoked'] as const)(
    'stop when the service as a whole or the key is at fault: %s',
    async (name) => {
      let count = 0
      service.answer = (_, url) => (url.endsWith('/v1/statements') && ++count > 20 ? refusal(name) : undefined)
      const { ledger, kept } = memoryLedger()
      const work = submitMany(connection, planned(200), { ledger, inFlight: 4 })
      await expect(work).rejects.toMatchObject({ problemName: name })
      expect([...kept.values()].filter(({ leaf }) => leaf !== undefined)).toHaveLength(20)
    },
  )

  it('stop when a receipt does not hold', async () => {
    service.change = (receipt) => (receipt.leaf === 3 ? { ...receipt, leaf: 2 } : receipt)
    await expect(submitMany(connection, planned(10), { inFlight: 1 })).rejects.toMatchObject({
      code: 'client/receipt-invalid',
    })
  })
})

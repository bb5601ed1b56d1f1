import { newThingId, sha256, toBase64url, utf8 } from '@tidings/statement'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, type ConnectOptions, connect } from './connect.ts'
import type { Repeat } from './send-many.ts'
import { type FakeService, newSigner, problemOf, refusal, startFakeService } from './service.fixture.ts'
import * as register from './statements/register.ts'
import { type KeptSubmission, type Planned, type SubmissionLedger, submitMany } from './submit-many.ts'

let service: FakeService
let options: ConnectOptions
let connection: Connection

beforeEach(async () => {
  service = await startFakeService()
  const { url, vkey, log, fetch } = service
  const party = toBase64url(sha256(utf8('a party')))
  options = { url, vkey, log, fetch, party, signer: await newSigner(), patienceMs: 100 }
  connection = await connect(options)
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

  it('share requests, of which only as many are under way at once as told', async () => {
    let requests = 0
    service.answer = (_, url) => {
      if (url.endsWith('/v1/statements/batch')) requests++
      return undefined
    }
    await submitMany(connection, planned(40), { perRequest: 4, inFlight: 3 })
    expect(requests).toBe(10)
    expect(service.mostAtOnce).toBe(3)
  })

  it('share no request that would be larger than a few MiB', async () => {
    const long = 'x'.repeat(8_000)
    const large = Array.from({ length: 120 }, (_, i) => ({
      key: `row ${i}`,
      make: () =>
        register.describeCase({
          names: [{ full: `Person ${i}` }],
          notes: long,
          marks: long,
          clothing: long,
          source: long,
        }),
    }))
    let largest = 0
    service.answer = (_, url, { body }) => {
      if (url.endsWith('/v1/statements/batch')) largest = Math.max(largest, String(body).length)
      return undefined
    }
    expect(await submitMany(connection, large)).toMatchObject({ recorded: 120 })
    expect(largest).toBeGreaterThan(2 * 1024 * 1024)
    expect(largest).toBeLessThan(5 * 1024 * 1024)
  })

  it('go in smaller requests to a service that takes no larger ones; what is too large alone is refused', async () => {
    const tooLarge = planned(7)[6]?.key
    const { ledger, kept } = memoryLedger()
    service.answer = (_, url, { body }) => {
      if (!url.endsWith('/v1/statements/batch')) return undefined
      const lines = String(body).split('\n').filter(Boolean)
      const last = kept.get(tooLarge ?? '')?.submission.statement ?? 'none'
      return lines.length > 2 || lines.some((line) => line.includes(last)) ? refusal('too-large') : undefined
    }
    const refused: string[] = []
    const summary = await submitMany(connection, planned(7), {
      ledger,
      onOutcome: (outcome) => outcome.outcome === 'refused' && refused.push(outcome.key),
    })
    expect(summary).toMatchObject({ recorded: 6, refused: 1 })
    expect(refused).toEqual([tooLarge])
  })

  it('that the service could not take just now are sent again by themselves', async () => {
    const asked = new Map<string, number>()
    service.answerLine = ({ statement }) => {
      const times = (asked.get(statement) ?? 0) + 1
      asked.set(statement, times)
      return asked.size % 3 === 0 && times === 1 ? (asked.size % 2 === 0 ? 'busy' : 'outcome-unknown') : undefined
    }
    const patient = await connect({ ...options, patienceMs: 60_000 })
    expect(await submitMany(patient, planned(30))).toMatchObject({ recorded: 30, refused: 0 })
    expect([...asked.values()].filter((times) => times === 2)).toHaveLength(10)
    expect(service.arrived).toHaveLength(40)
    await patient[Symbol.asyncDispose]()
  })

  it('are sent again no sooner than the longest that a line asks to wait, in the order in which they stood', async () => {
    const asked = new Set<string>()
    service.answerLine = ({ statement }) => {
      if (asked.has(statement) || asked.size === 20) return undefined
      asked.add(statement)
      return asked.size > 5 ? problemOf('busy', { retryAfter: asked.size > 10 ? 2 : 1 }) : undefined
    }
    const repeats: Repeat[] = []
    const receipts: number[] = []
    const patient = await connect({ ...options, patienceMs: 3_000 })
    await submitMany(patient, planned(20), {
      onRepeat: (repeat) => repeats.push(repeat),
      onOutcome: (outcome) => outcome.outcome === 'recorded' && receipts.push(outcome.receipt.leaf),
    })
    expect(repeats).toMatchObject([{ statements: 15, because: { problemName: 'busy', retryAfter: 2 } }])
    expect(repeats[0]?.seconds).toBeGreaterThanOrEqual(2)
    expect(receipts).toEqual(Array.from({ length: 20 }, (_, leaf) => leaf))
    await patient[Symbol.asyncDispose]()
  })

  it('are not given up while some of them are taken each time', async () => {
    // One in each request: the waits between are longer together than the patience.
    let taken = 0
    service.answer = () => {
      taken = 0
      return undefined
    }
    service.answerLine = () => (taken++ === 0 ? undefined : problemOf('too-many-requests', { retryAfter: 1 }))
    const patient = await connect({ ...options, patienceMs: 1_500 })
    expect(await submitMany(patient, planned(4))).toMatchObject({ recorded: 4 })
    await patient[Symbol.asyncDispose]()
  })

  it('about one thing are recorded in their order, whatever is under way beside it', async () => {
    const about = newThingId()
    const told = Array.from({ length: 6 }, (_, i) => ({
      key: `told ${i}`,
      make: () => ({ ...register.describeCase({ names: [{ full: `Told ${i}` }] }), about }),
    }))
    const mixed = told.flatMap((one, i) => [one, planned(6)[i] as Planned])
    // The first is the slowest.
    let busy = 2
    service.answer = (_, url) => (url.endsWith('/v1/statements/batch') && busy-- > 0 ? refusal('busy') : undefined)
    const leaves = new Map<string, number>()
    const patient = await connect({ ...options, patienceMs: 60_000 })
    await submitMany(patient, mixed, {
      perRequest: 1,
      inFlight: 4,
      onOutcome: (outcome) => outcome.outcome === 'recorded' && leaves.set(outcome.key, outcome.receipt.leaf),
    })
    const ofThing = told.map(({ key }) => leaves.get(key) ?? -1)
    expect(ofThing).toEqual(ofThing.toSorted((one, other) => one - other))
    expect(leaves.size).toBe(12)
    expect(service.mostAtOnce, 'others go on beside it').toBeGreaterThan(1)
    await patient[Symbol.asyncDispose]()
  })

  it('keep the receipts that came before the service was busy for too long', async () => {
    const { ledger, kept } = memoryLedger()
    let lines = 0
    service.answerLine = () => (++lines > 4 ? 'busy' : undefined)
    await expect(submitMany(connection, planned(10), { ledger })).rejects.toMatchObject({ problemName: 'busy' })
    expect([...kept.values()].filter(({ leaf }) => leaf !== undefined)).toHaveLength(4)
  })

  it('believe no answer that leaves one of them out', async () => {
    service.answer = (_, url) => (url.endsWith('/v1/statements/batch') ? new Response('') : undefined)
    await expect(submitMany(connection, planned(3))).rejects.toMatchObject({ code: 'client/not-tidings' })
  })

  it('are asked for no sooner than they can be sent: memory holds a batch, not all', async () => {
    let made = 0
    let furthest = 0
    async function* endless(): AsyncGenerator<Planned> {
      for (const item of planned(600)) {
        made++
        furthest = Math.max(furthest, made - service.arrived.length)
        yield item
      }
    }
    await submitMany(connection, endless(), { perRequest: 50, inFlight: 2 })
    // One request that waits for its turn, and the one after it that is being signed.
    expect(furthest).toBeLessThanOrEqual(200)
  })

  it('that have their receipt are not sent again by a second run, and what was only kept is sent as it was', async () => {
    const { ledger, kept } = memoryLedger()
    const stop = new AbortController()
    const first = await submitMany(connection, planned(50), {
      ledger,
      inFlight: 2,
      perRequest: 5,
      stop: stop.signal,
      onProgress: ({ recorded }) => recorded === 10 && stop.abort(),
    })
    expect(first.stopped).toBe(true)
    expect(first.recorded).toBeLessThan(30)
    expect(kept.size).toBeGreaterThan(first.recorded)
    const second = await submitMany(connection, planned(50), { ledger })
    expect(second).toMatchObject({ recorded: 50 - first.recorded, alreadyRecorded: first.recorded, stopped: false })
    expect(new Set(service.arrived.map(({ statement }) => statement)).size).toBe(50)
    expect(service.arrived).toHaveLength(50)
  })

  it('go on when one of them is refused, which is told by its key', async () => {
    const { ledger, kept } = memoryLedger()
    let count = 0
    service.answerLine = () => (++count === 3 ? 'not-asked' : undefined)
    const refused: string[] = []
    const summary = await submitMany(connection, planned(10), {
      ledger,
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
      service.answerLine = () => (++count > 20 ? name : undefined)
      const { ledger, kept } = memoryLedger()
      const work = submitMany(connection, planned(200), { ledger, inFlight: 4, perRequest: 5 })
      await expect(work).rejects.toMatchObject({ problemName: name })
      expect([...kept.values()].filter(({ leaf }) => leaf !== undefined)).toHaveLength(20)
    },
  )

  it('stop when a receipt does not hold', async () => {
    service.change = (receipt) => (receipt.leaf === 3 ? { ...receipt, leaf: 2 } : receipt)
    await expect(submitMany(connection, planned(10))).rejects.toMatchObject({
      code: 'client/receipt-invalid',
    })
  })
})

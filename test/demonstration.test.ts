import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHome, openKey } from '@tidings/cli'
import { connect } from '@tidings/client'
import { openLedger } from '@tidings/client/ledger'
import { createLogger } from '@tidings/service-kit'
import { type Standalone, startStandalone } from '@tidings/service-standalone'
import {
  daysBefore,
  daysTold,
  passphrase,
  type Size,
  seedDemonstration,
} from '@tidings/service-standalone/demonstration'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Author } from './support/author.ts'

const small: Size = { cases: { A: 60, B: 30 }, part: 0 }

describe('a demonstration that is told to a service', () => {
  let folder: string
  let one: Standalone
  let other: Standalone
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-told-'))
    ;[one, other] = await Promise.all([start('one'), start('other')])
    await Promise.all([tell(one), tell(other)])
  }, 300_000)
  afterAll(async () => {
    await Promise.all([one, other].map((running) => running[Symbol.asyncDispose]()))
    await rm(folder, { recursive: true })
  })

  const start = (name: string, empty = false) =>
    startStandalone(
      { port: 0, host: '127.0.0.1', data: join(folder, name), empty, logLevel: 'silent', rebuild: false },
      createLogger('silent'),
    )

  async function tell({ url, demonstration }: Standalone, size: Size = small): Promise<void> {
    if (!demonstration?.clock) throw new Error('nothing is to be told')
    const { clock, ...told } = demonstration
    await seedDemonstration({ url, ...told, clock, size })
    clock.release()
  }

  /** What a party reads of its requests in the end, by reference. */
  async function requestsOf({ url, log, demonstration }: Standalone): Promise<string[]> {
    const home = openHome(join(demonstration?.folder ?? '', 'a'))
    const signer = await openKey(home, 'sign', { known: passphrase, input: false })
    const { party } = await home.configuration()
    await using connection = await connect({ url, party, signer, vkey: log.vkey })
    const requests = await Array.fromAsync(connection.read.requests())
    return requests
      .map(({ reference, questions, withdrawn, openDuties }) =>
        JSON.stringify([reference, questions, withdrawn, openDuties]),
      )
      .sort()
  }

  /** Kinds and contents that a party has signed, by the keys of acts. */
  function signed({ demonstration }: Standalone, home: string): Record<string, string> {
    using ledger = openLedger(join(demonstration?.folder ?? '', home, 'ledger.db'))
    const entries = [...ledger.entries()].map(
      ({ key, kind, submission: { contents = [] } }) => [key, `${kind} ${contents.map(({ data }) => data)}`] as const,
    )
    return Object.fromEntries(entries)
  }

  it('told twice, it is the same world: words by words, and the same state under the same reference', async () => {
    expect(await requestsOf(one)).toEqual(await requestsOf(other))
    for (const home of ['a', 'b', 'mediator']) expect(signed(one, home)).toEqual(signed(other, home))
    expect((await requestsOf(one)).length).toBeGreaterThan(70)
  })

  it('is signed on the days that it tells, and from then on by the clock of the machine', async () => {
    const { firstStart = new Date(), clock } = one.demonstration ?? {}
    const days = daysBefore(firstStart)
    expect((await one.log.waitForSize(1, AbortSignal.timeout(1000))).time).toBe(days.at(0, 0) / 1000)
    const told = await one.log.latest()
    expect(told.time).toBeLessThan(days.at(daysTold, 0) / 1000)
    const now = Date.now()
    expect(clock?.now()).toBeGreaterThanOrEqual(now)
    const party = await Author.begin(one.url, one.origin)
    const { time } = await one.log.waitForSize(told.size + 1, AbortSignal.timeout(10_000))
    expect(time).toBeGreaterThanOrEqual(Math.floor(now / 1000))
    expect(party.id).toBeDefined()
  })

  it('is told in no other folder than one made for it: no other has any clock but the machine’s', async () => {
    const before = Math.floor(Date.now() / 1000)
    {
      await using empty = await start('empty', true)
      expect(empty.demonstration).toBeUndefined()
      expect((await empty.log.latest()).time).toBeGreaterThanOrEqual(before)
    }
    {
      await using again = await start('empty')
      expect(again.demonstration).toBeUndefined()
    }
    {
      await using begun = await start('begun')
      expect(begun.demonstration?.clock).toBeDefined()
    }
    await using left = await start('begun', true)
    expect(left.demonstration?.clock).toBeUndefined()
  })
})

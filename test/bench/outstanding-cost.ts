/**
 * What it costs to ask what is outstanding for one party, on a record that is kept for several runs:
 *
 *     node test/bench/record/make-record.ts --folder DIR --statements 1000000 --filling open-requests
 *     node test/bench/outstanding-cost.ts --folder DIR
 */
import { parseArgs } from 'node:util'
import { connect, discoverVkey } from '@tidings/client'
import { type ChildService, freePort, ready, spawnService } from '../support/child-service.ts'
import { madeRecord } from './record/make-record.ts'
import { type MadeParty, signerOf } from './record/parties.ts'

/** What readings cost: each is a request by HTTP with a proof of possession, of a client in a process of its own, whose work is included. */
export interface ReadingCost {
  readonly statements: number
  readonly openDuties: number
  readonly readings: number
  /** By the clock, in milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of each in the service, in milliseconds: what is left when other processes share the cores. */
  readonly cpu: number
}

/** Readings before any is counted: until then the code of both sides is not all compiled. */
const WARMING = 500

/** Asks again and again for the totals and one page, going on from page to page through the whole list. */
export async function outstandingCost(folder: string, readings = 1000): Promise<ReadingCost> {
  const { data, size, parties } = await madeRecord(folder)
  const [party] = parties
  if (!party) throw new Error('the record has no parties')
  const service = spawnService(data, await freePort())
  try {
    // It is ready once all views are made.
    await ready(service, 3_600_000)
    const cost = await readingCost(service, party, readings)
    return { statements: size, readings, ...cost }
  } finally {
    await service.stop()
  }
}

async function readingCost({ url }: ChildService, party: MadeParty, readings: number) {
  const vkey = await discoverVkey(url)
  await using tidings = await connect({ url, party: party.id, signer: signerOf(party), vkey })
  const times: number[] = []
  const ask = (cursor: string | undefined) =>
    tidings.read.outstanding(party.id, { limit: 50, ...(cursor !== undefined && { cursor }) })
  let { totals, next } = await ask(undefined)
  for (let n = 0; n < WARMING; n++) ({ next } = await ask(next))
  const before = await processorSeconds(url)
  for (let n = 0; n < readings; n++) {
    const began = performance.now()
    ;({ totals, next } = await ask(next))
    times.push(performance.now() - began)
  }
  const cpu = ((await processorSeconds(url)) - before) * 1000
  const sorted = times.toSorted((one, other) => one - other)
  const at = (p: number) => sorted[Math.floor(p * sorted.length)] ?? Number.NaN
  const open = [totals.owedBy, totals.owedTo].flatMap(({ duties }) => Object.values(duties))
  return {
    openDuties: open.reduce((sum, n) => sum + n, 0),
    p50: at(0.5),
    p99: at(0.99),
    cpu: cpu / readings,
  }
}

/** Processor time of the service so far, by its own metrics. */
async function processorSeconds(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1])
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { folder: { type: 'string' } } })
  if (values.folder === undefined) throw new Error('--folder DIR: a record that record/make-record.ts has made')
  console.log(JSON.stringify(await outstandingCost(values.folder)))
}

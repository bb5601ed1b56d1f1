/**
 * What making all views anew costs, on a record that is kept for several runs:
 *
 *     node test/bench/record/make-record.ts --folder DIR --statements 200000
 *     node test/bench/rebuild-cost.ts --folder DIR
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startService } from '../support/service.ts'
import { bareSqlite, type Inserted } from './peers/bare-sqlite.ts'
import { madeRecord } from './record/make-record.ts'

/** What making all views anew costs, beside what bare SQLite takes to insert the same rows. */
export interface RebuildCost {
  readonly statements: number
  readonly seconds: number
  /** Of all threads: what is left when other processes share the cores. */
  readonly cpuSeconds: number
  readonly bare: Inserted
  /** Most memory that the process held meanwhile, and what the views take on disk. */
  readonly peakBytes: number
  readonly viewsBytes: number
}

/** Makes all views of a data folder anew, in a service that does nothing else meanwhile. */
async function rebuildCost(data: string): Promise<RebuildCost> {
  const cost = await rebuilt(data)
  const views = join(data, 'desk.db')
  return { ...cost, viewsBytes: statSync(views).size, bare: bareSqlite(views) }
}

async function rebuilt(data: string) {
  await using service = await startService({ data })
  let peakBytes = 0
  const began = performance.now()
  const cpu = process.cpuUsage()
  await service.desk.rebuild(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  })
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - began) / 1000
  return { statements: service.desk.views.size(), seconds, cpuSeconds: (user + system) / 1e6, peakBytes }
}

const { values } = parseArgs({ options: { folder: { type: 'string' } } })
if (values.folder === undefined) throw new Error('--folder DIR: a record that record/make-record.ts has made')
const { data } = await madeRecord(values.folder)
console.log(JSON.stringify(await rebuildCost(data)))

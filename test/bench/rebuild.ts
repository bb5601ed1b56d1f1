import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RebuildCost } from './rebuild-cost.ts'
import type { Filling } from './record/lives.ts'
import { perSecond, type Row } from './row.ts'

const run = promisify(execFile)
const small = 10_000

/** All views made anew from the record, beside bare SQLite inserting the same rows; and a large record beside a small one. */
export async function rebuildRows({ folder, statements }: { folder: string; statements: number }): Promise<Row[]> {
  const costs = [await costOf(join(folder, 'small'), small, 'mixed')]
  if (statements > small) costs.push(await costOf(join(folder, 'large'), statements, 'mixed'))
  const open = await costOf(join(folder, 'open'), statements, 'open-requests')
  const [few, many] = costs
  return [
    ...costs.map((cost) => rowOf(cost, 'mixed')),
    rowOf(open, 'open-requests'),
    ...(few && many
      ? [
          {
            id: 'rebuild-growth',
            what: `the same for each statement of ${count(many.statements)}, in processor time`,
            ours: microseconds(many),
            beside: `of ${count(few.statements)}: ${microseconds(few)}`,
            ratio: many.cpuSeconds / many.statements / (few.cpuSeconds / few.statements),
            aim: '1',
          },
        ]
      : []),
  ]
}

/** In processes of their own: memory is what making views anew takes, and nothing that made the record before takes part of the processor's caches. */
async function costOf(folder: string, statements: number, filling: Filling): Promise<RebuildCost> {
  await mkdir(folder, { recursive: true })
  await run(process.execPath, [
    ...[script('record/make-record.ts'), '--folder', folder],
    ...['--statements', String(statements), '--filling', filling],
  ])
  // Memory is managed as in the service's own process (services/standalone/src/server.ts).
  const flags = ['--no-allocation-site-pretenuring']
  const { stdout } = await run(process.execPath, [...flags, script('rebuild-cost.ts'), '--folder', folder])
  await rm(folder, { recursive: true })
  return JSON.parse(stdout) as RebuildCost
}

function script(path: string): string {
  return new URL(path, import.meta.url).pathname
}

/** What a record holds, in words. */
const holding: Readonly<Record<Filling, string>> = {
  mixed: 'cases, and requests in every stage',
  'open-requests': 'open requests',
}

function rowOf({ statements, seconds, cpuSeconds, bare, peakBytes, viewsBytes }: RebuildCost, filling: Filling): Row {
  return {
    id: filling === 'mixed' ? `rebuild-${statements}` : `rebuild-${filling}-${statements}`,
    what: `rebuild of all views of ${count(statements)} statements: ${holding[filling]} (${mebibytes(viewsBytes)} on disk, ${mebibytes(peakBytes)} in memory at most)`,
    ours: `${perSecond(statements / seconds)}: ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time)`,
    beside: `bare SQLite inserts the same ${count(bare.rows)} rows in ${bare.seconds.toFixed(2)} s (${bare.cpuSeconds.toFixed(2)} s of processor time)`,
    ratio: bare.seconds / seconds,
    aim: '0.5',
  }
}

function microseconds({ cpuSeconds, statements }: RebuildCost): string {
  return `${((cpuSeconds * 1e6) / statements).toFixed(0)} µs`
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function mebibytes(bytes: number): string {
  return `${count(Math.round(bytes / 1024 / 1024))} MiB`
}

import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RebuildCost } from './rebuild-cost.ts'
import { makeRecord } from './record/make-record.ts'
import { perSecond, type Row } from './row.ts'

const run = promisify(execFile)
const small = 10_000

/** All views made anew from the record, beside bare SQLite inserting the same rows; and a large record beside a small one. */
export async function rebuildRows({ folder, statements }: { folder: string; statements: number }): Promise<Row[]> {
  const costs = [await costOf(join(folder, 'small'), small)]
  if (statements > small) costs.push(await costOf(join(folder, 'large'), statements))
  const [few, many] = costs
  return [
    ...costs.map(rowOf),
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

/** In a process of its own, so that its memory is its own. */
async function costOf(folder: string, statements: number): Promise<RebuildCost> {
  await mkdir(folder, { recursive: true })
  await makeRecord({ folder, statements })
  const script = new URL('rebuild-cost.ts', import.meta.url).pathname
  // Memory is managed as in the service's own process (services/standalone/src/server.ts).
  const { stdout } = await run(process.execPath, ['--no-allocation-site-pretenuring', script, '--folder', folder])
  await rm(folder, { recursive: true })
  return JSON.parse(stdout) as RebuildCost
}

// In processor time: other work may share the cores, and not in equal parts.
function rowOf({ statements, seconds, cpuSeconds, bare, peakBytes, viewsBytes }: RebuildCost): Row {
  return {
    id: `rebuild-${statements}`,
    what: `rebuild of all views of ${count(statements)} statements, in processor time (${mebibytes(viewsBytes)} on disk, ${mebibytes(peakBytes)} in memory at most)`,
    ours: `${cpuSeconds.toFixed(2)} s (${seconds.toFixed(2)} s by the clock, ${perSecond(statements / seconds)})`,
    beside: `bare SQLite inserts the same ${count(bare.rows)} rows: ${bare.cpuSeconds.toFixed(2)} s (${bare.seconds.toFixed(2)} s by the clock)`,
    ratio: bare.cpuSeconds / cpuSeconds,
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

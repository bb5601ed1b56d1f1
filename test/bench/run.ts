/**
 * `npm run bench`: what is fast is known as ratios, measured in one run on one machine, with every write synced. Absolute figures say little
 * elsewhere.
 *
 *     npm run bench -- --only intake --statements 10000 --times 3
 *     npm run bench -- --only outstanding --only growth --large 1000000
 *     npm run bench -- --json bench.json
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { growthRows } from './growth.ts'
import { intakeRows } from './intake.ts'
import { judgingRows } from './judging.ts'
import { outstandingRows } from './outstanding.ts'
import { rebuildRows } from './rebuild.ts'
import type { Row } from './row.ts'
import { slowDiskRows } from './slow-disk.ts'
import { visibleRows } from './visible.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    statements: { type: 'string', default: '10000' },
    times: { type: 'string', default: '3' },
    large: { type: 'string', default: '1000000' },
    json: { type: 'string' },
  },
})
const statements = Number(values.statements)
const times = Number(values.times)
const large = Number(values.large)
const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'))

const measurements: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  judging: judgingRows,
  intake: () => intakeRows({ folder: join(folder, 'intake'), statements, times }),
  outstanding: () => outstandingRows({ folder: join(folder, 'outstanding'), statements: large }),
  visible: () => visibleRows({ folder: join(folder, 'visible'), statements }),
  'slow-disk': () => slowDiskRows({ folder: join(folder, 'slow-disk'), statements, times }),
  growth: () => growthRows({ folder: join(folder, 'growth'), requests: large, statements, times }),
  rebuild: () => rebuildRows({ folder: join(folder, 'rebuild'), statements }),
}

const unknown = values.only.filter((name) => !Object.hasOwn(measurements, name))
if (unknown.length > 0) {
  console.error(`--only: there is no ${unknown.join(', ')}; there are ${Object.keys(measurements).join(', ')}`)
  process.exit(3)
}

const rows: Row[] = []
try {
  for (const [name, measure] of Object.entries(measurements)) {
    if (values.only.length > 0 && !values.only.includes(name)) continue
    console.error(`${name} …`)
    rows.push(...(await measure()))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

console.log(`Node ${process.version}, ${availableParallelism()} cores\n`)
for (const { what, ours, beside, ratio, aim } of rows) {
  const aimed = aim === undefined ? '' : `  (aim: ${aim})`
  console.log(`${what}\n  ours    ${ours}\n  beside  ${beside}\n  ratio   ${ratio.toFixed(3)}${aimed}\n`)
}
if (values.json !== undefined) {
  const table = { node: process.version, cores: availableParallelism(), statements, times, rows }
  await writeFile(values.json, `${JSON.stringify(table, null, 2)}\n`)
}

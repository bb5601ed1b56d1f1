/**
 * `npm test`: every check of the house, and what came of each. `npm test -- <filter>` passes the filter to vitest alone.
 *
 * Counts each check and each test as one. Ends with a line `N passed, N failed`, or `N passed, N failed, N skipped`, and with a
 * failure when anything failed, when no test ran, or when something that `TIDINGS_REQUIRE` names is missing.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestReport } from './reporter.ts'
import { missingTools, requiredTools } from './tools.ts'

interface Outcome {
  readonly title: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
}

const root = resolve(import.meta.dirname, '../..')
const running = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    process.exit(128 + constants.signals[signal])
  })

const filter = process.argv.slice(2)
const missing = missingTools(root, process.env)
const outcomes: Outcome[] = []

heading('Checks')
const checks: readonly (readonly [title: string, script: string])[] = [
  ['lint and format', 'check:lint'],
  ['types', 'check:types'],
  ['dead exports, unlisted dependencies', 'check:exports'],
  ['schemas as generated', 'check:schemas'],
]
outcomes.push(...(await Promise.all(checks.map(([title, script]) => check(title, script)))))

heading('Tests')
const tests = await runTests()
outcomes.push(tests.outcome)

heading('What ran')
for (const { title, passed, failed, skipped, seconds } of outcomes)
  console.log(`  ${title.padEnd(36)} ${line(passed, failed, skipped).padEnd(36)} ${seconds.toFixed(1)} s`)
for (const { name, message } of tests.failed) console.log(`  failed: ${name}\n    ${message}`)
for (const tool of missing.filter(({ required }) => required))
  console.log(`  failed: ${tool.what} is required, but missing`)

if (missing.length > 0 || tests.skipped.length > 0) heading('What could not run')
for (const { what, without, remedy } of missing) console.log(`  No ${what}: ${without}. ${remedy}`)
for (const { name, note } of tests.skipped) console.log(`  skipped: ${name}${note === undefined ? '' : ` (${note})`}`)

// Where all is required, a test that does not run has not passed.
const everything = process.env.TIDINGS_REQUIRE === 'all' && filter.length === 0
const skipped = everything ? 0 : tests.skipped.length
const passed = sum(({ passed }) => passed)
const failed =
  sum(({ failed }) => failed) +
  missing.filter(({ required }) => required).length +
  (everything ? tests.skipped.length : 0)
console.log(`\n${line(passed, failed, skipped)}`)
process.exitCode = failed > 0 ? 1 : 0

/** One check, through turbo: not run again while nothing that it reads has changed. Its exit code is the verdict. */
async function check(title: string, script: string): Promise<Outcome> {
  const start = performance.now()
  const { code, output } = await run('turbo', ['run', script, '--output-logs=errors-only', '--log-prefix=none'], 'pipe')
  const seconds = (performance.now() - start) / 1000
  console.log(`  ${code === 0 ? 'passed' : 'FAILED'}  ${title}  ${seconds.toFixed(1)} s`)
  if (code !== 0) console.log(output.replaceAll(/^\s*• .*\n/gm, ''))
  return { title, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds }
}

async function runTests() {
  const start = performance.now()
  const file = join(root, `test/.out/report-${process.pid}.json`)
  mkdirSync(join(root, 'test/.out'), { recursive: true })
  const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'reporter.ts')}`]
  const { code } = await run('vitest', ['run', '--allowOnly=false', ...reporters, ...filter], 'inherit', {
    TIDINGS_TEST_REPORT: file,
  })
  const report = readReport(file)
  const seconds = (performance.now() - start) / 1000
  const failed = [...report.failed]
  if (report.passed + failed.length === 0) failed.push({ name: 'vitest', message: 'no test ran' })
  if (code !== 0 && failed.length === 0) failed.push({ name: 'vitest', message: `exit code ${code}` })
  const outcome = {
    title: 'tests',
    passed: report.passed,
    failed: failed.length,
    skipped: report.skipped.length,
    seconds,
  }
  return { outcome, failed, skipped: report.skipped }
}

function readReport(file: string): TestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return { passed: 0, failed: [{ name: 'vitest', message: `left no report: ${error}` }], skipped: [] }
  } finally {
    rmSync(file, { force: true })
  }
}

async function run(tool: string, args: readonly string[], stdout: 'pipe' | 'inherit', env: NodeJS.ProcessEnv = {}) {
  const child = spawn(join(root, 'node_modules/.bin', tool), args, {
    cwd: root,
    stdio: ['ignore', stdout, stdout],
    env: { ...process.env, ...required(), TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', ...env },
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  const code = await new Promise<number>((settle) => {
    child.on('error', (error) => {
      output += `${error}\n`
      settle(127)
    })
    child.on('close', (exit, signal) => settle(exit ?? (signal === null ? 1 : 128 + constants.signals[signal])))
  })
  running.delete(child)
  return { code, output }
}

/** What single tests read to know that they must fail rather than skip. */
function required(): NodeJS.ProcessEnv {
  return Object.fromEntries(requiredTools(process.env).map((name) => [`TIDINGS_REQUIRE_${name.toUpperCase()}`, '1']))
}

function sum(count: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + count(outcome), 0)
}

function line(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function heading(text: string): void {
  console.log(`\n== ${text}`)
}

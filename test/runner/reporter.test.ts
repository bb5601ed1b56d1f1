import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestReport } from './reporter.ts'

// Beside the real tests, so that `vitest` is found from there.
const out = join(import.meta.dirname, '../.out')
const sources = {
  'mixed.test.ts': `
    import { expect, it } from 'vitest'
    it('passes', () => {})
    it('fails', () => expect(1).toBe(2))
    it('has a reason', (context) => context.skip('no such tool'))
    it.skip('has none')`,
  'hook.test.ts': `
    import { beforeAll, describe, it } from 'vitest'
    describe('on a broken ground', () => {
      beforeAll(() => { throw new Error('no ground') })
      it('never runs', () => {})
    })`,
  'unloadable.test.ts': `import './not-there.ts'`,
  'loose.test.ts': `
    import { it } from 'vitest'
    it('leaves something behind', async () => {
      void Promise.reject(new Error('left behind'))
      await new Promise((resolve) => setTimeout(resolve, 50))
    })`,
}

let folder: string
let report: TestReport

beforeAll(async () => {
  mkdirSync(out, { recursive: true })
  folder = mkdtempSync(join(out, 'reporter-'))
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, name), source)
  writeFileSync(join(folder, 'vitest.config.ts'), `export default {}`)
  const vitest = join(import.meta.dirname, '../node_modules/.bin/vitest')
  const args = ['run', '--root', folder, `--reporter=${join(import.meta.dirname, 'reporter.ts')}`]
  const file = join(folder, 'report.json')
  await once(spawn(vitest, args, { env: { ...process.env, TIDINGS_TEST_REPORT: file } }), 'close')
  report = JSON.parse(readFileSync(file, 'utf8'))
})

afterAll(() => rmSync(folder, { recursive: true }))

it('counts what passed', () => {
  expect(report.passed).toBe(2)
})

it('counts as failed what failed, what could not run, and what broke outside of a test', () => {
  expect(report.failed.map(({ name, message }) => `${name}: ${message}`).sort()).toEqual([
    'hook.test.ts: on a broken ground: no ground',
    'mixed.test.ts: fails: expected 1 to be 2 // Object.is equality',
    'outside of any test: left behind',
    expect.stringMatching(/^unloadable.test.ts: Cannot find module '.\/not-there.ts'/),
  ])
})

it('tells why a test was skipped', () => {
  expect(report.skipped).toContainEqual({ name: 'mixed.test.ts: has a reason', note: 'no such tool' })
  expect(report.skipped).toContainEqual({ name: 'mixed.test.ts: has none' })
})

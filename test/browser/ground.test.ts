import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { checks } from '../vectors/check.ts'
import { readVectors } from '../vectors/read.ts'
import { findChromium, startChromium } from './chromium.ts'
import type { Outcome } from './ground.ts'

/** The ground as one script: `statement`, `exchange`, and what verifies a log. Whatever needs Node would not bundle. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'ground.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'esnext',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** A page of an origin that the browser holds for secure, as WebCrypto wants; nothing leaves the machine. */
const page = 'https://tidings.example/'

const executable = findChromium()

if (executable !== undefined) {
  describe('the vectors, in Chromium', () => {
    it('come to the same as in Node', async () => {
      const script = await bundle()
      await using browser = await startChromium(executable)
      const tab = await browser.context.newPage()
      await tab.route('**/*', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><title>ground</title>' }),
      )
      await tab.goto(page)
      await tab.addScriptTag({ content: script })
      const outcomes = (await tab.evaluate(
        (vectors) => (globalThis as unknown as { runChecks(vectors: unknown): Promise<unknown> }).runChecks(vectors),
        await readVectors(),
      )) as readonly Outcome[]
      expect(outcomes).toEqual(checks.map(({ title }) => ({ title })))
    })
  })
} else if (process.env.TIDINGS_REQUIRE_CHROMIUM === '1') {
  it('the vectors, in Chromium', () => expect.fail('there is no Chromium on the PATH, and TIDINGS_REQUIRE_CHROMIUM=1'))
} else {
  it.skip('the vectors, in Chromium: NOT CHECKED, there is no Chromium on the PATH', () => {})
}

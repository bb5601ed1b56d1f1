import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

/** Where the machine keeps Chromium, if it has it. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  )
  return candidates.find(existsSync)
}

const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless browser that knows nothing of any other: a fresh folder, and no net but what the test gives it. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext
}

/** Starts the browser; its disposal ends it and removes its folder. */
export async function startChromium(executablePath: string): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-chromium-'))
  const context = await chromium.launchPersistentContext(folder, { executablePath, headless: true, args: quietly })
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

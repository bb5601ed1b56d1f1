import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { createLogger, type LogLevel } from '@tidings/service-kit'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import pretty from 'pino-pretty'
import { type Standalone, startStandalone } from './app.ts'
import { ConfigurationError, readConfiguration } from './configuration.ts'
import type { Progress } from './demonstration/seed.ts'
import { tellDemonstration } from './demonstration/tell.ts'
import { whatToTry } from './demonstration/what-to-try.ts'
import { startBanner } from './start-banner.ts'
import { startFailure } from './start-failure.ts'

const root = new URL('../../..', import.meta.url).pathname

async function main(): Promise<void> {
  // What lived long in one load would be made old at birth in the next, and hold on to all that is new beside it (docs/decisions/0066).
  setFlagsFromString('--no-allocation-site-pretenuring')
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const configuration = readConfiguration(process.argv.slice(2), process.env, cwd, `${root}tidings-data`)
  const logger = loggerOf(configuration.logLevel)
  const running = await startStandalone(configuration, logger)
  const stop = new AbortController()
  closeWithGrace({ delay: 15_000, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'stopping after an error')
    stop.abort()
    await running[Symbol.asyncDispose]()
    logger.info('stopped')
  })
  logger.info({ url: running.url, origin: running.origin, folder: configuration.data }, 'ready')
  const told: string[] = []
  const { origin } = configuration
  if (origin !== undefined && origin !== running.origin)
    told.push('', `The origin was chosen on the first start and stays: ${origin} is not used.`)
  let waits: Readonly<Record<string, string>>
  try {
    told.push(...(await demonstrate(running, cwd, stop.signal)))
    waits = await waitsAtStart(running)
  } catch (error) {
    if (stop.signal.aborted) return
    await running[Symbol.asyncDispose]()
    throw error
  }
  if (stop.signal.aborted) return
  const { url } = running
  const banner = startBanner({ url, origin: running.origin, folder: configuration.data }, waits)
  print(`\n${[...banner, ...told].join('\n')}\n`)
}

/** What it waits for, but for what passes within moments of a start, such as views that catch up. */
async function waitsAtStart({ waitsFor }: Standalone): Promise<Readonly<Record<string, string>>> {
  const until = performance.now() + 2000
  for (;;) {
    const waits = await waitsFor()
    if (Object.keys(waits).length === 0 || performance.now() > until) return waits
    await pause(100)
  }
}

/** Tells the demonstration, if one is to be told or told further, and what to try of the one that is there. */
async function demonstrate({ url, demonstration }: Standalone, cwd: string, stop: AbortSignal): Promise<string[]> {
  if (!demonstration) return []
  const { clock, folder, log, firstStart } = demonstration
  if (!clock) {
    const example = await demonstration.example()
    return example ? ['', whatToTry(example, { folder, root, cwd })] : []
  }
  const begun = performance.now()
  print(`Making a demonstration of invented parties; ${url} answers meanwhile …`)
  const onProgress = ({ statements, day }: Progress) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${statements} statements recorded, up to ${day} `)
  }
  const { example, statements } = await tellDemonstration({ url, folder, log, firstStart, clock }, onProgress, stop)
  if (process.stderr.isTTY) process.stderr.write('\r')
  print(`Made: ${statements} statements in ${((performance.now() - begun) / 1000).toFixed(1)} s.`)
  return ['', whatToTry(example, { folder, root, cwd })]
}

/** For a person: beside the log lines, which go to standard output. */
function print(text: string): void {
  process.stderr.write(`${text}\n`)
}

function loggerOf(level: LogLevel): Logger {
  const readable = process.stdout.isTTY ? pretty({ colorize: true, ignore: 'pid,hostname' }) : undefined
  return createLogger(level, readable)
}

main().catch((error: unknown) => {
  const { message, exitCode } = error instanceof ConfigurationError ? error : startFailure(error)
  const out = exitCode === 0 ? process.stdout : process.stderr
  out.write(`${message}\n`)
  process.exitCode = exitCode
})

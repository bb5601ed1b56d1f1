import { createLogger, type LogLevel } from '@tidings/service-kit'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import pretty from 'pino-pretty'
import { startStandalone } from './app.ts'
import { type Configuration, ConfigurationError, readConfiguration } from './configuration.ts'
import { dataFolder } from './data-folder.ts'
import { isUnfinished, seedDemonstration } from './demonstration/seed.ts'
import { whatToTry } from './demonstration/what-to-try.ts'
import { startFailure } from './start-failure.ts'

const root = new URL('../../..', import.meta.url).pathname

async function main(): Promise<void> {
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const configuration = readConfiguration(process.argv.slice(2), process.env, cwd, `${root}tidings-data`)
  const logger = loggerOf(configuration.logLevel)
  const running = await startStandalone(configuration, logger)
  closeWithGrace({ delay: 15_000, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'stopping after an error')
    await running[Symbol.asyncDispose]()
    logger.info('stopped')
  })
  logger.info({ url: running.url, origin: running.origin, folder: configuration.data }, 'ready')
  const told = [`Tidings is ready at ${running.url}`, `  log    ${running.origin}`, `  data   ${configuration.data}`]
  told.push(`  look   ${running.url}/ and ${running.url}/docs`)
  told.push(...(await demonstrate(configuration, running, cwd)))
  print(`\n${told.join('\n')}\n`)
}

async function demonstrate(
  { empty, data }: Configuration,
  { url, isNew }: { readonly url: string; readonly isNew: boolean },
  cwd: string,
): Promise<string[]> {
  const { demonstration } = dataFolder(data)
  if (empty || !(isNew || (await isUnfinished(demonstration)))) return []
  const begun = Date.now()
  print('Making a small demonstration of invented parties …')
  let statements = 0
  const made = await seedDemonstration(url, demonstration, (recorded) => {
    statements = recorded
    if (process.stderr.isTTY) process.stderr.write(`\r${recorded} statements recorded `)
  })
  if (process.stderr.isTTY) process.stderr.write('\r')
  print(`Made: ${statements} statements in ${((Date.now() - begun) / 1000).toFixed(1)} s.`)
  return ['', whatToTry(made, root, cwd)]
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

import { createLogger } from '@tidings/service-kit'
import closeWithGrace from 'close-with-grace'
import pretty from 'pino-pretty'
import { startStandalone } from './app.ts'
import { ConfigurationError, readConfiguration } from './configuration.ts'
import { startFailure } from './start-failure.ts'

const root = new URL('../../..', import.meta.url).pathname

async function main(): Promise<void> {
  const env = process.env
  const cwd = env.INIT_CWD ?? process.cwd()
  const configuration = readConfiguration(process.argv.slice(2), env, cwd, `${root}tidings-data`)
  const logger = createLogger(
    configuration.logLevel,
    process.stdout.isTTY ? pretty({ colorize: true, ignore: 'pid,hostname' }) : undefined,
  )
  const running = await startStandalone(configuration, logger)
  closeWithGrace({ delay: 15_000, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'stopping after an error')
    await running[Symbol.asyncDispose]()
    logger.info('stopped')
  })
}

main().catch((error: unknown) => {
  const { message, exitCode } = error instanceof ConfigurationError ? error : startFailure(error)
  const out = exitCode === 0 ? process.stdout : process.stderr
  out.write(`${message}\n`)
  process.exitCode = exitCode
})

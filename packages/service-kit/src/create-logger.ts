import { type DestinationStream, type Logger, pino } from 'pino'

/** How much is logged. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * Makes the logger of a service: structured lines, times in UTC. Whatever could hold content, a token or a key is cut out by name, wherever it
 * stands, should anyone ever log it.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const secret = [
    'statement',
    'document',
    'contents',
    'data',
    'salt',
    'body',
    'query',
    'authorization',
    'dpop',
    'passphrase',
    'privateKey',
    'jws',
  ]
  return pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[cut]' },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    destination ?? pino.destination(1),
  )
}

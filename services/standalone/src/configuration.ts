import { resolve } from 'node:path'
import { LimitError, type Limits, readLimits } from '@tidings/service-kit'
import { Command, CommanderError } from 'commander'
import { z } from 'zod'

const proxyRule = 'must be addresses or networks of your proxies, with commas between them, or loopback'

const settings = z.strictObject({
  port: z.coerce.number('must be a number').int().min(0, 'must be 0 to 65535').max(65_535, 'must be 0 to 65535'),
  host: z.string().min(1, 'must be an address or a host name'),
  data: z.string().min(1, 'must be a folder'),
  empty: z.boolean(),
  origin: z
    .string()
    .regex(
      /^[a-z0-9.-]+(\/[A-Za-z0-9._-]+)*$/,
      'must look like host/path, without a scheme, e.g. tidings.example/log/2026',
    )
    .max(200)
    .optional(),
  publicUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  logLevel: z.enum(
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'must be trace, debug, info, warn, error or silent',
  ),
  rebuild: z.boolean(),
  trustProxy: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.literal('loopback')], proxyRule)))
    .optional(),
  limit: z.array(z.string().regex(/^[a-z-]+=.*$/s, 'must be <name>=<value>')).default([]),
  readOnly: z.boolean().optional(),
  diskReserve: z.coerce.number('must be a number').int('must be whole').min(0, 'must be 0 or more').optional(),
  metricsSecretFile: z.string().min(1, 'must be a file').optional(),
})

/** Settings of the standalone process, checked. */
export interface Configuration extends Readonly<Omit<z.infer<typeof settings>, 'trustProxy' | 'limit'>> {
  /** Addresses and networks of the proxies before this service; none unless told. */
  readonly proxies?: readonly string[]
  /** What is bounded; the usual limits unless told. */
  readonly limits?: Limits
}

/** The arguments do not fit, or ask for help: `message` is what to print. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
  /** 0 when help was asked for, 3 when the arguments do not fit. */
  readonly exitCode: 0 | 3
  constructor(message: string, exitCode: 0 | 3) {
    super(message)
    this.exitCode = exitCode
  }
}

/**
 * Reads the settings from arguments and environment (`TIDINGS_PORT` and so on; arguments win). Folders are relative to `cwd`.
 *
 * @throws {ConfigurationError} naming the option and the rule
 */
export function readConfiguration(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  defaultData: string,
): Configuration {
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  const command = new Command('npm start --')
    .description(
      'Tidings in one process: intake, log and desk on the embedded engines, on one port and one data folder.',
    )
    .option('--port <number>', 'port to listen on; 0 takes a free one', env.TIDINGS_PORT ?? '7300')
    .option('--host <address>', 'address to listen on', env.TIDINGS_HOST ?? '127.0.0.1')
    .option('--data <folder>', 'data folder; made on first start', env.TIDINGS_DATA ?? defaultData)
    .option('--empty', 'start without the demonstration', env.TIDINGS_EMPTY === '1')
    .option('--origin <name>', 'origin of the log, chosen once on first start', env.TIDINGS_ORIGIN)
    .option('--public-url <url>', 'address under which readers reach this service', env.TIDINGS_PUBLIC_URL)
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', env.TIDINGS_LOG_LEVEL ?? 'info')
    .option(
      '--trust-proxy <addresses>',
      'addresses or networks of the proxies before this service; what they say of their clients is believed',
      env.TIDINGS_TRUST_PROXY,
    )
    .option(
      '--limit <name=value>',
      'sets a limit; may be repeated; docs/operating.md lists them',
      (pair: string, before: readonly string[] = []) => [...before, pair],
    )
    .option('--disk-reserve <MiB>', 'room that is kept free on the disk (else 64)', env.TIDINGS_DISK_RESERVE)
    .option(
      '--metrics-secret-file <file>',
      'file whose first line opens /metrics as a bearer token; without it, /metrics is for this machine alone',
      env.TIDINGS_METRICS_SECRET_FILE,
    )
    .option('--rebuild', 'rebuild the views from the record before serving', false)
    .option('--read-only', 'serve a copy for reading: nothing is taken and nothing is signed', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print })
  try {
    command.parse([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw new ConfigurationError(printed.trimEnd(), error.exitCode === 0 ? 0 : 3)
    throw error
  }
  const result = settings.safeParse(command.opts())
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const option = String(issue.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      return `--${option}: ${issue.message}`
    })
    throw new ConfigurationError(`${lines.join('\n')}\nSee npm start -- --help.`, 3)
  }
  const { trustProxy, limit, metricsSecretFile, ...rest } = result.data
  return {
    ...rest,
    data: resolve(cwd, rest.data),
    limits: limitsOf(limit, env),
    ...(trustProxy && { proxies: trustProxy }),
    ...(metricsSecretFile !== undefined && { metricsSecretFile: resolve(cwd, metricsSecretFile) }),
  }
}

const limitPrefix = 'TIDINGS_LIMIT_'

/** Limits from the environment, then from arguments, which win. */
function limitsOf(pairs: readonly string[], env: NodeJS.ProcessEnv): Limits {
  const given: [name: string, value: string][] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(limitPrefix) || value === undefined) continue
    given.push([variable.slice(limitPrefix.length).toLowerCase().replaceAll('_', '-'), value])
  }
  for (const pair of pairs) given.push([pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
  try {
    return readLimits(given)
  } catch (error) {
    if (error instanceof LimitError) {
      throw new ConfigurationError(`--limit ${error.limit}: ${error.message}\nSee npm start -- --help.`, 3)
    }
    throw error
  }
}

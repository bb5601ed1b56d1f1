import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, defaultLimits, type Limits } from '@tidings/service-kit'
import { type Standalone, startStandalone } from '@tidings/service-standalone'

/** A standalone service of a test, with a look inside. */
export interface Service extends Standalone {
  readonly data: string
  /** How many statements the log holds. */
  size(): Promise<number>
}

/** Starts a service on a fresh data folder, or on one that is kept. */
export async function startService(
  options: { readonly data?: string; readonly limits?: Partial<Limits> } = {},
): Promise<Service> {
  const data = options.data ?? join(await mkdtemp(join(tmpdir(), 'tidings-test-')), 'data')
  const configuration = {
    port: 0,
    host: '127.0.0.1',
    data,
    empty: true,
    logLevel: 'silent',
    rebuild: false,
    limits: { ...defaultLimits, ...options.limits },
  } as const
  const running = await startStandalone(configuration, createLogger('silent'))
  return {
    ...running,
    data,
    size: () => running.log.latest().then((checkpoint) => checkpoint.size),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      if (options.data === undefined) await rm(join(data, '..'), { recursive: true, force: true })
    },
  }
}

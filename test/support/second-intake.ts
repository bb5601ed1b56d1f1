import { type IntakeOptions, intakeApp } from '@tidings/service-intake'
import { createLogger, createServer, defaultLimits, type Limits } from '@tidings/service-kit'
import type { Service } from './service.ts'

/** A second intake on the stores and the log of a service, of which some may be others. */
export async function startIntake(
  { store, vault, log }: Service,
  options: Partial<IntakeOptions>,
  limits: Partial<Limits> = {},
  logger = createLogger('silent'),
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = await createServer({
    logger,
    title: 'second',
    version: '0',
    limits: { ...defaultLimits, ...limits },
  })
  await intakeApp(server, { store, vault, log, ...options })
  return { url: await server.listen({ port: 0 }), [Symbol.asyncDispose]: () => server.close() }
}

/** A store, vault or log with some of its methods in place of its own. */
export function replaced<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const value = Reflect.get(name in methods ? methods : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

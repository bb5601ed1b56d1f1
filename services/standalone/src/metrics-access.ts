import { readFile, stat } from 'node:fs/promises'
import type { MetricsAccess } from '@tidings/service-kit'
import { type Configuration, ConfigurationError } from './configuration.ts'

/** Who may read the metrics of a service that is configured like this. */
export async function metricsAccess({ metricsSecretFile, publicUrl, proxies }: Configuration): Promise<MetricsAccess> {
  const behindProxy = publicUrl !== undefined || proxies !== undefined
  return metricsSecretFile === undefined
    ? { behindProxy }
    : { behindProxy, secret: await readSecret(metricsSecretFile).catch(refuse) }
}

async function readSecret(file: string): Promise<string> {
  const [secret = ''] = (await readFile(file, 'utf8')).split(/\r?\n/, 1)
  if (!/^[\x21-\x7e]{16,}$/.test(secret))
    throw new Error(`the first line of ${file} must be 16 characters or more, without spaces`)
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0)
    throw new Error(`others may read ${file}: run chmod 600 on it`)
  return secret
}

function refuse(error: Error): never {
  throw new ConfigurationError(`--metrics-secret-file: ${error.message}.`, 3)
}

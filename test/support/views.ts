import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { dump } from '@tidings/read-model'
import { createLogger } from '@tidings/service-kit'
import { startStandalone } from '@tidings/service-standalone'

/** A digest of every table of a stopped service's views, as they are or made anew from the record. */
export async function viewsOf(data: string, options: { readonly rebuilt?: boolean } = {}) {
  if (options.rebuilt) {
    const configuration = { port: 0, host: '127.0.0.1', data, empty: true, logLevel: 'silent', rebuild: true } as const
    await using _ = await startStandalone(configuration, createLogger('silent'))
  }
  using views = new DatabaseSync(join(data, 'desk.db'), { readOnly: true })
  return dump(views)
}

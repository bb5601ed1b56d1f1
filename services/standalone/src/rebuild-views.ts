import { createLogger } from '@tidings/service-kit'
import { startStandalone } from './app.ts'
import type { OnStep } from './backup/make-backup.ts'
import { readConfiguration } from './configuration.ts'

/**
 * Makes the views of a stopped service anew from its record, which is not changed. Nobody is told of the service that does it: it is there for this alone.
 *
 * @throws the typed errors of the stores, e.g. that a service is at work on the folder
 */
export async function rebuildViews(folder: string, onStep: OnStep): Promise<void> {
  const args = ['--rebuild', '--empty', '--data', folder, '--host', '127.0.0.1', '--port', '0']
  const configuration = readConfiguration(args, {}, folder, folder)
  await using _ = await startStandalone(configuration, createLogger('silent'), ({ applied, size }) =>
    onStep('statements', applied, size),
  )
}

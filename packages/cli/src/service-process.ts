import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CommandError } from './command-error.ts'

/**
 * Starts the standalone service as a process of its own. The service stands on this package, not the other way round: it is started, never imported.
 *
 * @throws {CommandError} there is no service beside this command line
 */
export function spawnService(args: readonly string[], options: SpawnOptions): ChildProcess {
  const file = fileURLToPath(new URL('../../../services/standalone/src/server.ts', import.meta.url))
  if (!existsSync(file)) {
    throw new CommandError(
      'This copy of Tidings has no service beside its command line. "npm start" in a full copy runs one.',
    )
  }
  return spawn(process.execPath, [file, ...args], options)
}

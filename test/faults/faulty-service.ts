import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { type ChildService, spawnServer } from '../support/child-service.ts'
import { commandsOf, type Fault, sufferingFrom } from './shim.ts'

/** A service whose disk and clock fail on command, from one moment to the next and back. */
export interface FaultyService extends ChildService {
  /** From now on these faults, and no others. */
  suffer(...faults: readonly Fault[]): void
}

/** Starts a service under the shim, without faults unless told; does not wait until it is ready. */
export function spawnFaulty(
  library: string,
  commandFile: string,
  args: readonly string[],
  faults: readonly Fault[] = [],
): FaultyService {
  writeFileSync(commandFile, commandsOf(faults))
  const service = spawnServer(args, sufferingFrom(library, commandFile))
  // A test that fails leaves no service behind.
  onTestFinished(service.kill)
  return {
    ...service,
    suffer(...faults) {
      // In one call, into the same file: the service has it mapped.
      const file = openSync(commandFile, 'r+')
      const commands = commandsOf(faults)
      writeSync(file, commands, 0, commands.length, 0)
      closeSync(file)
    },
  }
}

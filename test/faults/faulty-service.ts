import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ChildService, spawnServer } from '../support/child-service.ts'

/** Commands of the shim: see `shim.c`. */
export type Fault =
  | `write ${string} ${number}`
  | `sync ${string} ${number}`
  | `delay ${string} ${number}`
  | `clock ${number}`

/** Numbers of errors on Linux. */
export const errors = { EIO: 5, ENOSPC: 28 } as const

/** A service whose disk and clock fail on command, from one moment to the next and back. */
export interface FaultyService extends ChildService {
  /** From now on these faults, and no others. */
  suffer(...faults: readonly Fault[]): void
}

const commandBytes = 4096
const out = new URL('../.out/', import.meta.url).pathname

/** True if this machine can compile the shim: Linux with a C compiler. */
export const canFail = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0

/** Compiles the shim; returns the path of the library. */
export function compileShim(): string {
  mkdirSync(out, { recursive: true })
  const library = join(out, `faults-${process.pid}.so`)
  const source = new URL('shim.c', import.meta.url).pathname
  const compiled = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  })
  if (compiled.status !== 0) throw new Error(`the shim does not compile: ${compiled.stderr}`)
  return library
}

/** Starts a service under the shim, without faults unless told; does not wait until it is ready. */
export function spawnFaulty(
  library: string,
  commandFile: string,
  args: readonly string[],
  faults: readonly Fault[] = [],
): FaultyService {
  writeFileSync(commandFile, commandsOf(faults))
  const service = spawnServer(args, { LD_PRELOAD: library, TIDINGS_FAULTS: commandFile })
  // A test that fails leaves no service behind.
  onTestFinished(service.kill)
  return {
    ...service,
    suffer(...faults) {
      // In one call, into the same file: the service has it mapped.
      const file = openSync(commandFile, 'r+')
      writeSync(file, commandsOf(faults), 0, commandBytes, 0)
      closeSync(file)
    },
  }
}

function commandsOf(faults: readonly Fault[]): Buffer {
  const bytes = Buffer.alloc(commandBytes)
  bytes.write(faults.map((fault) => `${fault}\n`).join(''))
  return bytes
}
